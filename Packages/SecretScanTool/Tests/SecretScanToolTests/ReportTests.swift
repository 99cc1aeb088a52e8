import Cryptography
import SecretScanTool
import StrictJSON
import Testing

@Suite("Reports")
struct ReportTests {
    private func finding(_ path: [UInt8], isKnown: Bool = false) -> ReportedFinding {
        ReportedFinding(
            rule: "github-token", type: "GitHub Token", path: path, start: .init(line: 3, column: 5),
            end: .init(line: 3, column: 45),
            severity: .high, confidence: "high", fingerprint: SHA256.hash("x".utf8), isKnown: isKnown)
    }

    @Test("writes SARIF 2.1 with places, rules and fingerprints")
    func writesSARIF() throws {
        let report = SARIFReport(
            toolVersion: "1.0",
            rules: [.init(id: "stripe-key", name: "Stripe"), .init(id: "github-token", name: "GitHub Token")],
            findings: [self.finding(Array("a b/é:%.txt".utf8)), self.finding([0xFF], isKnown: true)],
            skipped: [SkippedFile(path: Array("x".utf8), reason: "cannot be read")])
        let json = try JSONValue(parsing: report.jsonValue().compactBytes())
        #expect(json["version"] == "2.1.0")
        let run = json["runs"]?[0]
        #expect(run?["tool"]?["driver"]?["rules"]?[0]?["id"] == "github-token")
        #expect(run?["invocations"]?[0]?["executionSuccessful"] == false)
        #expect(run?["invocations"]?[0]?["toolExecutionNotifications"]?[0]?["message"]?["text"] == "not scanned: cannot be read")
        let result = run?["results"]?[0]
        #expect(result?["ruleId"] == "github-token")
        #expect(result?["ruleIndex"] == 0)
        #expect(result?["level"] == "error")
        let place = result?["locations"]?[0]?["physicalLocation"]
        #expect(place?["artifactLocation"]?["uri"] == "a%20b/%C3%A9%3A%25.txt")
        #expect(place?["region"] == ["startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 45])
        #expect(result?["partialFingerprints"]?["gatehouseSecret/v1"]?.stringValue == SHA256.hash("x".utf8).hex)
        #expect(result?["suppressions"] == nil)
        #expect(run?["results"]?[1]?["suppressions"]?[0]?["kind"] == "external")
        #expect(run?["results"]?[1]?["locations"]?[0]?["physicalLocation"]?["artifactLocation"]?["uri"] == "%FF")
    }

    @Test("writes findings as lines of JSON and of text")
    func writesLines() throws {
        let finding = self.finding(Array("a\n.env".utf8))
        let text =
            #"{"path":"a%0A.env","line":3,"column":5,"endLine":3,"endColumn":45,"rule":"github-token","type":"GitHub Token","#
            + #""severity":"high","confidence":"high","fingerprint":"\#(SHA256.hash("x".utf8).hex)","known":false}"#
        #expect(String(decoding: finding.jsonValue().compactBytes(), as: UTF8.self) == text)
        #expect(finding.textLine == "a%0A.env:3:5: GitHub Token (high, confidence high)")
    }

    @Test("keeps names of files apart, whatever their bytes")
    func escapesNames() {
        #expect(PathText.escaped(Array("a/é 1.txt".utf8)) == "a/é 1.txt")
        #expect(PathText.escaped([0x61, 0xFF, 0x25, 0x0A, 0xC3]) == "a%FF%25%0A%C3")
        #expect(PathText.escaped(Array("a%FF".utf8)) == "a%25FF")
        #expect(PathText.escaped(Array("\u{9B}".utf8)) == "%C2%9B")
        #expect(PathText.escaped(Array("\u{202E}txt.exe\u{2028}".utf8)) == "%E2%80%AEtxt.exe%E2%80%A8")
    }

    @Test(
        "understands the pragmas of the known tools",
        arguments: [
            ("x = 1  # pragma: allowlist secret", nil, true), ("x = 1 // pragma:allowlist-secret because", nil, true),
            ("x = 1 # pragma: whitelist secret\r", nil, true), ("/* pragma: allowlist secret */", nil, true),
            ("/* pragma: allowlist secret", nil, false), ("<!-- pragma: allowlist secret -->", nil, true),
            ("-- pragma: allowlist secret", nil, true),
            ("x pragma: allowlist secret", nil, false), ("# pragma: allowlist", nil, false),
            ("x", "# pragma: allowlist nextline secret", true),
            ("x", "y # pragma: allowlist nextline secret", false), ("x", "# pragma: whitelist nextline secret", false),
            ("x", "# pragma: allowlist secret", false), ("x # gitleaks:allow", nil, true), ("x trufflehog:ignore", nil, true),
            ("x // secret-scan:allow", nil, true), ("x", "y # gitleaks:allow", false), ("", nil, false), ("pragma:", "", false),
            ("pragma: # pragma: allowlist secret", nil, true),
        ] as [(String, String?, Bool)])
    func understandsPragmas(_ line: String, _ previous: String?, _ allows: Bool) {
        #expect(AllowPragma.allows(Array(line.utf8)[...], previous: previous.map { Array($0.utf8)[...] }) == allows)
    }

    @Test("takes only # for a comment in YAML")
    func readsYAML() {
        #expect(AllowPragma.allows(Array("a: b # pragma: allowlist secret".utf8)[...], previous: nil, isYAML: true))
        #expect(!AllowPragma.allows(Array("a: b // pragma: allowlist secret".utf8)[...], previous: nil, isYAML: true))
    }
}
