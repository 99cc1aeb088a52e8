import Cryptography
import SecretScanTool
import SecretScanning
import StrictJSON
import TestKit
import Testing

@Suite("Runs")
struct ScanRunTests {
    @Test("do not depend on the number of jobs, and name each file once")
    func isIndependentOfJobs() async throws {
        try await withTemporaryDirectory { folder in
            for number in 0..<200 {
                try write(["d\(number % 7)/f\(number).txt": "x \(Samples.token(UInt64(number % 3)))\n"], in: folder)
            }
            let roots = [Array((folder + "/d1").utf8), Array(folder.utf8)]
            let alone = await SecretScan().run(roots)
            let together = await SecretScan { $0.jobs = 5 }.run(roots.reversed())
            #expect(alone.findings == together.findings)
            #expect(alone.findings.count == 200)
            #expect(alone.findings.map { PathText.escaped($0.path) } == alone.places.map { String($0.dropLast(4)) })
        }
    }

    @Test("tell what they do not scan, and why")
    func tellsSkipped() async throws {
        try await withTemporaryDirectory { folder in
            try write(
                ["binary": "a\0b \(Samples.token())", "large": String(repeating: "x\n", count: 1 << 20), "hard": ""], in: folder)
            let outcome = await SecretScan { $0.maximumFileBytes = 1 << 20 }.run([Array(folder.utf8)])
            #expect(
                outcome.skipped.map { String($0.textLine.dropFirst(folder.count + 1)) } == [
                    "binary: not scanned: binary", "large: not scanned: larger than 1048576 bytes",
                ])
            #expect(!outcome.isComplete)
            let deep = await SecretScan { $0.scansBinaryFiles = true }.run([Array(folder.utf8)])
            #expect(deep.isComplete)
            #expect(deep.places == [folder + "/binary:1:5"])
        }
    }

    @Test("stop when they are told to")
    func stops() async throws {
        try await withTemporaryDirectory { folder in
            try write(["a": Samples.token()], in: folder)
            let scan = SecretScan(scanner: Scanner(), judge: FindingJudge(), isStopped: { true })
            let outcome = await scan.run([Array(folder.utf8)])
            #expect(outcome.findings.isEmpty)
            #expect(outcome.skipped.map(\.textLine) == ["not scanned: the rest: the scan was stopped"])
        }
    }

    @Test("find in compatible mode what the older system would refuse")
    func compatibleMode() async throws {
        try await withTemporaryDirectory { folder in
            let digest = "\"" + SHA256.hash("x".utf8).hex + "\""
            try write(["a": "hash = \(digest)\n"], in: folder)
            #expect(await SecretScan().run([Array(folder.utf8)]).findings.isEmpty)
            let scan = SecretScan(
                scanner: Scanner(configuration: ScannerConfiguration(mode: .compatible)),
                judge: FindingJudge(minimumConfidence: .low))
            #expect(await scan.run([Array(folder.utf8)]).findings.map(\.type) == ["Hex High Entropy String"])
        }
    }

    @Test("write a baseline that keeps what they did not look at")
    func updatesBaseline() async throws {
        try await withTemporaryDirectory { folder in
            try write(["in/a": Samples.token(1), "in/b": Samples.token(2), "out/c": Samples.token(3)], in: folder)
            let key = try BaselineKey(SecretBytes(Array(repeating: 7, count: 32)))
            var known = KnownFindings(key: key)
            let all = await SecretScan(judge: FindingJudge(known: known)).run([Array(folder.utf8)])
            let first = try #require(try known.updatedBaseline(after: all, roots: [Array(folder.utf8)]))
            #expect(first.entries.count == 3)
            known.baseline = first
            #expect(await SecretScan(judge: FindingJudge(known: known)).run([Array(folder.utf8)]).newFindings.isEmpty)

            try write(["in/a": "clean", "in/b": "moved\n\n" + Samples.token(2)], in: folder)
            let roots = [Array((folder + "/in").utf8)]
            let part = await SecretScan(judge: FindingJudge(known: known)).run(roots)
            #expect(part.newFindings.isEmpty)
            let second = try #require(try known.updatedBaseline(after: part, roots: roots))
            #expect(second.entries.map(\.path).sorted() == [folder + "/in/b", folder + "/out/c"])
            #expect(second.bytes() == (try Baseline(parsing: second.bytes(), keyID: key.id())).bytes())
            #expect(!String(decoding: second.bytes(), as: UTF8.self).contains(Samples.token(2)))
        }
    }

    @Test(
        "write every format with the same bytes for the same findings, and never the secret", arguments: RunReport.Format.allCases
    )
    func writesFormats(_ format: RunReport.Format) async throws {
        try await withTemporaryDirectory { folder in
            try write(["a\n1": "x\n\(Samples.token())\n", "b": "\0"], in: folder)
            let outcome = await SecretScan().run([Array(folder.utf8)])
            let report = RunReport(outcome, rules: RuleSet.builtIn.rules, version: "1.0")
            let text = String(decoding: report.bytes(format), as: UTF8.self)
            #expect(text == String(decoding: report.bytes(format), as: UTF8.self))
            #expect(text.contains("a%0A1") || text.contains("a%250A1"))
            #expect(text.contains("not scanned: binary") || text.contains("\"reason\":\"binary\""))
            #expect(!text.contains(Samples.token().dropFirst(4)))
            if format == .jsonl {
                let lines = try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
                #expect(lines.map { $0["kind"] } == ["finding", "notScanned", "summary"])
            } else if format == .json {
                let value = try JSONValue(parsing: Array(text.utf8))
                #expect(value["summary"]?["findings"] == 1)
                #expect(value["summary"]?["isComplete"] == true)
            }
            #expect(report.summaryLine.hasPrefix("1 findings in 1 files ("))
        }
    }

    @Test("lose nothing by leaving out rules that report only what is unlikely")
    func leavesOutRules() throws {
        let left = RuleSet.all.rules.filter { $0.confidence == .low && $0.isOnByDefault }
        #expect(RuleSet.all.reportable(from: .medium).rules.count == RuleSet.all.rules.count - left.count)
        #expect(RuleSet.all.reportable(from: .low).rules.count == RuleSet.all.rules.count)
        let scanner = Scanner(rules: RuleSet(rules: left))
        var count = 0
        for example in left.flatMap(\.trueExamples) {
            for finding in scanner.scan(ExampleTemplate(example).text(seed: 1)).findings {
                count += 1
                #expect(finding.confidence == .low, "\(finding.rule)")
            }
        }
        #expect(count >= left.count)
    }
}
