@testable import Policy
import TestKit
import Testing

@Suite("Globs")
struct GlobTests {
    @Test(
        "match whole names as a shell does",
        arguments: [
            ("*", "a", true), ("*", "a.b-c_d", true), ("fs.*", "fs.read", true), ("fs.*", "fs.", true), ("fs.*", "fs", false),
            ("fs.*", "xfs.read", false), ("*.delete_all", "a.b.delete_all", true),
            ("*.delete_all", "delete_all", false), ("a?c", "abc", true), ("a?c", "ac", false), ("[ab]x", "ax", true),
            ("[!ab]x", "ax", false), ("[!ab]x", "cx", true), ("[a-c]x", "bx", true),
            ("[a-c]x", "dx", false), ("fs.read", "fs.read", true), ("fs.read", "FS.read", false), ("fs.read", "fs.read2", false),
            ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false), ("**a", "bca", true),
            ("[-]x", "-x", true), ("[a-]x", "-x", true),
        ])
    func matches(_ pattern: String, _ name: String, _ expected: Bool) throws {
        #expect(try Glob(pattern).matches(Array(name.utf8)) == expected)
    }

    @Test("take time linear in the name for patterns made to be costly")
    func costly() throws {
        let glob = try Glob(String(repeating: "*a", count: 100) + "b")
        #expect(!glob.matches(Array(repeating: UInt8(ascii: "a"), count: 128)))
    }

    @Test("cover another only when all its names are matched")
    func covers() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let parts = ["a", "b", ".", "*", "?", "[ab]", "[!a]"]
        for _ in 0..<TestRun.count(2_000, long: 200_000) {
            func pattern() -> String {
                (0..<Int.random(in: 1...4, using: &generator)).map { _ in parts.randomElement(using: &generator) ?? "a" }.joined()
            }
            let (left, right) = (try Glob(pattern()), try Glob(pattern()))
            guard left.covers(right) else { continue }
            // What looks among many finds it too.
            var index = GlobIndex()
            index.insert(left, 0)
            #expect(index.first(covering: right) { _ in true } == 0, "\(left.text) \(right.text)")
            for _ in 0..<20 {
                let name = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                    UInt8(ascii: ["a", "b", ".", "c"].randomElement(using: &generator) ?? "a")
                }
                if right.matches(name) { #expect(left.matches(name), "\(left.text) \(right.text)") }
            }
        }
        #expect(try Glob("*").covers(Glob("[ab]*")))
        #expect(try Glob("fs.*").covers(Glob("fs.r*")))
        #expect(try !Glob("fs.r*").covers(Glob("fs.*")))
    }
}
