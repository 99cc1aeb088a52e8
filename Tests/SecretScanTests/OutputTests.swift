import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Outputs")
struct OutputTests {
    private static let files = ["b/c.txt": "x\n \(Samples.token(1))\n", "a.txt": Samples.password + "\n", "z.bin": "\0"]

    @Test(
        "are the same bytes for any number of jobs, in every format, and never show a secret",
        arguments: ["text", "json", "jsonl", "sarif"])
    func areStable(_ format: String) async throws {
        try await ScanFolder.lend(Self.files) { (folder) async throws in
            let one = try await folder.scan("--format", format, "--jobs", "1", ".")
            let many = try await folder.scan("--format", format, "--jobs", "7", "b", "a.txt", "z.bin")
            #expect(one.status == 1)
            #expect(one.standardOutput.bytes == many.standardOutput.bytes)
            let everything = one.standardOutput.text + one.errors
            #expect(!everything.contains(Samples.token(1).dropFirst(4)))
            #expect(!everything.contains("er2secret"))
        }
    }

    @Test("as SARIF have what version 2.1.0 requires")
    func sarif() async throws {
        try await ScanFolder.lend(Self.files) { (folder) async throws in
            let result = try await folder.scan("--format", "sarif", "--output", "out.sarif", ".", "missing")
            #expect(result.status == 2)
            #expect(result.lines.isEmpty)
            let root = try JSONValue(parsing: Array(folder.text(of: "out.sarif").utf8))
            #expect(root["version"] == "2.1.0")
            let run = try #require(root["runs"]?[0])
            #expect(run["tool"]?["driver"]?["name"] == "secret-scan")
            let rules = try #require(run["tool"]?["driver"]?["rules"]?.arrayValue)
            #expect(Set(rules.compactMap { $0["id"]?.stringValue }).count == rules.count)
            let invocation = run["invocations"]?[0]
            #expect(invocation?["executionSuccessful"] == false)
            #expect(invocation?["toolExecutionNotifications"]?.arrayValue?.map { $0["level"] } == ["error", "note"])
            let results = try #require(run["results"]?.arrayValue)
            #expect(results.count == 2)
            for result in results {
                let index = try #require(result["ruleIndex"]?.intValue)
                #expect(rules[index]["id"] == result["ruleId"])
                #expect(["none", "note", "warning", "error"].contains(result["level"]?.stringValue))
                #expect(result["message"]?["text"]?.stringValue?.isEmpty == false)
                let region = result["locations"]?[0]?["physicalLocation"]?["region"]
                for name in ["startLine", "startColumn", "endLine", "endColumn"] { #expect((region?[name]?.intValue ?? 0) >= 1) }
            }
        }
    }

    @Test("in a file replace it whole, and keep a link that leads to it")
    func outputFile() async throws {
        try await ScanFolder.lend(["a.txt": Samples.token(), "old": String(repeating: "x", count: 5_000)]) {
            (folder) async throws in
            let result = try await folder.shell(
                "ln -s old link; \"$SCAN\" --format jsonl --output link a.txt; test -L link && ls")
            #expect(result.lines == ["a.txt", "link", "old"])
            let lines = try folder.text(of: "old").split(separator: "\n")
            #expect(try lines.map { try JSONValue(parsing: Array($0.utf8))["kind"] } == ["finding", "summary"])
        }
    }

    @Test("with --redact are the input without its secrets, and JSON stays JSON")
    func redacts() async throws {
        try await ScanFolder.lend { (folder) async throws in
            let text = "{\"a\": \"\(Samples.token())\", \"b\": 1}"
            let result = try await folder.scan("--redact", input: text)
            #expect(result.status == 1)
            #expect(result.standardOutput.text == "{\"a\": \"[REDACTED:GitHub Token]\", \"b\": 1}")
            let again = try await folder.scan("--redact", "-", input: result.standardOutput.text)
            #expect(again.status == 0)
            #expect(again.standardOutput.bytes == result.standardOutput.bytes)
        }
    }

    @Test("follow the patterns of a file, the mode and the least confidence")
    func rules() async throws {
        let patterns = #"{"patterns":[{"id":"acme","type":"Acme Ticket","pattern":"ACME-[0-9]{4}"}]}"#
        try await ScanFolder.lend(["p.json": patterns, "a": "see ACME-1234\n", "b": Samples.token()]) { (folder) async throws in
            #expect(try await folder.scan("--patterns", "p.json", "a").lines == ["a:1:5: Acme Ticket (high, confidence high)"])
            #expect(try await folder.scan("--min-confidence", "high", "b").status == 0)
            #expect(try await folder.scan("--mode", "compatible", "b").status == 1)
            try folder.write(#"{"patterns":[{"id":"acme","type":"A","pattern":"[0-9]+"}]}"#, to: "p.json")
            let refused = try await folder.scan("--patterns", "p.json", "a")
            #expect(refused.status == 2)
            #expect(refused.errors.contains("pattern 1: acme: no literal"))
        }
    }

    @Test("have no progress where no terminal is, and nothing but failures with --quiet")
    func quiet() async throws {
        try await ScanFolder.lend(Self.files) { (folder) async throws in
            let usual = try await folder.scan(".")
            #expect(
                usual.errors
                    == "secret-scan: 2 findings in 2 files (\(3 + 40 + 1 + Samples.password.utf8.count + 1) bytes), 1 not scanned\n"
            )
            #expect(try await folder.scan("--quiet", ".").errors.isEmpty)
            #expect(try await folder.scan("--quiet", "missing").errors.split(separator: "\n").count == 1)
        }
    }

    @Test(
        "tell on a terminal how far a long run has come, and take that away at its end",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
    func progress() async throws {
        try await ScanFolder.lend(["a": "some words\n"]) { (folder) async throws in
            // Input goes on until the line has been seen.
            let result = try await folder.shell(
                "mkfifo in; (cat a; i=0; until grep -q ' MiB' seen 2>/dev/null || [ $i -ge 600 ]; do sleep 0.05; i=$((i+1)); done) >in & "
                    + "timeout 60 script -qefc '\"$SCAN\" - <in' seen >/dev/null; echo $?; wait")
            #expect(result.lines == ["0"], "\(result.errors)")
            let seen = try folder.text(of: "seen")
            let shown = try #require(seen.range(of: "\r\u{1B}[Ksecret-scan: 0 files, 0 MiB"), "\(seen)")
            let gone = try #require(seen.range(of: "\r\u{1B}[Ksecret-scan: 0 findings in 1 files"), "\(seen)")
            #expect(shown.upperBound <= gone.lowerBound)
        }
    }
}
