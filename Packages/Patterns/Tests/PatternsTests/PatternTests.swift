import Patterns
import Testing

@Suite("Pattern")
struct PatternTests {
    @Test("finds the first match from a place on, with its groups")
    func findsGroups() throws {
        let pattern = try Pattern(#"(?<key>\w+)=(?:(\d+)|(\w+))"#)
        let match = try #require(try pattern.firstMatch(in: "a=1 bc=d", from: 3))
        #expect(match.range == 4..<8)
        #expect(match.groups == [4..<8, 4..<6, nil, 7..<8])
        #expect(match[1] == 4..<6)
        #expect(match[2] == nil)
        #expect(match[9] == nil)
        #expect(match[-1] == nil)
        #expect(pattern.groupNumbers == ["key": 1])
        #expect(try pattern.firstMatch(in: "a=1 bc=d", from: 8) == nil)
    }

    @Test("sees what stands before the place where it begins")
    func seesBefore() throws {
        #expect(try Pattern(#"\bb"#).firstMatch(in: "ab", from: 1) == nil)
        #expect(try Pattern("(?<=a)b").firstMatch(in: "ab", from: 1)?.range == 1..<2)
        #expect(try Pattern("^b").firstMatch(in: "ab", from: 1) == nil)
    }

    @Test("matches whole texts by option and by question, and tries all branches for it")
    func matchesWholeTexts() throws {
        let pattern = try Pattern("a|ab")
        #expect(try pattern.matchesWhole("ab"))
        #expect(try pattern.matchesWhole(Array("ab".utf8)))
        #expect(try !pattern.matchesWhole("abc"))
        #expect(try !pattern.matchesWhole("ab\n"))
        let whole = try Pattern("a|ab", options: PatternOptions(matchesWholeText: true))
        #expect(try whole.firstMatch(in: "ab")?.range == 0..<2)
        #expect(try !whole.isFound(in: "xab"))
        #expect(try whole.matchesWhole("ab"))
        #expect(try Pattern("a*$").matchesWhole("aa\n") == false)
    }

    @Test("ignores case when asked")
    func ignoresCase() throws {
        #expect(try Pattern("ignore", options: PatternOptions(ignoresCase: true)).isFound(in: "please IGNORE"))
        #expect(try !Pattern("ignore").isFound(in: "please IGNORE"))
    }

    @Test("takes text that is not UTF-8 for an error, and not for text without a match")
    func refusesInvalidText() throws {
        let pattern = try Pattern("b")
        for bytes: [UInt8] in [[0xFF, 98], [98, 0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80, 98]] {
            let error = #expect(throws: PatternError.self) { try pattern.firstMatch(in: bytes) }
            #expect(error?.code == .invalidText)
            let errorOfWhole = #expect(throws: PatternError.self) { try pattern.matchesWhole(bytes) }
            #expect(errorOfWhole?.code == .invalidText)
        }
    }

    @Test("refuses to begin outside the text or inside a character")
    func refusesOffsets() throws {
        let pattern = try Pattern(".")
        for start in [-1, 4, .max, .min] {
            let error = #expect(throws: PatternError.self) { try pattern.firstMatch(in: "éa", from: start) }
            #expect(error?.code == .invalidOffset)
        }
        let inString = #expect(throws: PatternError.self) { try pattern.firstMatch(in: "éa", from: 1) }
        #expect(inString?.code == .invalidText)
        let inBytes = #expect(throws: PatternError.self) { try pattern.firstMatch(in: Array("éa".utf8), from: 1) }
        #expect(inBytes?.code == .invalidText)
        #expect(try pattern.firstMatch(in: "éa", from: 3) == nil)
    }

    @Test("searches any bytes when told that they are bytes")
    func searchesBytes() throws {
        let pattern = try Pattern(#"(?i)k.\xff"#, options: PatternOptions(encoding: .bytes))
        #expect(try pattern.firstMatch(in: [0xFE, 75, 0x80, 0xFF, 0])?.range == 1..<4)
        #expect(try pattern.firstMatch(in: [0xFE, 75, 0x80, 0xFF, 0], from: 2) == nil)
        #expect(try !Pattern(#"\w"#, options: PatternOptions(encoding: .bytes)).isFound(in: "é"))
    }

    @Test("searches nothing at all")
    func searchesNothing() throws {
        #expect(try Pattern("^$").firstMatch(in: [])?.range == 0..<0)
        #expect(try Pattern("").firstMatch(in: "")?.range == 0..<0)
        #expect(try Pattern("a").firstMatch(in: UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
        #expect(try Pattern("a*").matchesWhole(""))
    }

    @Test(
        "finds all matches as Python does, empty ones too",
        arguments: [
            ("a*", "aab", [0..<2, 2..<2, 3..<3]), ("a", "banana", [1..<2, 3..<4, 5..<6]), ("", "éa", [0..<0, 2..<2, 3..<3]),
            (#"\b"#, "ab c", [0..<0, 2..<2, 3..<3, 4..<4]), ("b|", "abc", [0..<0, 1..<2, 2..<2, 3..<3]), ("x", "abc", []),
        ] as [(String, String, [Range<Int>])])
    func findsAll(_ text: String, _ subject: String, _ ranges: [Range<Int>]) throws {
        let pattern = try Pattern(text)
        #expect(try pattern.matches(in: subject).map(\.range) == ranges)
        #expect(try pattern.matches(in: Array(subject.utf8)).map(\.range) == ranges)
        #expect(try pattern.matches(in: subject, atMost: 1).map(\.range) == Array(ranges.prefix(1)))
    }

    @Test("finds what machine code for possessive groups would miss")
    func findsPossessiveGroups() throws {
        let pattern = try Pattern("(a|ab|c){2,}+d")
        #expect(try pattern.firstMatch(in: "abcd")?.range == 0..<4)
        #expect(!pattern.isMachineCode)
        #expect(try !Pattern("(a)(?1)").isMachineCode)
    }

    @Test("serves many threads at once")
    func servesManyThreads() async throws {
        let pattern = try Pattern(#"(\w+)-\1"#)
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var count = 0
                    for round in 0..<500 {
                        let text = "xx\(round)-\(round) yy"
                        if (try? pattern.firstMatch(in: text))?[1]?.count == "\(round)".utf8.count { count += 1 }
                        if (try? pattern.matchesWhole("\(round)-\(round)")) == true { count += 1 }
                    }
                    return count
                }
            }
            return await group.reduce(0, +)
        }
        #expect(counts == 8_000)
    }

    @Test("describes errors without the pattern or the text")
    func describesErrors() {
        let error = #expect(throws: PatternError.self) { try Pattern("canary(") }
        #expect(error?.description == "a group has no end, at byte 6 of the pattern")
        #expect(error?.debugDescription == "malformed: a group has no end, at byte 6 of the pattern")
        #expect(error == PatternError(.malformed, message: "other"))
        #expect(error != PatternError(.tooLong, message: "other"))
    }
}
