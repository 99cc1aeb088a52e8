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

    @Test("numbers are refused by default, and not in compatible mode, as the older system drops what has no letter")
    func numbers() {
        for text in [#"{"password":{"value":83920174}}"#, #"{"password":83920174}"#, #"{"a":{"db_password":83920174}}"#] {
            for (mode, verdict) in [(ScanMode.default, Verdict.reject(types: ["Secret Keyword"])), (.compatible, .accept)] {
                let scanner = Scanner(configuration: ScannerConfiguration(mode: mode))
                let report = scanner.scanJSON(Array(text.utf8))
                #expect(report.types == ["Secret Keyword"], "\(text)")
                #expect(scanner.verdict(on: report) == verdict, "\(text)")
            }
        }
    }

    @Test(
        "a key with an invisible character inside, or with codes for its letters, still says what its value is",
        arguments: [
            "pass\u{200B}word", #"pass\u200bword"#, #"p\u0061ssword"#, #"pass\u200B\u00adword"#, #"x\"\u0070assword"#,
            String(repeating: #"\u0061"#, count: 300) + "_password",
        ], ScanMode.allCases)
    func hiddenKeys(_ key: String, _ mode: ScanMode) throws {
        let scanner = Scanner(configuration: ScannerConfiguration(mode: mode))
        let text = Array(("{\"" + key + "\": \"it's hunt" + "er22\"}").utf8)
        let report = scanner.scanJSON(text)
        #expect(scanner.verdict(on: report) == .reject(types: ["Secret Keyword"]))
        let finding = try #require(report.findings.first)
        #expect(String(decoding: text[finding.secretSpan], as: UTF8.self) == "it's hunt" + "er22")
        let left = scanner.redact(text).bytes
        #expect(try JSONValue(parsing: left).objectValue != nil)
        #expect(!String(decoding: left, as: UTF8.self).contains("hunt" + "er22"))
    }

    @Test(
        "a key with codes in it says the same in prose around",
        arguments: [#""pass\u200bword": "hunt"#, #""p\u0061ssword" = "hunt"#, #"{"x": 1, "pass\u200bword":"hunt"#],
        ScanMode.allCases)
    func hiddenKeysInText(_ start: String, _ mode: ScanMode) throws {
        let scanner = Scanner(configuration: ScannerConfiguration(mode: mode))
        let text = Array(("see " + start + "er22\" there").utf8)
        let report = scanner.scan(text)
        #expect(scanner.verdict(on: report) == .reject(types: ["Secret Keyword"]))
        let finding = try #require(report.findings.first)
        #expect(String(decoding: text[finding.secretSpan], as: UTF8.self) == "hunt" + "er22")
    }
}
