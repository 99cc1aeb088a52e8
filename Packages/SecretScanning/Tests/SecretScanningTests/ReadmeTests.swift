import SecretScanning
import Testing

@Suite("README example")
struct ReadmeTests {
    @Test("does what it says")
    func example() {
        let scanner = Scanner(configuration: ScannerConfiguration(mode: .compatible))
        let body = Array(#"{"title": "Log in", "password": "correct horse 9"}"#.utf8)

        let report = scanner.scanJSON(body)
        #expect(report.findings.first?.type == "Secret Keyword")
        #expect(report.findings.first?.keyPath == "/password")
        #expect(scanner.verdict(on: report) == .reject(types: ["Secret Keyword"]))
        #expect(
            String(decoding: scanner.redact(body).bytes, as: UTF8.self)
                == #"{"title": "Log in", "password": "[REDACTED:Secret Keyword]"}"#)
    }
}
