import Policy
import StrictJSON
import TestKit
import Testing

@Suite("Sanitising")
struct SanitizerTests {
    static let sanitizer = Result { try ArgumentSanitizer() }

    func clean(_ text: String) throws -> (text: String, reasons: [RedactionFlag.Reason]) {
        let clean = try Self.sanitizer.get().sanitized(["x": .string(text)])
        #expect(clean.isComplete)
        return (clean.arguments["x"]?.stringValue ?? "", clean.flags.map(\.reason))
    }

    @Test("replaces each kind, all occurrences, in the order of the older rules")
    func kinds() throws {
        let secret = "sk-" + "abcdefghijklmnop"
        let rows: [(String, String, [RedactionFlag.Reason])] = [
            ("a@b.co", "[REDACTED_EMAIL]", [.email]),
            ("a@b.co and c.d+e@f-g.example", "[REDACTED_EMAIL] and [REDACTED_EMAIL]", [.email]),
            ("123-45-6789", "[REDACTED_SSN]", [.socialSecurity]), ("4111 1111 1111 1111", "[REDACTED_CC]", [.card]),
            ("4111-1111-1111-1111", "[REDACTED_CC]", [.card]),
            ("4111111111111111", "[REDACTED_CC]", [.card]), (secret, "[REDACTED_SECRET]", [.secret]),
            (secret.uppercased(), "[REDACTED_SECRET]", [.secret]),
            ("Bea" + "rer abcdefghijkl", "[REDACTED_SECRET]", [.secret]),
            ("api_" + "key=abcdefghijkl", "[REDACTED_SECRET]", [.secret]),
            ("a/../b", "a/b", [.traversal]), ("..\\x", "x", [.traversal]), ("%2e%2e%2fx", "x", [.traversal]),
            ("..%2Fx", "x", [.traversal]), ("%252e%252ex", "x", [.traversal]),
            ("a@b.co 123-45-6789 ../", "[REDACTED_EMAIL] [REDACTED_SSN] ", [.email, .socialSecurity, .traversal]),
            ("a..b...c", "a..b...c", []), ("100% of 5.5", "100% of 5.5", []), ("2026-11-27 10:00", "2026-11-27 10:00", []),
            ("sk-short", "sk-short", []),
        ]
        for (text, expected, reasons) in rows {
            let result = try self.clean(text)
            #expect(result.text == expected, "\(text)")
            #expect(result.reasons == reasons, "\(text)")
        }
    }

    @Test(
        "does not re-create what it removes",
        arguments: [
            "..././x", "....//x", "....\\\\/x", "..%2f./x", "%2e%2e%2%2e%2e%2ff", "a@b.c../o", "123-4../5-6789",
            "4111 1111 11../11 1111", "s../k-abcdefghijklmnop", ".." + ".././", "%252%252e%252ee%252e",
        ])
    func recreation(_ text: String) throws {
        let once = try self.clean(text)
        let twice = try self.clean(once.text)
        #expect(twice.text == once.text)
        #expect(twice.reasons.isEmpty)
        #expect(!once.text.contains("../"))
    }

    @Test("flags the innermost key, the whole pointer and a digest, and no value")
    func flags() throws {
        let clean = try Self.sanitizer.get().sanitized(["rows": [["mail": "a@b.co"], ["mail": "x"]], "k@b.co": 1])
        #expect(clean.flags.map(\.field) == ["mail", "[REDACTED_EMAIL]"])
        #expect(clean.flags.map(\.pointer) == ["/rows/0/mail", "/[REDACTED_EMAIL]"])
        // SHA-256 of the six characters.
        #expect(clean.flags.first?.originalHash == "80305c9bb1bb2480e03894350e0a8a366dcbdeb302e69e0817aa0743abd77054")
        #expect(!"\(clean.flags)".contains("a@b.co"))
        #expect(clean.arguments["[REDACTED_EMAIL]"] == 1)
    }

    @Test("keeps members apart whose keys become alike, and tells at most a thousand changes")
    func alike() throws {
        var object: JSONObject = ["[REDACTED_EMAIL] 3": "taken"]
        let count = 3_000
        for number in 0..<count { object["a\(number)@corp.example"] = .integer(number) }
        let clean = try Self.sanitizer.get().sanitized(object)
        #expect(clean.arguments.count == count + 1)
        #expect(clean.arguments["[REDACTED_EMAIL]"] == 0)
        #expect(clean.arguments["[REDACTED_EMAIL] 2"] == 1)
        #expect(clean.arguments["[REDACTED_EMAIL] 3"] == "taken")
        #expect(clean.arguments["[REDACTED_EMAIL] 4"] == 2)
        #expect(clean.flags.count == SanitizedArguments.maximumFlags)
        #expect(clean.omittedFlags >= count - SanitizedArguments.maximumFlags)
        #expect(clean.isComplete)
    }

    @Test("names places briefly, however long keys are and however deep they stand")
    func longPlaces() throws {
        let key = String(repeating: "k", count: 50_000)
        let clean = try Self.sanitizer.get().sanitized([key: ["inner": ["a@b.co"]]])
        let flag = try #require(clean.flags.first)
        #expect(flag.field == "inner")
        #expect(flag.pointer.hasSuffix("…/inner/0"))
        #expect(flag.pointer.utf8.count < 600)
    }

    @Test("finds credentials by their keys, and personal data of other kinds")
    func scanner() throws {
        let clean = try Self.sanitizer.get().sanitized([
            "password": "correct horse 9", "iban": .string("DE89370400440" + "532013000"), "n": 5,
        ])
        #expect(clean.arguments["password"] == "[REDACTED:Secret Keyword]")
        #expect(clean.arguments["iban"] == "[REDACTED:IBAN]")
        #expect(clean.flags.map(\.reason) == [.secret, .personal])
        #expect(clean.arguments["n"] == 5)
        let again = try Self.sanitizer.get().sanitized(clean.arguments)
        #expect(again.arguments == clean.arguments)
        #expect(again.flags.isEmpty)
    }

    @Test("is linear in texts made of what it removes")
    func hostileTexts() throws {
        for part in ["..././", ".", "%25", "%2e", "a@", "@a.", "4111 ", "1-", "bearer ", "sk-", "../", "%252e"] {
            let text = String(repeating: part, count: TestRun.count(50_000, long: 500_000) / part.utf8.count)
            let once = try Self.sanitizer.get().sanitized(["x": .string(text)])
            let twice = try Self.sanitizer.get().sanitized(once.arguments)
            #expect(twice.arguments == once.arguments, "\(part)")
        }
    }

    @Test("goes through large ordinary texts")
    func largeTexts() throws {
        let base64 = String(repeating: "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0", count: 8_000)
        let addresses = (0..<8_000).map { "anna.\($0)@corp.test,\($0)\n" }.joined()
        let prose = String(repeating: "The quick brown fox jumps over the lazy dog; see chapter 5.2 on page 117. ", count: 3_000)
        for text in [base64 + " a@b.co", addresses, prose + " a@b.co", String(repeating: "-", count: 100_000) + " a@b.co"] {
            let clean = try Self.sanitizer.get().sanitized(["x": .string(text)])
            #expect(clean.flags.map(\.reason) == [.email])
            #expect(clean.isComplete)
            let judged = try Shipped.byDefault.get().judge(["x": .string(text)], of: call("fs.read"))
            #expect(judged.verdict == .redact, "\(judged.rationale ?? "")")
        }
    }

    @Test("removes what stands behind a disguise, where it stands, and leaves the rest")
    func disguised() throws {
        let key = "sk-" + "abcdefghijklmnop"
        let rows: [(String, String, [RedactionFlag.Reason])] = [
            (
                "the key is \(key.prefix(5))\u{200B}\(key.dropFirst(5)), she said", "the key is [REDACTED_SECRET], she said",
                [.secret]
            ),
            ("use s\u{AD}k-\(key.dropFirst(3)).", "use [REDACTED_SECRET].", [.secret]),
            ("card \u{FF14}\u{FF11}11 1111 1111 1111 ende", "card [REDACTED_CC] ende", [.card]),
            ("ssn １２３-４５-６７８９!", "ssn [REDACTED_SSN]!", [.socialSecurity]),
            ("ssn 123\u{2010}45\u{2011}6789!", "ssn [REDACTED_SSN]!", [.socialSecurity]),
            ("GET /?u=a%40b.co&x=1", "GET /?u=[REDACTED_EMAIL]&x=1", [.email]),
            ("GET /?u=a%2540b%252Eco&x=1", "GET /?u=[REDACTED_EMAIL]&x=1", [.email]),
            ("mail jo&#64;x.co now", "mail [REDACTED_EMAIL] now", [.email]),
            ("mail jo&commat;x&period;co now", "mail [REDACTED_EMAIL] now", [.email]),
            ("mail jo\\u0040x.co now", "mail [REDACTED_EMAIL] now", [.email]),
            ("mail jo＠x．co now", "mail [REDACTED_EMAIL] now", [.email]),
            ("mail j\u{43E}@x.c\u{43E} now", "mail [REDACTED_EMAIL] now", [.email]),
            ("josé@bücher.example ende", "[REDACTED_EMAIL] ende", [.email]),
            ("größe %41 &amp; ｆoo", "größe %41 &amp; ｆoo", []),
            ("１００ ％ of ５５", "１００ ％ of ５５", []),
        ]
        for (text, expected, reasons) in rows {
            let result = try self.clean(text)
            #expect(result.text == expected, "\(text)")
            #expect(result.reasons == reasons, "\(text)")
        }
    }

    @Test("does not pass on what cannot be looked through")
    func tooLarge() throws {
        let clean = try Self.sanitizer.get().sanitized(["x": .string(String(repeating: "\u{FDFA}", count: 100_000))])
        #expect(!clean.isComplete)
        #expect(clean.arguments["x"] == "[REDACTED_SENSITIVE]")
    }

    @Test("random mixtures: twice is once, and nothing of what is removed is left")
    func random() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let parts = [
            "../", "..\\", ".", "/", "%2e", "%2f", "%25", "2e", "2f", "%", "@", "a", "b.co", "123", "-", "45", "6789", "4111",
            " ", "1111", "sk-", "abcdefghij", "bearer ", "api_key=", "ü", "\u{200B}",
            "[REDACTED_EMAIL]", "＠", "．", "%40", "&#64;", "&#", "64", ";", "&amp;", "\\u00", "40", "４", "\u{301}", "\u{43E}",
        ]
        let sanitizer = try Self.sanitizer.get()
        for _ in 0..<TestRun.count(300, long: 20_000) {
            func text() -> String {
                (0..<Int.random(in: 0...24, using: &generator)).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
            }
            let arguments: JSONObject = ["a": .string(text()), "b": [.string(text()), ["c": .string(text())]]]
            let once = sanitizer.sanitized(arguments)
            let twice = sanitizer.sanitized(once.arguments)
            #expect(twice.arguments == once.arguments, "\(JSONValue.object(arguments))")
            #expect(twice.flags.isEmpty, "\(JSONValue.object(arguments))")
            #expect(!JSONValue.object(once.arguments).description.contains("../"))
            #expect(once.flags.isEmpty == (once.arguments == arguments))
        }
    }
}
