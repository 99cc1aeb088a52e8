import SecretScanning
import StrictJSON
import Testing

@Suite("Redaction of many values, and of values in other forms")
struct RedactionTests {
    private let scanner = Scanner()

    private func redacted(_ text: String) -> String {
        let redaction = self.scanner.redact(Array(text.utf8))
        #expect(redaction.isComplete)
        #expect(self.scanner.redact(redaction.bytes).bytes == redaction.bytes)
        return String(decoding: redaction.bytes, as: UTF8.self)
    }

    @Test("a log with hundreds of different values loses all of them, and their copies")
    func manyValues() {
        let urls = (0..<600).map { "GET https://u\($0):" + "pw\($0)x@host/ 200" }
        let passwords = (0..<257).map { "Qz" + "\($0)kV7m\($0)" }
        let lines = urls + passwords.map { "password = \"\($0)\"" } + passwords.map { "and again \($0) here" }
        let left = self.redacted(lines.joined(separator: "\n"))
        for password in passwords { #expect(!left.contains(password)) }
        for index in 0..<600 { #expect(!left.contains("pw\(index)x")) }
    }

    /// A value with a letter beyond ASCII, as it stands and as JSON may write it.
    private static let plain = "kJ8" + "é3hd9QzX"
    private static let escaped = "kJ8" + "\\u00e93hd9QzX"

    @Test(
        "a value that is found in one form goes in the others",
        arguments: [
            (#"{"password": "\#(escaped)"} \#(plain)"#, [plain, escaped]),
            (#"{"password": "\#(plain)"} \#(escaped)"#, [plain, escaped]),
            (#"{"password": "\#(escaped)", "note": "see \#(plain)"}"#, [plain, escaped]),
            (#"{"password": "\#(plain)", "note": "see \#(escaped)"}"#, [plain, escaped]),
            (#"password = "\#(escaped)" and \#(plain) after"#, [plain, escaped]),
            (#"password = "kJ8%C3%A93hd9QzX" and \#(plain) after"#, [plain, "kJ8%C3"]),
        ])
    func otherForms(_ text: String, _ forms: [String]) {
        let left = self.redacted(text)
        for form in forms { #expect(!left.contains(form), "\(left)") }
    }

    @Test("the hexadecimal form of a value goes too, in either case", arguments: [false, true])
    func hexadecimal(_ uppercase: Bool) {
        let value = "vK2" + "m-9Q zt4"
        let hex = value.utf8.map { String($0, radix: 16, uppercase: uppercase) }.joined()
        let left = self.redacted("password = \"\(value)\"\ndump: \(hex)\n")
        #expect(!left.contains(hex), "\(left)")
        let json = self.redacted(#"{"password": "\#(value)", "dump": "0x\#(hex)"}"#)
        #expect(!json.contains(hex), "\(json)")
        #expect(throws: Never.self) { try JSONValue(parsing: Array(json.utf8)) }
    }
}
