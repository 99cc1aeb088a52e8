import Cryptography
import SecretScanTool
import StrictJSON
import TestKit
import Testing

@Suite("Baselines")
struct BaselineTests {
    private let key: BaselineKey
    private let keyID: String

    init() throws {
        self.key = try BaselineKey(SecretBytes(Array(repeating: 7, count: 32)))
        self.keyID = try self.key.id()
    }

    private func entry(_ path: String, _ rule: String, _ value: String) throws -> Baseline.Entry {
        Baseline.Entry(path: path, rule: rule, fingerprint: try self.key.fingerprint(of: value.utf8, rule: rule))
    }

    @Test("writes the same bytes whatever the order, one finding a line, and reads them again")
    func writesSorted() throws {
        let entries = try [
            self.entry("b", "r", "one"), self.entry("a/\"é", "s", "two"), self.entry("a/\"é", "r", "two"),
            self.entry("a/\"é", "r", "three"),
        ]
        var baseline = Baseline(keyID: self.keyID, entries: entries)
        let bytes = baseline.bytes()
        #expect(Baseline(keyID: self.keyID, entries: entries.reversed()).bytes() == bytes)
        #expect(bytes.count { $0 == 10 } == entries.count + 2)
        #expect(try Baseline(parsing: bytes, keyID: self.keyID) == baseline)
        #expect(try baseline.contains(self.entry("b", "r", "one")))
        #expect(try !baseline.contains(self.entry("b", "r", "two")))
        #expect(try !baseline.contains(self.entry("c", "r", "one")))
        baseline.insert(try self.entry("c", "r", "one"))
        #expect(baseline.entries.count == 5)
        let empty = Baseline(keyID: self.keyID)
        #expect(try Baseline(parsing: empty.bytes(), keyID: self.keyID) == empty)
    }

    @Test("holds neither the value nor a hash that can be made without the key")
    func holdsNoValue() throws {
        let other = try BaselineKey(SecretBytes(Array(repeating: 8, count: 32)))
        let mine = try self.key.fingerprint(of: "canary".utf8, rule: "r")
        #expect(try mine != other.fingerprint(of: "canary".utf8, rule: "r"))
        #expect(try mine != self.key.fingerprint(of: "canary".utf8, rule: "s"))
        #expect(mine != SHA256.hash("canary".utf8))
        let bytes = Baseline(keyID: self.keyID, entries: [try self.entry("a", "r", "canary")]).bytes()
        #expect(!String(decoding: bytes, as: UTF8.self).contains("canary"))
    }

    @Test("refuses a file of another key, as all would seem new")
    func refusesOtherKeys() throws {
        let bytes = Baseline(keyID: self.keyID).bytes()
        let error = #expect(throws: ScanToolError.self) { try Baseline(parsing: bytes, keyID: "0000000000000000") }
        #expect(error?.code == .wrongKey)
    }

    @Test(
        "refuses files that are not what they should be",
        arguments: [
            "", "[]", "{}", #"{"version":2,"key":"k","findings":[]}"#,
            #"{"version":1,"key":"k","findings":[{"path":"a","rule":"r"}]}"#,
            #"{"version":1,"key":"k","findings":[{"path":"a","rule":"r","fingerprint":"12"}]}"#,
            #"{"version":1,"key":"k","findings":[1]}"#,
        ])
    func refusesOthers(_ text: String) {
        let error = #expect(throws: ScanToolError.self) { try Baseline(parsing: Array(text.utf8), keyID: "k") }
        #expect(error?.code == .invalidBaseline)
    }

    @Test("never traps on damaged files")
    func neverTraps() throws {
        let bytes = Baseline(keyID: self.keyID, entries: [try self.entry("a", "r", "one"), try self.entry("b", "r", "two")])
            .bytes()
        var generator = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(2_000, long: 100_000) {
            var damaged = bytes
            damaged[Int.random(in: damaged.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            _ = try? Baseline(parsing: damaged, keyID: self.keyID)
            _ = try? DetectSecretsBaseline(parsing: damaged)
        }
    }

    @Test("goes on with a baseline of detect-secrets")
    func readsDetectSecrets() throws {
        // SHA-1 of "hunter2", of "ghp", of "marked" and of "BEGIN RSA PRIVATE KEY".
        let text = """
            {"version": "1.5.0", "plugins_used": [{"name": "KeywordDetector"}], "filters_used": [], "results": {
              "src/app.py": [
                {"type": "Secret Keyword", "filename": "src/app.py", "hashed_secret": "f3bbbd66a63d4bf1747940578ec3d0103530e21d",
                 "is_verified": false, "line_number": 3},
                {"type": "GitHub Token", "filename": "src/app.py", "hashed_secret": "\(Self.ghp)", "is_verified": false},
                {"type": "Secret Keyword", "filename": "src/app.py", "hashed_secret": "\(Self.marked)", "is_secret": true}
              ], "c.txt": [{"type": "Azure Storage Account access key", "hashed_secret": "\(Self.azure)"}],
              "k\\\\id.pem": [{"type": "Private Key", "hashed_secret": "\(Self.header)"}]
            }, "generated_at": "2026-01-01T00:00:00Z"}
            """
        let baseline = try DetectSecretsBaseline(parsing: Array(text.utf8))
        #expect(baseline.version == "1.5.0")
        #expect(baseline.count == 5)
        #expect(baseline.answer(path: "c.txt", type: "Azure Storage Account access key", value: Array("abc".utf8)) == .exact)
        let answer = { (path: String, type: String, value: String) in
            baseline.answer(path: path, type: type, value: Array(value.utf8))
        }
        #expect(answer("src/app.py", "Secret Keyword", "hunter2") == .exact)
        #expect(answer("./src/app.py", "Secret Keyword", "hunter2") == .exact)
        #expect(answer("src/app.py", "Secret Keyword", "marked") == .markedAsSecret)
        #expect(answer("src/app.py", "Secret Keyword", "hunter3") == nil)
        #expect(answer("src/other.py", "Secret Keyword", "hunter2") == nil)
        #expect(answer("src/app.py", "AWS Access Key", "hunter2") == nil)
        #expect(answer("src/app.py", "GitHub Token", "ghp_anything") == .coarse)
        #expect(answer("src/app.py", "GitHub Token", "gho_anything") == nil)
        #expect(answer("k/id.pem", "Private Key", "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE") == .coarse)
        #expect(throws: ScanToolError(.invalidBaseline, message: "")) { try DetectSecretsBaseline(parsing: Array("{}".utf8)) }
    }

    private static let ghp = "e175c6f5f2a92e8623bd9a4820edb4e8c1b0fd10"
    private static let marked = "8fb3697a791f0332287ae0c71aa94d29b7dfd740"
    // SHA-1 of "AccountKey=abc".
    private static let azure = "fb1042f93bf4cf46240b0e8ed468e368ad8348b4"
    private static let header = "be4fc4886bd949b369d5e092eb87494f12e57e5b"
}
