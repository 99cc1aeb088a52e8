import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Baselines")
struct BaselineTests {
    private static let settings = ["SECRET_SCAN_KEY": Samples.key]

    @Test("let known findings pass, wherever in the file they move, and report new ones")
    func knowsFindings() async throws {
        try await ScanFolder.lend(["a": Samples.token(1), "b/c": Samples.password]) { (folder) async throws in
            let made = try await folder.scan("--baseline", "known.json", "--update-baseline", ".", settings: Self.settings)
            #expect(made.status == 0)
            let text = try folder.text(of: "known.json")
            #expect(text.split(separator: "\n").count == 4)
            #expect(!text.contains(Samples.token(1)) && !text.contains("line"))
            try folder.write("\n\n\n" + Samples.token(1), to: "a")
            let known = try await folder.scan("--baseline", "known.json", ".", settings: Self.settings)
            #expect(known.status == 0)
            #expect(known.lines.isEmpty)
            #expect(known.errors.contains("2 known"))
            try folder.write(Samples.token(1) + "\n" + Samples.token(2), to: "a")
            let new = try await folder.scan("--baseline", "known.json", ".", settings: Self.settings)
            #expect(new.lines == ["a:2:1: GitHub Token (critical, confidence medium)"])
            // Again without a change gives the same bytes.
            try folder.write(Samples.token(1), to: "a")
            _ = try await folder.scan("--baseline", "known.json", "--update-baseline", ".", settings: Self.settings)
            #expect(try folder.text(of: "known.json") == text)
        }
    }

    @Test("need the key that they were made with, from a file or the environment")
    func needsKey() async throws {
        try await ScanFolder.lend(["a": Samples.token(1), "key": Samples.key + "\n", "short": "AAAA"]) { (folder) async throws in
            let made = try await folder.scan("--baseline", "k", "--update-baseline", "--key-file", "key", "a")
            #expect(made.status == 0)
            #expect(try await folder.scan("--baseline", "k", "a", settings: Self.settings).status == 0)
            let other = try await folder.scan(
                "--baseline", "k", "a", settings: ["SECRET_SCAN_KEY": String(repeating: "B", count: 42) + "A="])
            #expect(other.status == 2)
            #expect(other.errors.contains("was made with key"))
            let short = try await folder.scan("--baseline", "k", "--key-file", "short", "a")
            #expect(short.errors == "secret-scan: --key-file: must be base64 of 16 to 1024 bytes\n")
            #expect(try await folder.scan("--baseline", "missing", "a", settings: Self.settings).status == 2)
            try folder.write("{}", to: "k")
            #expect(try await folder.scan("--baseline", "k", "a", settings: Self.settings).errors.contains("none of version 1"))
        }
    }

    @Test("of detect-secrets let pass what they know, and can be taken over")
    func importsBaseline() async throws {
        // The SHA-1 of the value that stands in the sample.
        let hash = try await ScanFolder.lend { folder in
            try await folder.shell("printf '%s' \"$(cat)\" | sha1sum | cut -c1-40", input: "hunt" + "er2secret").lines.first ?? ""
        }
        let old = """
            {"version":"1.5.0","plugins_used":[],"filters_used":[],"generated_at":"2024-05-06T00:00:00Z","results":{"a":[
            {"type":"Secret Keyword","filename":"a","hashed_secret":"\(hash)","is_verified":false,"line_number":1}]}}
            """
        try await ScanFolder.lend([".secrets.baseline": old, "a": Samples.password, "b": Samples.token()]) {
            (folder) async throws in
            let result = try await folder.scan("--import-baseline", ".secrets.baseline", ".")
            #expect(result.lines == ["b:1:1: GitHub Token (critical, confidence medium)"])
            let taken = try await folder.scan(
                "--import-baseline", ".secrets.baseline", "--baseline", "k", "--update-baseline", ".", settings: Self.settings)
            #expect(taken.status == 1)
            let after = try await folder.scan("--baseline", "k", "a", "b", settings: Self.settings)
            #expect(after.lines == ["b:1:1: GitHub Token (critical, confidence medium)"])
            #expect(after.errors.contains("1 known"))
        }
    }

    @Test("and pragmas are two ways to let something pass")
    func pragmas() async throws {
        let text = "\(Samples.password)  # secret-scan:allow\n# pragma: allowlist nextline secret\n\(Samples.password)\n"
        try await ScanFolder.lend(["a.py": text]) { (folder) async throws in
            let result = try await folder.scan("a.py")
            #expect(result.status == 0)
            #expect(result.errors.contains("2 allowed by pragmas"))
            #expect(try await folder.scan("--no-pragmas", "a.py").lines.count == 2)
        }
    }
}
