import Cryptography
import SecretScanning
import Testing

@Suite("Scanner")
struct ScannerTests {
    private func example(_ template: String, seed: UInt64 = 5) -> String { ExampleTemplate(template).text(seed: seed) }

    @Test("checksums and placeholders change the confidence and hide nothing")
    func confidence() throws {
        let scanner = Scanner()
        func first(_ template: String) -> Finding? { scanner.scan(self.example(template)).findings.first }
        #expect(first("ghp_⟨crc36⟩")?.checksum == .passed && first("ghp_⟨crc36⟩")?.confidence == .high)
        #expect(first("ghp_⟨a36⟩")?.checksum == .failed && first("ghp_⟨a36⟩")?.confidence == .medium)
        #expect(scanner.scan("AKIA" + "IOSFODNN7EXAMPLE").findings.first?.confidence == .low)
        // The secret key of the age documentation passes; one letter changed does not.
        let key = "AGE-SECRET-" + "KEY-1" + "GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
        #expect(scanner.scan(key).findings.first?.checksum == .passed)
        #expect(scanner.scan(key.replacing("GAEX", with: "GAEY")).findings.first?.checksum == .failed)
    }

    @Test("modes and policies decide, and a generic find is only reported")
    func verdicts() {
        let token = self.example("ghp_⟨crc36⟩")
        let compatible = Scanner(configuration: ScannerConfiguration(mode: .compatible))
        let usual = Scanner()
        #expect(compatible.verdict(on: compatible.scan(token)) == .reject(types: ["GitHub Token"]))
        #expect(usual.verdict(on: usual.scan(token)) == .reject(types: ["GitHub Token"]))
        // A digest in quotes is refused by the older system only.
        let digest = self.example("sha = \"⟨h40⟩\"")
        #expect(compatible.verdict(on: compatible.scan(digest)) == .reject(types: ["Hex High Entropy String"]))
        #expect(usual.verdict(on: usual.scan(digest)) == .accept)
        let generic = self.example("my_token = ⟨a20⟩9")
        #expect(usual.scan(generic).types == ["Generic Secret"] && usual.verdict(on: usual.scan(generic)) == .accept)
        let redacting = Scanner(
            configuration: ScannerConfiguration(mode: .compatible, policies: [.compatible: .redact, .pii: .block]))
        #expect(redacting.verdict(on: redacting.scan(token)) == .redact(types: ["GitHub Token"]))
        #expect(redacting.verdict(on: redacting.scan("a.b@corp.de " + token)) == .reject(types: ["Email Address"]))
        #expect(usual.verdict(on: ScanReport.clean) == .accept)
    }

    @Test("a budget ends a scan, and what was not looked at is refused")
    func budget() {
        let scanner = Scanner(configuration: ScannerConfiguration(baseWork: 0, workPerByte: 1))
        let report = scanner.scan(Array(repeating: UInt8(ascii: "\""), count: 10_000))
        #expect(!report.isComplete)
        #expect(scanner.verdict(on: report) == .reject(types: [Verdict.incompleteScan]))
        let few = Scanner(configuration: ScannerConfiguration(maximumFindings: 3))
        let many = few.scan(String(repeating: "x@corp.de ", count: 10))
        #expect(many.findings.count <= 3 && !many.isComplete)
    }

    @Test("no value is told")
    func silence() throws {
        let canary = "c4nary" + "Value77"
        let text = "password = \"\(canary)\""
        let report = Scanner().scan(text)
        let told = "\(report) \(report.findings) \(report.types) \(Scanner().verdict(on: report))" + String(reflecting: report)
        #expect(!report.findings.isEmpty && !told.contains(canary) && !told.contains("c4nary"))
        let finding = try #require(report.findings.first)
        let key = SecretBytes(Array("0123456789abcdef0123456789abcdef".utf8))
        let fingerprint = try #require(try finding.fingerprint(key: key, in: Array(text.utf8)))
        #expect(fingerprint.count == 64 && !fingerprint.contains("c4nary"))
        let elsewhere = "\n\nx; " + text
        let moved = try #require(Scanner().scan(elsewhere).findings.first)
        #expect(try moved.fingerprint(key: key, in: Array(elsewhere.utf8)) == fingerprint)
        #expect(try moved.fingerprint(key: key, in: []) == nil)
    }

    @Test("patterns of the operator are tried near their literal, with the first group as the secret")
    func ownPatterns() throws {
        let ticket = try OwnPattern(id: "acme-ticket", type: "Acme Ticket", pattern: "acme-(tk_[0-9a-f]{12})")
        let scanner = Scanner(rules: RuleSet(rules: RuleSet.builtIn.rules, own: [ticket]))
        let text = "see acme-tk_" + "0a1b2c3d4e5f and acme-tk_" + "000000000001."
        let report = scanner.scan(text)
        #expect(report.findings.map(\.type) == ["Acme Ticket", "Acme Ticket"])
        #expect(report.findings.first?.secretSpan == 9..<24)
        #expect(scanner.verdict(on: report) == .reject(types: ["Acme Ticket"]))
        #expect(scanner.scanJSON(Array(#"{"a": ["\#(text)"]}"#.utf8)).findings.first?.keyPath == "/a/0")
        let redacted = scanner.redact(Array(text.utf8)).bytes
        #expect(String(decoding: redacted, as: UTF8.self) == "see acme-[REDACTED:Acme Ticket] and acme-[REDACTED:Acme Ticket].")
    }

    @Test(
        "patterns that could not be kept within limits are refused, with the reason",
        arguments: [
            ("[a-z]+", "literal"), (String(repeating: "a", count: 1_001), "1"), ("acme(a+)+", "repeat"), ("acme(", ""),
            ("x|acme", "literal"),
        ])
    func refusedPatterns(_ pattern: String, _ reason: String) {
        let error = #expect(throws: SecretScanningError.self) {
            try OwnPattern(id: "acme", type: "Acme", pattern: pattern)
        }
        #expect(error?.code == .invalidPattern)
        #expect(error?.message.contains(reason) == true || reason.isEmpty, "\(error?.message ?? "")")
    }

    @Test("an own pattern that finds no answer leaves the scan incomplete")
    func hostileOwnPattern() throws {
        let slow = try OwnPattern(id: "slow", type: "Slow", pattern: "key[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*[0-9]", window: 1_024)
        let scanner = Scanner(rules: RuleSet(rules: [], own: [slow]))
        let report = scanner.scan("key" + String(repeating: "a", count: 3_000))
        #expect(!report.isComplete)
    }

    @Test("hostile payloads are looked at completely, or end in time by their budget")
    func hostile() {
        let scanner = Scanner(rules: .all)
        let parts = [
            "api_key.token-secret_", "AKIA", "eyJ", "eyJa.", "sk-ant-api03-", "ghp_", "-----BEGIN PRIVATE" + " KEY-----", "4111 ",
            "\"",
            "secret=\"", "a@b.cd", "://a:b", "%41", "\\u0041", "\\\"", "YWJjZGVm", "awskey=", "[", "{\"a\":", "+1 ", "DE89 ",
            "xox" + "b-1-",
            "Authorization: Bearer ", "machine a login b password ", "1.1.1.1 ", "cookie: a=",
        ]
        for part in parts {
            let text = String(repeating: part, count: 65_536 / part.utf8.count)
            // Work is counted in bytes looked at; in the benchmark, hostile text costs at most ten times the time of clean text.
            let bounded = Scanner(rules: .all, configuration: ScannerConfiguration(baseWork: 65_536, workPerByte: 48))
            let report = bounded.scan(text)
            #expect(report.isComplete || report.findings.count == 1_000, "\(part)")
            _ = scanner.scanJSON(Array(text.utf8))
        }
    }
}
