import SecretScanTool
import TestKit
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Walker")
struct WalkerTests {
    private func files(_ roots: [String], respectsIgnoreFiles: Bool = true) -> (files: [String], skipped: [String], ignored: Int)
    {
        var walker = TreeWalker(roots: roots.map { Array($0.utf8) }, respectsIgnoreFiles: respectsIgnoreFiles)
        var (files, skipped): ([String], [String]) = ([], [])
        while let step = walker.next() {
            switch step {
            case .file(let path, _): files.append(PathText.escaped(path))
            case .standardInput: files.append("standard input")
            case .skipped(let file): skipped.append(file.textLine)
            }
        }
        return (files, skipped, walker.ignoredCount)
    }

    private static let tree = [
        ".gitignore": "*.log\n/build/\n!keep.log\ndocs/*.tmp\n", ".git/config": "x", ".git/info/exclude": "private*\n",
        "a.txt": "", "a.log": "", "keep.log": "", "build/x": "", "docs/a.tmp": "", "docs/a.md": "", "private1": "",
        "src/.gitignore": "*.gen\n!a.log\n", "src/a.gen": "", "src/a.log": "", "src/b.log": "", "src/build/x": "",
        "src/deep/er/.gitignore": "*\n!.gitignore\n", "src/deep/er/x": "",
    ]

    @Test("goes where git goes, in the order of names")
    func heedsIgnoreFiles() async throws {
        try await withTemporaryDirectory { folder in
            _ = try await runProcess("git", arguments: ["init", "-q", folder])
            try write(Self.tree, in: folder)
            let git = try await runProcess(
                "git", arguments: ["-C", folder, "ls-files", "--others", "--exclude-standard"],
                environment: ["PATH": "/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"])
            let found = self.files([folder])
            #expect(found.files.map { String($0.dropFirst(folder.count + 1)) }.sorted() == git.standardOutput.lines.sorted())
            #expect(found.files == found.files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            #expect(found.files.count == 8)
            #expect(found.ignored == 7)
            // From a folder below, the rules above hold as well.
            #expect(self.files([folder + "/src"]).files == found.files.filter { $0.hasPrefix(folder + "/src/") })
            // What is named is scanned in any case.
            #expect(self.files([folder + "/a.log", folder + "/build"]).files == [folder + "/a.log", folder + "/build/x"])
            let all = self.files([folder], respectsIgnoreFiles: false)
            #expect(all.files.count == Self.tree.count - 2)
            #expect(!all.files.contains { $0.contains("/.git/") })
        }
    }

    @Test("heeds ignore files without a repository, and a repository within another by itself")
    func nestedRepositories() async throws {
        try await withTemporaryDirectory { folder in
            try write(
                [
                    ".gitignore": "*.key\n", "a.key": "", "inner/.git/info/exclude": "b.txt\n", "inner/a.key": "",
                    "inner/b.txt": "",
                ], in: folder)
            #expect(self.files([folder]).files.map { $0.dropFirst(folder.count + 1) } == [".gitignore", "inner/a.key"])
        }
    }

    @Test("knows the excluded files of a linked work tree")
    func linkedWorkTrees() async throws {
        try await withTemporaryDirectory { folder in
            try write(
                [
                    "main/.git/info/exclude": "x.txt\n", "main/.git/worktrees/w/commondir": "../..\n",
                    "w/.git": "gitdir: \(folder)/main/.git/worktrees/w\n", "w/x.txt": "", "w/y.txt": "",
                ], in: folder)
            #expect(self.files([folder + "/w"]).files == [folder + "/w/y.txt"])
        }
    }

    @Test("follows no links, and tells what is no file")
    func tellsOthers() async throws {
        try await withTemporaryDirectory { folder in
            try write(["a/x": ""], in: folder)
            let made = try await runProcess(
                "/bin/sh",
                arguments: [
                    "-c",
                    "cd \"$0\" && ln -s /etc a/out && ln -s .. a/up && ln -s l2 l1 && ln -s l1 l2 && mkfifo pipe && ln -s a link",
                    folder,
                ])
            #expect(made.termination == .exited(0))
            let found = self.files([folder])
            #expect(found.files == [folder + "/a/x"])
            let names = found.skipped.map { $0.dropFirst(folder.count + 1) }
            #expect(names.filter { $0.hasSuffix(": not scanned: symbolic link, not followed") }.count == 5)
            #expect(names.contains("pipe: not scanned: FIFO"))
            // A link that is named is followed, a loop and what is missing are told.
            #expect(self.files([folder + "/link"]).files == [folder + "/link/x"])
            #expect(self.files([folder + "/l1"]).skipped == [folder + "/l1: not scanned: cannot be read: symbolic link loop"])
            #expect(
                self.files([folder + "/no"]).skipped == [folder + "/no: not scanned: cannot be read: No such file or directory"])
            #expect(self.files(["", "a\0b"]).skipped.count == 2)
        }
    }

    @Test("writes paths in one way")
    func normalPaths() async throws {
        try await withTemporaryDirectory { folder in
            try write(["a/x": ""], in: folder)
            for root in [folder + "//a/", folder + "/a//", folder + "/a"] {
                #expect(self.files([root]).files == [folder + "/a/x"])
            }
        }
    }
}
