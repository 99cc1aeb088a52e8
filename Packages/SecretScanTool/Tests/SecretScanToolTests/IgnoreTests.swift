import SecretScanTool
import TestKit
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Ignoring files")
struct IgnoreTests {
    @Test(
        "follows the rules of gitignore",
        arguments: [
            ("*.log", "a/b.log", true), ("/a", "b/a", false), ("a/", "a", false), ("!a", "a", false), ("# a", "# a", false),
            ("\\#a", "#a", true),
            (#"\!a"#, "!a", true), ("a ", "a", true), (#"a\ "#, "a ", true), ("a/**", "a/b/c", true), ("**/c", "a/b/c", true),
            ("a/**/c", "a/c", true), ("a/*", "a/b/c", true), ("*.log\n!b.log", "b.log", false), ("a\n!a/b", "a/b", true),
            ("[!a]", "b", true),
            ("[[:digit:]]x", "1x", true), ("a**/c", "ab/d/c", true), ("\u{FEFF}a", "a", true), ("a\r", "a", true),
            ("x\\", "x", false),
        ])
    func followsRules(_ text: String, _ path: String, _ isExcluded: Bool) {
        var rules = IgnoreRules()
        rules.add(IgnoreFile(text.utf8))
        #expect(rules.isExcludedWithParents(Array(path.utf8), isDirectory: false) == isExcluded)
    }

    @Test("lets files further down go first, and forgets them on leaving")
    func ordersFiles() {
        var rules = IgnoreRules()
        rules.add(IgnoreFile("*.log".utf8))
        rules.add(IgnoreFile("!/keep.log".utf8, folder: Array("a".utf8)))
        #expect(!rules.isExcluded(Array("a/keep.log".utf8), isDirectory: false))
        #expect(rules.isExcluded(Array("a/b/keep.log".utf8), isDirectory: false))
        #expect(rules.isExcluded(Array("b/keep.log".utf8), isDirectory: false))
        rules.removeLast()
        #expect(rules.isExcluded(Array("a/keep.log".utf8), isDirectory: false))
        rules.removeLast(5)
        #expect(!rules.isExcluded(Array("a/keep.log".utf8), isDirectory: false))
    }

    @Test("takes a bounded time for hostile patterns")
    func boundsHostilePatterns() {
        var rules = IgnoreRules()
        rules.add(
            IgnoreFile((String(repeating: "*a", count: 200) + "*b\n/" + String(repeating: "**/a*", count: 100) + "/b").utf8))
        let path = String(repeating: "a", count: 1_000) + String(repeating: "/a", count: 500) + "/c"
        #expect(!rules.isExcluded(Array(path.utf8), isDirectory: false))
        rules.add(IgnoreFile(String(repeating: "**/", count: 300_000).utf8))
        #expect(!rules.isExcluded([97], isDirectory: true))
    }

    @Test("agrees with git on random rules and paths", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/git")))
    func agreesWithGit() async throws {
        try await withTemporaryDirectory { top in
            let environment = [
                "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": top, "PATH": "/usr/bin:/bin",
            ]
            let made = try await runProcess(
                "/usr/bin/git", arguments: ["init", "-q"], environment: environment, workingDirectory: top)
            #expect(made.termination == .exited(0))
            // Folders of these names exist; all else is asked for as a file that may come to be.
            let folders = ["a", "a/b", "a/b/c", "ab", "ab/a", "b", "b/.c", "b/.c/a b", "c.c"]
            for folder in folders {
                try FileManager.default.createDirectory(atPath: "\(top)/\(folder)", withIntermediateDirectories: true)
            }
            let names = ["a", "b", "c", "ab", "abc", "x.c", ".c", "a b", "a ", "-", "[a]", "!a", "#a", "\\a", "ba.c"]
            let paths =
                folders
                + (folders + [""]).flatMap { folder in names.map { folder.isEmpty ? $0 : "\(folder)/\($0)" } }
                .filter { !folders.contains($0) }
            var generator = SeededGenerator(seed: TestRun.seed)
            for round in 0..<TestRun.count(60, long: 3_000) {
                var rules = IgnoreRules()
                for folder in ["", "a", "a/b", "b"] {
                    let text = Self.ignoreFile(&generator)
                    let path = folder.isEmpty ? "\(top)/.gitignore" : "\(top)/\(folder)/.gitignore"
                    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                    rules.add(IgnoreFile(text.utf8, folder: Array(folder.utf8)))
                }
                let asked = try await runProcess(
                    "/usr/bin/git", arguments: ["check-ignore", "-z", "--stdin", "--no-index"], environment: environment,
                    workingDirectory: top, standardInput: Array(paths.joined(separator: "\0").utf8))
                let excluded = Set(asked.standardOutput.text.split(separator: "\0").map(String.init))
                for path in paths {
                    let isExcluded = rules.isExcludedWithParents(Array(path.utf8), isDirectory: folders.contains(path))
                    if isExcluded != excluded.contains(path) {
                        Issue.record("\(path.debugDescription) is \(isExcluded) here; round \(round), seed \(TestRun.seed)")
                    }
                }
            }
        }
    }

    private static func ignoreFile(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "b", "c", ".", "/", "/", "*", "*", "**", "**/", "/**", "?", "[ab]", "[!a]", "[^b]", "[a-c]", "[", "]", "\\",
            "\\a", " ", "!", "#",
            "[[:alpha:]]", "[[:nope:]]", "[]a]", "[a", "-", "[\\]a]", "[a-", "ab", ".c", "[[:", "***", "**/**", "/*/", "[/]",
            "\t", "\r", "\\ ",
        ]
        return (0..<Int.random(in: 0...5, using: &generator)).map { _ in
            (Bool.random(using: &generator) ? "" : ["!", "/", "**/", "#", "\\"].randomElement(using: &generator) ?? "")
                + (0..<Int.random(in: 0...5, using: &generator)).compactMap { _ in pieces.randomElement(using: &generator) }
                .joined()
        }.joined(separator: "\n") + (Bool.random(using: &generator) ? "\n" : "")
    }
}
