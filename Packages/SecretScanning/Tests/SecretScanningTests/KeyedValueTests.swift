import SecretScanning
import StrictJSON
import Testing

@Suite("Values in JSON that belong to a key")
struct KeyedValueTests {
    private let scanner = Scanner()

    private func types(_ text: String) -> [String] { self.scanner.scanJSON(Array(text.utf8)).types }

    @Test(
        "a value under a name of its own, and a number, are found",
        arguments: [
            #"{"password":{"value":"hunter22"}}"#, #"{"password":{"type":"x1","meta":[1],"value":"hunter22"}}"#,
            #"{"db_password":83920174}"#, #"{"a":[{"client_secret":{"value":"hunter22"}}]}"#, #"{"password":12345678}"#,
        ])
    func found(_ text: String) throws {
        #expect(self.types(text) == ["Secret Keyword"])
        let left = self.scanner.redact(Array(text.utf8)).bytes
        #expect(throws: Never.self) { try JSONValue(parsing: left) }
        let kept = String(decoding: left, as: UTF8.self)
        for value in ["hunter22", "83920174", "12345678"] { #expect(!kept.contains(value), "\(kept)") }
    }

    @Test(
        "settings about a password are not",
        arguments: [
            #"{"password_min_length":12}"#, #"{"password_changed":1700000000}"#, #"{"password":0}"#, #"{"secret":true}"#,
            #"{"secret":86400}"#, #"{"password":{"length":12345678}}"#, #"{"password":{"x":1},"value":"hunter22"}"#,
            #"{"password":{"a":{"value":"hunter22"}}}"#,
        ])
    func passed(_ text: String) {
        #expect(self.types(text) == [])
    }

    @Test("what the older system finds inside such a value is told under its own rule")
    func innerText() {
        let scanner = Scanner(configuration: ScannerConfiguration(mode: .compatible))
        let text = #"{"password":{"value":"x; secret = 'hunt"# + #"er23'"}}"#
        #expect(scanner.verdict(on: scanner.scanJSON(Array(text.utf8))) == .reject(types: ["Secret Keyword"]))
    }

    @Test("a key with an invisible character inside still says what its value is")
    func hiddenKeys() {
        #expect(self.types("{\"pass\u{200B}word\": \"hunter22\"}") == ["Secret Keyword"])
    }
}
