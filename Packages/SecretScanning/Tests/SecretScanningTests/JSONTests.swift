import SecretScanning
import StrictJSON
import Testing

@Suite("JSON")
struct JSONTests {
    private static let token = "ghp" + "_" + "0123456789abcdefghij" + "ABCDEFGHIJ012345"

    let scanner = Scanner(rules: .all)

    private func only(_ template: String) -> Finding? {
        let report = self.scanner.scanJSON(Array(ExampleTemplate(template).text(seed: 7).utf8))
        #expect(report.findings.count == 1 && report.isComplete, "\(template): \(report.findings)")
        return report.findings.first
    }

    @Test("a value is judged together with its key, and its place is told")
    func keys() {
        #expect(self.only(#"{"user": {"password": "hunt⟨⟩er22"}}"#)?.keyPath == "/user/password")
        #expect(self.only(#"{"passwords": ["x", "hunt⟨⟩er22"]}"#)?.keyPath == "/passwords/1")
        #expect(self.only(#"{"a/b~c": [[], {"x": "ghp_⟨crc36⟩"}]}"#)?.keyPath == "/a~1b~0c/1/x")
        #expect(
            self.scanner.scanJSON(Array(#"{"password": "<your-password>", "secret": "${X}", "note": "hunter22"}"#.utf8)).findings
                == [])
        #expect(self.scanner.scanJSON(Array(#"{"a": {"password": null}, "b": "hunter22"}"#.utf8)).findings == [])
    }

    @Test("spans of strings without escapes hold the secret itself")
    func spans() throws {
        let text = Array(ExampleTemplate(#"{"é": "漢 ghp_⟨crc36⟩ x"}"#).text(seed: 1).utf8)
        let finding = try #require(self.scanner.scanJSON(text).findings.first)
        #expect(String(decoding: text[finding.secretSpan], as: UTF8.self).hasPrefix("ghp_"))
        #expect(finding.secretSpan.count == 40 && finding.layers.isEmpty && finding.confidence == .high)
        #expect(finding.position(in: text).line == 1 && finding.position(in: text).column == finding.secretSpan.lowerBound + 1)
    }

    @Test("escapes, base64 and percent codes are followed to depth 2, and lead back to the source")
    func layers() {
        #expect(self.only(#"{"t": "a\n\u0067hp_⟨crc36⟩\n"}"#)?.layers == [.json])
        #expect(self.only(#"{"t": "x ⟨64:token \#(Self.token) end⟩ y"}"#)?.layers == [.base64])
        let percent = Array("https://h/?q=tok%65n%3D\(Self.token.replacing("_", with: "%5F"))".utf8)
        #expect(self.scanner.scan(percent).findings.first { $0.type == "GitHub Token" }?.layers == [.percent])
        let unicode = Array(#"x = "\u0067\#(Self.token.dropFirst())""#.utf8)
        #expect(self.scanner.scan(unicode).findings.first { $0.type == "GitHub Token" }?.layers == [.unicodeEscape])
        // JSON in a string of JSON in a string of JSON.
        let inner = JSONValue.object(["password": .string("hunt" + "er22")]).compactBytes()
        let middle = JSONValue.object(["inner": .string(String(decoding: inner, as: UTF8.self))]).compactBytes()
        let outer = JSONValue.object(["middle": .string(String(decoding: middle, as: UTF8.self))]).compactBytes()
        for text in [inner, middle, outer] { #expect(self.scanner.scanJSON(text).types == ["Secret Keyword"]) }
    }

    @Test("a private key with escaped line ends is one find, and goes as a whole")
    func privateKeys() throws {
        let body = ExampleTemplate(#"-----BEGIN PRIVATE⟨⟩ KEY-----\n⟨b64⟩\n⟨b64⟩\n-----END PRIVATE⟨⟩ KEY-----\n"#).text(seed: 2)
        let text = Array((#"{"note": "before "# + body + #"after"}"#).utf8)
        let finding = try #require(self.scanner.scanJSON(text).findings.first)
        #expect(finding.type == "Private Key" && finding.confidence == .high)
        #expect(
            String(decoding: self.scanner.redact(text).bytes, as: UTF8.self)
                == #"{"note": "before [REDACTED:Private Key]\nafter"}"#)
        // The same in one line, with blanks.
        let line = Array(body.replacing(#"\n"#, with: " ").utf8)
        #expect(self.scanner.scan(line).findings.first?.confidence == .high)
    }

    @Test("numbers become strings when they are replaced, and other occurrences go too")
    func redaction() throws {
        let card = "41111111" + "11111111"
        let text = Array(#"{"card": \#(card), "again": "\#(card)", "n": 12345678}"#.utf8)
        let bytes = self.scanner.redact(text).bytes
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"card": "[REDACTED:Payment Card]", "again": "[REDACTED:Payment Card]", "n": 12345678}"#)
        // A word that merely stands in for a secret is no reason to replace the word everywhere.
        let word = #"{"password": "password", "note": "choose a password"}"#
        #expect(
            String(decoding: self.scanner.redact(Array(word.utf8)).bytes, as: UTF8.self)
                == #"{"password": "[REDACTED:Secret Keyword]", "note": "choose a password"}"#)
        let value = "correct horse 9"
        let mixed =
            #"{"password": "\#(value)", "a": "say correct%20horse%209", "b": "x \u0063orrect horse 9", "c": "\#(value)!"}"#
        let redacted = String(decoding: self.scanner.redact(Array(mixed.utf8)).bytes, as: UTF8.self)
        #expect(!redacted.contains("horse"), "\(redacted)")
        #expect(throws: Never.self) { try JSONValue(parsing: Array(redacted.utf8)) }
    }

    @Test("two keys that hold secrets stay two keys")
    func keysStayApart() {
        let text = ExampleTemplate(#"{"ghp_⟨crc36⟩": 1, "ghp_⟨crc36⟩": 2, "x": "ghp_⟨crc36⟩"}"#).text(seed: 4)
        let bytes = self.scanner.redact(Array(text.utf8)).bytes
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"[REDACTED:GitHub Token]": 1, "[REDACTED:GitHub Token] 2": 2, "x": "[REDACTED:GitHub Token]"}"#)
        #expect(throws: Never.self) { try JSONValue(parsing: bytes) }
        #expect(self.scanner.redact(bytes).bytes == bytes)
    }

    @Test("a secret that begins and ends with escapes is replaced with all of them")
    func wholeEscapes() {
        let token = ExampleTemplate("hp_⟨a35⟩").text(seed: 4)
        let text = #"{"t": "\n\u0067\#(token)\u0041\n", "k": ["\u0067\#(token)\u0041"]}"#
        #expect(
            String(decoding: self.scanner.redact(Array(text.utf8)).bytes, as: UTF8.self)
                == #"{"t": "\n[REDACTED:GitHub Token]\n", "k": ["[REDACTED:GitHub Token]"]}"#)
        // A character of four bytes, written as a pair of escapes, before the secret.
        let pair = #"{"t": "\ud83d\ude00 \u0067\#(token)A"}"#
        #expect(
            String(decoding: self.scanner.redact(Array(pair.utf8)).bytes, as: UTF8.self)
                == #"{"t": "\ud83d\ude00 [REDACTED:GitHub Token]"}"#)
    }

    @Test("what is no JSON is looked at as text", arguments: [#"{"a": x ghp_⟨crc36⟩"#, "ghp_⟨crc36⟩", "[1, 2, ghp_⟨crc36⟩"])
    func notJSON(_ template: String) {
        #expect(self.only(template)?.keyPath == nil)
    }

    @Test("a long string with many escaped finds is looked at to its end", arguments: [500, 950])
    func manyInOneString(_ count: Int) throws {
        let lines = (0..<count).map { "password = \\\"Qz\($0)kV7m\($0)\\\"" }.joined(separator: "\\n")
        let text = Array("{\"log\": \"\(lines)\"}".utf8)
        let report = self.scanner.scanJSON(text)
        #expect(report.isComplete && report.findings.count == count)
        let last = try #require(report.findings.last)
        #expect(String(decoding: text[last.secretSpan], as: UTF8.self) == "Qz\(count - 1)kV7m\(count - 1)")
    }

    @Test("depth does not matter")
    func depth() {
        let text =
            Array((String(repeating: "[", count: 100_000) + "\"ghp_").utf8)
            + Array(ExampleTemplate("⟨crc36⟩\"").text(seed: 1).utf8)
        let report = self.scanner.scanJSON(text)
        #expect(report.types == ["GitHub Token"] && report.isComplete)
    }
}
