import SecretScanTool
import TestKit
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Reading diffs")
struct DiffReaderTests {
    /// All events of a diff.
    private func read(_ text: some Collection<UInt8>) throws -> [DiffReader.Event] {
        var reader = DiffReader()
        var events: [DiffReader.Event] = []
        var lines = Array(text).split(separator: 10, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            if let event = try reader.read(line) { events.append(event) }
        }
        try reader.finish()
        return events
    }

    private func added(_ path: String, _ number: Int, _ text: String) -> DiffReader.Event {
        .added(path: Array(path.utf8), number: number, text: Array(text.utf8))
    }

    @Test("finds added lines, also those that look like headers")
    func findsAddedLines() throws {
        let text = """
            commit 1234
                @@ not a hunk @@
            diff --git a/x.txt b/x.txt
            index 1..2 100644
            --- a/x.txt
            +++ b/x.txt
            @@ -1,4 +1,5 @@ func f() {
             one
            --- two
            +++ b/other
            +@@ -1 +1 @@
             three

            \\ No newline at end of file
            @@ -9 +10 @@
            -x
            +y\r
            diff --git a/new file b/new file
            new file mode 100644
            --- /dev/null
            +++ b/new file\t
            @@ -0,0 +1 @@
            +z
            diff --git a/gone b/gone
            --- a/gone
            +++ /dev/null
            @@ -1 +0,0 @@
            -z
            """
        let events = try self.read(text.utf8)
        #expect(
            events == [
                self.added("x.txt", 2, "++ b/other"), self.added("x.txt", 3, "@@ -1 +1 @@"), self.added("x.txt", 10, "y\r"),
                self.added("new file", 1, "z"),
            ])
    }

    @Test("reads names with prefixes, without, quoted, renamed and of plain diffs")
    func readsNames() throws {
        let hunk = "@@ -0,0 +1 @@\n+z\n"
        let rows: [(String, String)] = [
            ("diff --git a/b/x b/b/x\n--- a/b/x\n+++ b/b/x\n", "b/x"),
            ("diff --git b/x b/x\n--- b/x\n+++ b/x\n", "b/x"),
            ("diff --git i/x w/x\n--- i/x\n+++ w/x\n", "x"),
            (
                #"diff --git "a/\303\251\t\"" "b/\303\251\t\"""# + "\n" + #"--- "a/\303\251\t\"""# + "\n"
                    + #"+++ "b/\303\251\t\"""# + "\n", "é\t\""
            ),
            ("diff --git a/old b/new\nsimilarity index 90%\nrename from old\nrename to new\n--- a/old\n+++ b/new\n", "new"),
            ("diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n", "x"),
            ("diff -ru one/x two/x\n--- one/x\t2026-01-01\n+++ two/x\t2026-01-02\n", "two/x"),
            ("--- a/x\n+++ b/x\n", "x"),
        ]
        for (header, name) in rows {
            #expect(try self.read((header + hunk).utf8) == [self.added(name, 1, "z")], "\(header)")
        }
    }

    @Test("tells of files that it cannot show")
    func tellsOfBinaries() throws {
        let text = """
            diff --git a/p.png b/p.png
            index 1..2 100644
            Binary files a/p.png and b/p.png differ
            diff --git a/q.png b/q.png
            GIT binary patch
            literal 3
            zcmZ
            """
        #expect(try self.read(text.utf8) == [.binary(path: Array("p.png".utf8)), .binary(path: Array("q.png".utf8))])
    }

    @Test("reads combined diffs of merges")
    func readsCombinedDiffs() throws {
        let text = """
            diff --cc x
            index 1,2..3
            --- a/x
            +++ b/x
            @@@ -1,3 -1,2 +1,4 @@@
              one
            - two
            ++new
            + left
             +right
            """
        let events = try self.read(text.utf8)
        #expect(events == [self.added("x", 2, "new"), self.added("x", 3, "left"), self.added("x", 4, "right")])
    }

    @Test(
        "refuses hunks that are not what their header says",
        arguments: [
            "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n one\n", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n one\n@@ nonsense\n",
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n*one\n",
            "@@ -1 +1 @@\n one\n", "--- a/x\n+++ b/x\n@@ -1,99999999999999999999 +1 @@\n",
            "--- a/x\n+++ b/x\n@@ -1,1 +1,2 @@\n+a\n+b\n+c\n",
        ])
    func refusesWrongHunks(_ text: String) {
        let error = #expect(throws: ScanToolError.self) { try self.read(text.utf8) }
        #expect(error?.code == .invalidDiff)
    }

    @Test(
        "refuses diffs of other kinds and coloured ones, also between others",
        arguments: [
            "*** x\n--- y\n***************\n*** 1 ****\n--- 1,2 ----\n  one\n+ two\n", "1a2\n> two\n", "1,2d0\r\n< two\r\n",
            "diff -r one/x two/x\n1a2\n", "diff -y one two\none | two\ndiff --git a/x b/x\nold mode 100644\n",
            "\u{1B}[1mdiff --git a/x b/x\u{1B}[m\n", "--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n one\n\u{1B}[32m+two\u{1B}[m\n",
        ])
    func refusesOtherKinds(_ text: String) {
        for text in [text, "diff --git a/p.png b/p.png\nBinary files a/p.png and b/p.png differ\n" + text] {
            let error = #expect(throws: ScanToolError.self) { try self.read(text.utf8) }
            #expect(error?.code == .invalidDiff)
        }
    }

    @Test(
        "knows whether the change of a file has come",
        arguments: [
            ("commit 1234\n\n    a message\n", false), ("--- x\n", false), ("--- x\n+++ y\n", false), ("Index: x\n", false),
            ("Only in a: x\n", false), ("Binary files are fine\n", false), ("3a4\n", false), ("*** x\n", false),
            ("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", true), ("--- x\n+++ y\n@@ -0,0 +1 @@\n+z\n", true),
            ("Binary files a/x and b/x differ\r\n", true),
        ])
    func knowsChanges(_ text: String, _ isOne: Bool) throws {
        var reader = DiffReader()
        for line in Array(text.utf8).split(separator: 10) { _ = try reader.read(line) }
        try reader.finish()
        #expect(reader.sawChange == isOne)
    }

    @Test("never traps on random lines")
    func neverTraps() {
        let pieces = [
            "diff --git ", "a/x", " b/x", "\"", "\\", "--- ", "+++ ", "@@ ", "@@@ ", "-1", "+1", ",2", " @@", " @@@", "+", "-",
            " ", "rename to ",
            "Binary files ", " differ", "/dev/null", "\t", "*** ", "1,2", " ****", "a", "> ", "diff -r ", "\u{1B}[1m", "\u{E9}",
            "GIT binary patch", "9999999999999", "diff --cc ", "",
        ]
        var generator = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(20_000, long: 1_000_000) {
            var reader = DiffReader()
            for _ in 0..<8 {
                let line = (0..<Int.random(in: 0...6, using: &generator)).compactMap { _ in
                    pieces.randomElement(using: &generator)
                }.joined()
                _ = try? reader.read(Array(line.utf8)[...])
            }
            try? reader.finish()
        }
    }

    @Test("agrees with git on random changes", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/git")))
    func agreesWithGit() async throws {
        try await withTemporaryDirectory { top in
            var generator = SeededGenerator(seed: TestRun.seed)
            let names = ["x", "a b", "é\"\\", "b/a", "a/x", "-- ", "t\tt"]
            for folder in ["a", "b"] {
                try FileManager.default.createDirectory(atPath: "\(top)/\(folder)", withIntermediateDirectories: true)
            }
            let run = { (arguments: [String]) async throws -> [UInt8] in
                let result = try await runProcess(
                    "/usr/bin/git", arguments: ["-c", "user.name=a", "-c", "user.email=a@example.com"] + arguments,
                    environment: [
                        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": top, "PATH": "/usr/bin:/bin",
                    ],
                    workingDirectory: top)
                #expect(result.termination == .exited(0))
                return result.standardOutput.bytes
            }
            _ = try await run(["init", "-q"])
            for round in 0..<TestRun.count(12, long: 300) {
                _ = try await run(["add", "-A"])
                _ = try await run(["commit", "-q", "--allow-empty", "-m", "round"])
                var texts: [String: [String]] = [:]
                for name in names {
                    let path = "\(top)/\(name)"
                    if Int.random(in: 0..<5, using: &generator) == 0 {
                        try? FileManager.default.removeItem(atPath: path)
                        continue
                    }
                    let lines = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                        ["", "a", "b", "-- a/x", "++ b/x", "@@ -1 +1 @@", "\\", "diff --git a/x b/x", "c\r"].randomElement(
                            using: &generator) ?? ""
                    }
                    texts[name] = lines
                    let end = !lines.isEmpty && Bool.random(using: &generator) ? "\n" : ""
                    try Data((lines.joined(separator: "\n") + end).utf8).write(to: URL(fileURLWithPath: path))
                }
                _ = try await run(["add", "-A", "-N"])
                let forms = [["-U0"], ["--no-prefix"], ["--src-prefix=i/", "--dst-prefix=w/"], ["-M"], []]
                let form = forms.randomElement(using: &generator) ?? []
                let diff = try await run(["diff", "--no-color"] + (form == ["-M"] ? form : form + ["--no-renames"]))
                let counts = String(decoding: try await run(["diff", "--numstat", "-z", "--no-renames"]), as: UTF8.self)
                var expected = 0
                for entry in counts.split(separator: "\0") {
                    expected += entry.split(separator: "\t").first.flatMap { Int($0) } ?? 0
                }
                let events = try self.read(diff)
                if form != ["-M"] { #expect(events.count == expected, "round \(round), seed \(TestRun.seed)") }
                for event in events {
                    guard case .added(let path, let number, let text) = event else { continue }
                    let lines = texts[String(decoding: path, as: UTF8.self)] ?? []
                    if !lines.indices.contains(number - 1) || lines[number - 1] != String(decoding: text, as: UTF8.self) {
                        Issue.record(
                            "\(String(decoding: path, as: UTF8.self)):\(number) is another; \(form), round \(round), seed \(TestRun.seed)"
                        )
                    }
                }
            }
        }
    }
}
