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

    @Test("take a value without quotes for a password where the name says that the file configures something, also in diffs")
    func readsConfiguration() async throws {
        try await withTemporaryDirectory { top in
            let lines = [
                "a.yaml": "pass" + "word: ", "b.YML": "db:\n  api_to" + "ken: ", ".env": "DB_PASS" + "WORD=",
                ".env.local": "API_" + "KEY=",
                "Dockerfile": "FROM x\nENV DB_PASS" + "WORD=", "web.dockerfile": "ARG SEC" + "RET=",
                "run.sh": "export TO" + "KEN=",
                "d.ini": "pass" + "word = ", "e.conf": "pass" + "word=", "f.cfg": "pass" + "word=",
                "g.properties": "pass" + "word=",
                "h.toml": "pass" + "word=",
            ]
            try write(lines.mapValues { Samples.unquoted($0) + "\n" }, in: top + "/yes")
            try write(
                [
                    "a.swift": Samples.unquoted("pass" + "word: "), "b.md": Samples.unquoted("pass" + "word: "),
                    "env": Samples.unquoted("pass" + "word="),
                    "c.yaml": "pass" + "word: ${DB_PASS" + "WORD_2024_KJ8}\ntoken: changeme12345\n",
                    "d.sh": "TO" + "KEN=$(make_token9)\npass" + "word=your_password_123\n",
                    "e.environment": Samples.unquoted("KEY="),
                ], in: top + "/no")
            let rules = RuleSet(rules: RuleSet.builtIn.rules.filter { $0.group != .pii })
            func scan(_ path: String, _ minimum: Confidence, _ change: (inout SecretScan.Options) -> Void = { _ in }) async
                -> ScanOutcome
            {
                var options = SecretScan.Options()
                change(&options)
                let scan = SecretScan(
                    scanner: Scanner(rules: rules.reportable(from: minimum)),
                    configurationRules: rules.reportableInConfiguration(from: minimum),
                    judge: FindingJudge(minimumConfidence: minimum), options: options)
                return await scan.run([Array((top + path).utf8)])
            }
            let found = await scan("/yes", .medium).findings
            #expect(Set(found.map { PathText.escaped($0.path) }) == Set(lines.keys.map { "\(top)/yes/\($0)" }))
            #expect(found.allSatisfy { $0.confidence == "medium" })
            for finding in found {
                let path = PathText.escaped(finding.path)
                // ENV and ARG have a rule of their own.
                let rule = path.lowercased().hasSuffix("dockerfile") ? "secret-assignment" : "generic-secret"
                #expect(finding.rule == rule, "\(path)")
            }
            #expect(await scan("/no", .medium).findings.isEmpty)
            #expect(await scan("/yes", .high).findings.isEmpty)
            #expect(await scan("/no", .low).findings.allSatisfy { $0.confidence == "low" })
            for (name, count) in [("x.yaml", 1), ("x.swift", 0)] {
                let diff = "--- a/\(name)\n+++ b/\(name)\n@@ -0,0 +1 @@\n+\(Samples.unquoted("pass" + "word: "))\n"
                try write([name + ".diff": diff], in: top)
                #expect(await scan("/\(name).diff", .medium) { $0.readsDiffs = true }.findings.count == count, "\(name)")
            }
        }
    }
}
