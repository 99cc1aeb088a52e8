import TestKit
import Testing

@Suite("Exit status")
struct StatusTests {
    @Test("is 0 when nothing is found, 1 when something is, 2 when something cannot be scanned")
    func tellsOutcome() async throws {
        try await ScanFolder.lend(["clean/a.txt": "nothing here\n", "dirty/a.txt": "x \(Samples.token())\n"]) {
            (folder) async throws in
            let clean = try await folder.scan("clean")
            #expect(clean.status == 0)
            #expect(clean.lines.isEmpty)
            let dirty = try await folder.scan("dirty")
            #expect(dirty.status == 1)
            #expect(dirty.lines == ["dirty/a.txt:1:3: GitHub Token (critical, confidence medium)"])
            let both = try await folder.scan("dirty", "missing")
            #expect(both.status == 2)
            #expect(both.lines.count == 2)
            #expect(both.errors.contains("missing: not scanned: cannot be read: No such file or directory"))
        }
    }

    @Test(
        "is 2 for arguments that make no sense, with what is wrong and nothing on standard output",
        arguments: [
            ([], "nothing to scan"), (["--unknown", "."], "--unknown"), (["--bogus"], "nknown option '--bogus'"),
            (["-dash.txt"], "unknown option -dash.txt"), (["-qh", "."], "unknown option -qh"),
            (["-x", "."], "nknown option '-x'"),
            (["--jobs", "x", "."], "--jobs"),
            (["--jobs", "0", "."], "allowed: 1 to 256"), (["--format", "xml", "."], "allowed: text, json, jsonl, sarif"),
            (["--mode", "x", "."], "allowed: compatible, default"),
            (["--min-confidence", "x", "."], "allowed: low, medium, high"),
            (["--max-file-size", "-1", "."], "--max-file-size"), (["--update-baseline", "."], "needs --baseline"),
            (["--redact", "x"], "--redact"), (["-", "-"], "standard input"), (["--baseline", "b", "."], "openssl rand"),
            (["--key-file", "missing", "."], "missing: there is no such file"),
            (["--patterns", "missing", "."], "missing: there is no such file"),
            (["--import-baseline", "missing", "."], "missing: there is no such file"),
            (["--output", "no/such/folder", "."], "cannot be written"),
        ])
    func refuses(_ arguments: [String], _ reason: String) async throws {
        try await ScanFolder.lend { (folder) async throws in
            let words = arguments.map { "'\($0)'" }.joined(separator: " ")
            let result = try await folder.shell("\"$SCAN\" \(words)")
            #expect(result.status == 2)
            #expect(result.lines.isEmpty)
            #expect(result.errors.contains(reason), "\(result.errors)")
        }
    }

    @Test("is 0 for help, which names every option, and for the version")
    func helps() async throws {
        try await ScanFolder.lend { (folder) async throws in
            let help = try await folder.scan("--help")
            #expect(help.status == 0)
            for option in [
                "--diff", "--redact", "--format", "--output", "--quiet", "--mode", "--min-confidence", "--pii", "--patterns",
                "--baseline",
                "--update-baseline", "--key-file", "--import-baseline", "--no-pragmas", "--no-ignore", "--binary",
                "--max-file-size", "--jobs",
                "--version", "Exit status", ".gitignore",
            ] {
                #expect(help.standardOutput.text.contains(option), "\(option)")
            }
            let version = try await folder.scan("--version")
            #expect(version.status == 0)
            #expect(version.lines.count == 1)
        }
    }

    @Test("is 2 when nobody takes the report, and no signal ends the program")
    func closedOutput() async throws {
        try await ScanFolder.lend(["a": Samples.token() + "\n"]) { (folder) async throws in
            let result = try await folder.shell("{ \"$SCAN\" a; echo $? >status; } | sleep 0; true")
            #expect(result.status == 0)
            let full = try await folder.shell("\"$SCAN\" a >/dev/full; echo $?")
            #expect(full.lines == ["2"])
            #expect(full.errors.contains("standard output cannot be written"))
            let help = try await folder.shell("\"$SCAN\" --help >/dev/full; echo $?")
            #expect(help.lines == ["2"])
            #expect(help.errors.contains("standard output cannot be written"))
            let closed = try await folder.shell("\"$SCAN\" a >&-; echo $?")
            #expect(closed.lines == ["2"])
        }
    }

    @Test("is 130 after Ctrl-C, with a report of what was found until then")
    func interrupted() async throws {
        try await ScanFolder.lend(["a": Samples.token() + "\n"]) { (folder) async throws in
            // The first is read at once, the second never ends.
            let result = try await folder.shell(
                "mkfifo in; (cat a; exec sleep 100) >in & writer=$!; \"$SCAN\" --format json a - <in & scan=$!; "
                    + "until [ -r /proc/$scan/fd/0 ] && grep -q SigCgt /proc/$scan/status && "
                    + "[ $((0x$(sed -n 's/^SigCgt:.*\\(.\\)$/\\1/p' /proc/$scan/status) & 2)) -ne 0 ]; do sleep 0.01; done; "
                    + "kill -INT $scan; wait $scan; status=$?; kill $writer; echo; echo $status")
            #expect(result.lines.last == "130", "\(result.errors)")
            #expect(result.standardOutput.text.contains("the scan was stopped"))
        }
    }
}
