import Foundation
import TestKit
import Testing

@Suite("Inputs")
struct InputTests {
    @Test("from standard input have their places, also when they are long")
    func standardInput() async throws {
        try await ScanFolder.lend { (folder) async throws in
            #expect(
                try await folder.scan("-", input: "a\nb \(Samples.token())").lines == [
                    "-:2:3: GitHub Token (critical, confidence medium)"
                ])
            let long = String(repeating: "some words in a line\n", count: 300_000) + "é \(Samples.token())\n"
            #expect(try await folder.scan("-", input: long).lines == ["-:300001:3: GitHub Token (critical, confidence medium)"])
            #expect(try await folder.scan("-").status == 0)
        }
    }

    @Test("from git diff are the lines that it adds, with their numbers in the new version")
    func gitDiff() async throws {
        try await ScanFolder.lend { (folder) async throws in
            let lines = (1...40).map { "line \($0)" }
            try folder.write((["old \(Samples.token(1))"] + lines).joined(separator: "\n") + "\n", to: "a file.txt")
            let begun = try await folder.shell(
                "git init -q . && git add -A && git -c user.name=a -c user.email=a@b.c commit -q -m first && rm 'a file.txt'")
            #expect(begun.status == 0, "\(begun.errors)")
            var new = lines
            new.insert("new \(Samples.token(2))", at: 30)
            new.insert("\(Samples.password)  # pragma: allowlist secret", at: 10)
            try folder.write(new.joined(separator: "\n") + "\n", to: "a file.txt")
            try folder.write("\0\(Samples.token(3))", to: "binary")
            let result = try await folder.shell("git add -A; git diff --cached | \"$SCAN\" --diff")
            #expect(result.status == 1)
            #expect(
                result.lines == [
                    "a file.txt:32:5: GitHub Token (critical, confidence medium)", "binary: not scanned: binary, in a diff",
                ])
            #expect(result.errors.contains("1 allowed by pragmas"))
            let saved = try await folder.shell("git diff --cached >../d.$$; \"$SCAN\" --diff ../d.$$; echo $?; rm ../d.$$")
            #expect(saved.lines.last == "1")
        }
    }

    @Test(
        "that are no diff, or half of one, are failures with --diff",
        arguments: [
            "just text\n", "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1,9 @@\n+a\n", "--- x\n",
            "commit 1\n\n    a message\n",
        ])
    func noDiff(_ text: String) async throws {
        try await ScanFolder.lend { (folder) async throws in
            let result = try await folder.scan("--diff", input: text)
            #expect(result.status == 2)
            #expect(result.errors.contains("-: not scanned: not fully scanned"))
            #expect(try await folder.scan("--diff").status == 0)
        }
    }

    @Test("that are coloured or of other kinds are failures with --diff, also besides a binary file")
    func otherDiffs() async throws {
        try await ScanFolder.lend(["x": "one\n", "p.png": "a\0b"]) { (folder) async throws in
            let begun = try await folder.shell(
                "git init -q . && git add -A && git -c user.name=a -c user.email=a@b.c commit -q -m first && cp -r . ../old.$$ && "
                    + "cat >x && printf 'a\\0c' >p.png && mv ../old.$$ old && rm -rf old/.git", input: "one\n\(Samples.token())\n"
            )
            #expect(begun.status == 0, "\(begun.errors)")
            for command in [
                "git diff --color", "git diff --color -- x", "diff -c old/x x", "diff old/x x", "diff -r old .",
            ] {
                let result = try await folder.shell("(\(command)) | \"$SCAN\" --diff")
                #expect(result.status == 2, "\(command): \(result.standardOutput.text)")
                #expect(result.errors.contains("not fully scanned"), "\(command): \(result.errors)")
            }
            for command in ["git diff", "git log -p -1; git diff", "diff -u old/x x", "diff -ru -x .git old ."] {
                let result = try await folder.shell("(\(command)) | \"$SCAN\" --diff")
                #expect(result.lines.contains { $0.hasSuffix("x:2:1: GitHub Token (critical, confidence medium)") }, "\(command)")
                #expect(result.status == 1, "\(command): \(result.errors)")
            }
        }
    }

    @Test("may have names of any bytes, which are shown escaped, and work as arguments")
    func oddNames() async throws {
        try await ScanFolder.lend { (folder) async throws in
            let made = try await folder.shell(
                "d=\"$(printf 'x\\377\\n\\033y')\"; mkdir \"$d\" && cat >\"$d/-n%\"; \"$SCAN\" \"$d\"", input: Samples.token())
            #expect(made.lines == ["x%FF%0A%1By/-n%25:1:1: GitHub Token (critical, confidence medium)"])
            #expect(try await folder.scan(".").lines == made.lines)
            let option = try await folder.shell("\"$SCAN\" --output \"$(printf 'o\\376')\" .; ls | od -c | grep -c 376")
            #expect(option.lines == ["1"])
            try folder.write(Samples.token(), to: "-")
            #expect(try await folder.scan("./-").lines.first?.hasPrefix("-:1:1:") == true)
        }
    }

    @Test("that configure something are scanned for passwords without quotes, unless the older verdicts are asked for")
    func configuration() async throws {
        let line = "pass" + "word: kJ83hd" + "9QzXw2\n"
        try await ScanFolder.lend(["a.yaml": line, "a.md": line, "a.swift": line]) { (folder) async throws in
            let result = try await folder.scan(".")
            #expect(result.status == 1)
            #expect(result.lines == ["a.yaml:1:11: Generic Secret (medium, confidence medium)"])
            let sarif = try await folder.scan("--format", "sarif", "a.yaml")
            #expect(sarif.standardOutput.text.split(separator: "generic-secret").count > 2)
            #expect(try await folder.scan("--mode", "compatible", "--min-confidence", "medium", ".").status == 0)
            #expect(try await folder.scan("--min-confidence", "high", ".").status == 0)
        }
    }

    @Test("that git ignores are passed over, unless they are asked for")
    func ignoredFiles() async throws {
        try await ScanFolder.lend([".gitignore": "*.env\n", "a.env": Samples.token(), "b/c.env": Samples.token()]) {
            (folder) async throws in
            let usual = try await folder.scan(".")
            #expect(usual.status == 0)
            #expect(usual.errors.contains("2 ignored by git"))
            #expect(try await folder.scan("a.env").lines.count == 1)
            #expect(try await folder.scan("--no-ignore", ".").lines.count == 2)
        }
    }

    @Test("that cannot be read are told, as are FIFOs and links, and the rest is scanned")
    func unreadable() async throws {
        try await ScanFolder.lend(["a": Samples.token(), "locked/x": "x"]) { (folder) async throws in
            let result = try await folder.shell(
                "mkfifo pipe; ln -s / out; chmod 0 locked; timeout 30 \"$SCAN\" .; echo $?; chmod 700 locked; timeout 30 \"$SCAN\" pipe; echo $?"
            )
            let expected = ["a:1:1: GitHub Token (critical, confidence medium)"]
            #expect(result.lines.starts(with: expected))
            #expect(result.lines.contains("out: not scanned: symbolic link, not followed"))
            #expect(result.lines.contains("pipe: not scanned: FIFO"))
            #expect(result.lines.last == "2")
            // Nothing is locked to root.
            if getuid() != 0 { #expect(result.lines.contains("locked: not scanned: cannot be read: Permission denied")) }
        }
    }

    @Test("that change while they are read are told")
    func changing() async throws {
        try await ScanFolder.lend { (folder) async throws in
            let result = try await folder.shell(
                "head -c 2000000 /dev/zero | tr '\\0' 'x' >big; (while kill -0 $$ 2>/dev/null && [ ! -e stop ]; do echo y >>big; done) & "
                    + "\"$SCAN\" --quiet big; echo $?; touch stop; wait")
            #expect(result.lines.contains("big: not scanned: changed while it was read"))
            #expect(result.lines.last == "2")
        }
    }
}
