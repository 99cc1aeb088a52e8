import SecretScanTool
import SecretScanning
import TestKit
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows an example that does what it says")
    func runsExample() async throws {
        var rules = IgnoreRules()
        rules.add(IgnoreFile("*.log\n!keep.log\n/build/".utf8))
        #expect(rules.isExcluded(Array("a/b.log".utf8), isDirectory: false))

        var reader = DiffReader()
        var added: [String] = []
        for line in ["--- a/x", "+++ b/x", "@@ -1 +1,2 @@", " one", "+two"] {
            if case .added(let path, let number, let text)? = try reader.read(Array(line.utf8)[...]) {
                added.append("\(PathText.escaped(path)):\(number): \(text.count) bytes")
            }
        }
        try reader.finish()
        #expect(added == ["x:2: 3 bytes"])

        try await withTemporaryDirectory { folder in
            let scan = SecretScan(scanner: Scanner(), judge: FindingJudge())
            let outcome = await scan.run([Array(folder.utf8)])
            let report = RunReport(outcome, rules: RuleSet.builtIn.rules, version: "1.0")
            #expect(report.summaryLine == "0 findings in 0 files (0 bytes)")
            #expect(!report.bytes(.sarif).isEmpty)
        }
    }
}
