import SecretScanning
import Testing

@Suite("Payloads full of finds")
struct DenseFindsTests {
    private let scanner = Scanner()

    private static func values(_ count: Int) -> [String] { (0..<count).map { "Qz\($0)kV7m\($0)" } }

    private static func lines(_ count: Int, _ quote: String, _ lineEnd: String) -> String {
        self.values(count).map { "password = \(quote)\($0)\(quote)" }.joined(separator: lineEnd)
    }

    private func told(_ findings: [Finding], _ text: [UInt8]) -> [String] {
        findings.map { String(decoding: text[$0.secretSpan], as: UTF8.self) }
    }

    @Test("in lines, in a string within text, and in a string of JSON all of them are told, each once")
    func all() {
        let expected = Self.values(900)
        let lines = Array(Self.lines(900, "\"", "\n").utf8)
        let escaped = Array(#"{"log": "\#(Self.lines(900, #"\""#, #"\n"#))"}"#.utf8)
        for (text, report) in [
            (lines, self.scanner.scan(lines)), (escaped, self.scanner.scan(escaped)), (escaped, self.scanner.scanJSON(escaped)),
        ] {
            #expect(report.isComplete && self.told(report.findings, text) == expected)
        }
    }

    @Test("in UTF-16, and with invisible characters between, too")
    func hidden() {
        let expected = Self.values(900)
        let wide = WideTextTests.wide(Self.lines(900, "\"", "\n"), isLittleEndian: true, mark: true)
        let report = self.scanner.scan(wide)
        #expect(report.isComplete && report.findings.count == expected.count)
        let spans = report.findings.map { WideTextTests.narrow(Array(wide[$0.secretSpan]), isLittleEndian: true) }
        #expect(spans == expected)
        let hidden = Array(Self.lines(900, "\"", "\u{200B}\n").utf8)
        let other = self.scanner.scan(hidden)
        #expect(other.isComplete && self.told(other.findings, hidden) == expected)
    }

    @Test("in the values of keys, with escapes in them, the places are right")
    func values() {
        let members = (0..<12).map { #""password\#($0)": "\#($0): it's \#(Self.lines(30, #"\""#, #"\n"#))""# }
        let text = Array("{\(members.joined(separator: ","))}".utf8)
        let report = self.scanner.scanJSON(text)
        #expect(report.isComplete)
        let inner = report.findings.filter { $0.secretSpan.count < 30 }
        #expect(self.told(inner, text) == (0..<12).flatMap { _ in Self.values(30) })
    }

    @Test("a find at the border of what is looked at in one go is told, wherever it falls", arguments: [#"\""#, #"\u0022"#])
    func borders(_ quote: String) {
        for length in stride(from: 15_900, through: 16_600, by: 7) {
            let filler = String(repeating: #"\"a "#, count: length / 4) + String(repeating: "x", count: length % 4)
            let text = Array("\(quote)\(filler) password = \(quote)Qz1kV7m1\(quote) and so on".utf8)
            #expect(self.told(self.scanner.scan(text).findings, text) == ["Qz1kV7m1"], "\(length)")
        }
    }

    @Test("too many are said to be too many")
    func tooMany() {
        let report = self.scanner.scan(Self.lines(1_001, "\"", "\n"))
        #expect(!report.isComplete && report.findings.count == 1_000)
    }

    @Test("paths are told to their end, and of long ones the end")
    func paths() throws {
        let key = String(repeating: "k", count: 250)
        let start = String(repeating: #"{"\#(key)":"#, count: 60)
        let text =
            start + #"[0, {"a/b": {"x~": ["y", "hunt\#("er22")"]}, "password": "hunt\#("er23")"}]"#
            + String(repeating: "}", count: 60)
        let finding = try #require(self.scanner.scanJSON(Array(text.utf8)).findings.first)
        #expect(finding.keyPath == "/1/password")
        let deep = String(repeating: "[", count: 100) + #"{"password": "hunt\#("er23")"}"# + String(repeating: "]", count: 100)
        let other = try #require(self.scanner.scanJSON(Array(deep.utf8)).findings.first)
        #expect(other.keyPath == String(repeating: "/0", count: 63) + "/password")
    }

    @Test("a signature of a database counts for every password near it, and for none far from it")
    func signs() {
        let near = "Server=db.corp;" + (0..<3).map { "Password=s3cr\("et")\($0);" }.joined()
        #expect(self.scanner.scan(near).findings.count == 3)
        let far = "Server=db.corp;" + String(repeating: "x", count: 200) + ";Password=s3cr\("et")9;"
        #expect(self.scanner.scan(far).findings.isEmpty)
        let nearAndFar = "Server=db.corp;Password=s3cr\("et")7;" + String(repeating: "x", count: 200) + ";Password=s3cr\("et")9;"
        #expect(self.scanner.scan(nearAndFar).findings.count == 1)
        let again = far + "Server=db.corp;Password=s3cr\("et")8;"
        #expect(self.scanner.scan(again).findings.count == 1)
    }
}
