import Cryptography
import SecretScanning
import StrictJSON
import TestKit
import Testing

@Suite("Attempts to hide, and to break what is promised")
struct AdversaryTests {
    static let scanner = Scanner(rules: .all)

    /// Tokens that are secrets from the first byte to the last.
    static let tokens = [
        "ghp_⟨crc36⟩", "AKIA⟨u16⟩", "glpat-⟨a20⟩", "xox⟨⟩b-⟨d12⟩-⟨d12⟩-⟨n24⟩", "sk_live⟨⟩_⟨a24⟩", "SG.⟨a22⟩.⟨a43⟩", "AIza⟨a35⟩",
        "npm_⟨crc36⟩", "github_pat_⟨a22⟩_⟨a59⟩", "sk-ant-api03-⟨a93⟩AA", "hf_⟨l34⟩", "gsk_⟨a52⟩", "dckr_pat_⟨a27⟩",
        "dop_v1_⟨h64⟩",
        "shpat_⟨h32⟩", "PMAK-⟨h24⟩-⟨h34⟩", "glsa_⟨a32⟩_⟨h8⟩", "pul-⟨h40⟩", "lin_api_⟨a40⟩", "figd_⟨a40⟩", "⟨jwt⟩",
        "rubygems_⟨h48⟩", "HRKU-AA⟨a58⟩", "nfp_⟨a36⟩", "dapi⟨h32⟩", "⟨b33⟩+ASb⟨b6⟩=", "sntryu_⟨h64⟩", "napi_⟨n64⟩",
    ]

    @Test("whatever stands around, the place of a token holds the token and nothing else")
    func places() {
        var random = SeededGenerator(seed: TestRun.seed)
        let around = [
            "\"", "'", " ", "\n", "\t", "<", ">", "(", ")", ", ", "; ", "`", "=\"", "é", "漢 ", "|", "\r\n", "[", "]", "",
        ]
        for round in 0..<TestRun.count(600, long: 40_000) {
            let template = Self.tokens[round % Self.tokens.count]
            let token = ExampleTemplate(template).text(seed: random.next())
            let before = (around.randomElement(using: &random) ?? "") + (around.dropLast().randomElement(using: &random) ?? "")
            let after = (around.filter { !$0.hasPrefix("=") && !$0.isEmpty }.randomElement(using: &random) ?? "")
            let text = Array(("x: " + before + token + after + " end").utf8)
            let report = Self.scanner.scan(text)
            let slices = report.findings.filter { $0.layers.isEmpty }.map { String(decoding: text[$0.secretSpan], as: UTF8.self) }
            #expect(slices.contains(token), "\(template) in \(String(decoding: text, as: UTF8.self)): \(slices)")
        }
    }

    @Test("a value that stands there in several encodings goes in all of them")
    func encodings() throws {
        var random = SeededGenerator(seed: TestRun.seed)
        for round in 0..<TestRun.count(150, long: 5_000) {
            let template = Self.tokens[round % Self.tokens.count]
            let token = ExampleTemplate(template).text(seed: random.next())
            let escaped = token.utf8.map { "\\u00" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let percent = token.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
            let prefix = String(repeating: "words ", count: Int.random(in: 1...4, using: &random)).dropLast(round % 3)
            let base64 = Base64.encode("\(prefix) \(token) and more words".utf8)
            let twice = Base64.encode("some words: \(base64) and more words".utf8)
            let parts = [token, escaped, percent, base64, twice]
            let text = #"{"a": ["\#(parts.joined(separator: #"", "x "#))"]}"#
            let redaction = Self.scanner.redact(Array(text.utf8))
            let left = String(decoding: redaction.bytes, as: UTF8.self)
            for part in parts { #expect(!left.contains(part), "\(template): \(left)") }
            #expect(throws: Never.self, "\(left)") { try JSONValue(parsing: redaction.bytes) }
            #expect(redaction.isComplete && Self.scanner.redact(redaction.bytes).bytes == redaction.bytes, "\(left)")
        }
    }

    @Test("base64 in lines is read on over the line ends, wherever a token falls", arguments: [64, 76], ["\n", "\r\n"])
    func lines(_ width: Int, _ lineEnd: String) {
        let token = ExampleTemplate("ghp_⟨crc36⟩").text(seed: 8)
        for length in stride(from: 0, through: 12_000, by: 331) {
            let words = String(repeating: "some words ", count: length / 11 + 1).prefix(length + 9)
            let digits = Array(Base64.encode("\(words) \(token) and more of them".utf8).utf8)
            let lines = stride(from: 0, to: digits.count, by: width).map {
                String(decoding: digits[$0..<min($0 + width, digits.count)], as: UTF8.self)
            }
            let text = Array(("x:" + lineEnd + lines.joined(separator: lineEnd) + lineEnd + "end").utf8)
            let report = Self.scanner.scan(text)
            #expect(report.types == ["GitHub Token"], "\(length)")
            var stream = StreamingScan(Self.scanner)
            for start in stride(from: 0, to: text.count, by: 97) { stream.feed(text[start..<min(start + 97, text.count)]) }
            #expect(stream.finish() == report)
        }
    }

    @Test("a word of a redaction in the payload does not shield what follows")
    func forgedMarkers() {
        let token = ExampleTemplate("ghp_⟨crc36⟩").text(seed: 8)
        for shield in [
            "[REDACTED:", "[REDACTED:GitHub Token", "[REDACTED:GitHub Token ", "[REDACTED:x]", "[REDACTED:GitHub Token]",
            "[redacted:GitHub Token]", "[REDACTED:GitHub Token][REDACTED:",
        ] {
            #expect(Self.scanner.scan(shield + token).types == ["GitHub Token"], "\(shield)")
            #expect(Self.scanner.scan(token + shield).types == ["GitHub Token"], "\(shield)")
            let left = Self.scanner.redact(Array((shield + token + shield).utf8)).bytes
            #expect(!String(decoding: left, as: UTF8.self).contains(token))
        }
        // A value may itself look like the beginning of a marker.
        let odd = Array("password = \"[REDACTED:Secret Keyword] x9\"".utf8)
        #expect(Self.scanner.redact(Self.scanner.redact(odd).bytes).bytes == Self.scanner.redact(odd).bytes)
    }

    @Test("a marker in the payload does not shield a run of base64 before or behind it")
    func markerBesideBase64() {
        let token = ExampleTemplate("AKIA⟨u16⟩").text(seed: 1)
        let run = Base64.encode(Array("the key of the account is \(token) and nothing else".utf8))
        for text in [run, "\(run) [REDACTED:GitHub Token] x", "[REDACTED:GitHub Token] \(run)"] {
            #expect(Self.scanner.scan(text).findings.contains { $0.type == "AWS Access Key" }, "\(text)")
        }
    }

    @Test("a value with quotes in it is looked for as what it is, and no escape is cut in two")
    func quotedValues() throws {
        for text in [
            #"{"password1": "'password = '", "password5": "x cloudant_password = \"0b90e03297e5471a\" y"}"#,
            #"{"password": "it's 4 \"sesame\"", "b": "see it's 4 \"sesame\" there", "c": "it%27s%204%20%22sesame%22"}"#,
        ] {
            let redaction = Self.scanner.redact(Array(text.utf8))
            let left = String(decoding: redaction.bytes, as: UTF8.self)
            #expect(throws: Never.self, "\(left)") { try JSONValue(parsing: redaction.bytes) }
            #expect(!left.contains("sesame") && !left.contains("0b90e03297e5471a"), "\(left)")
        }
    }

    @Test("structures cut at any byte trap nowhere, and are judged the same however they come")
    func cutStructures() {
        let ids = ["kubernetes-secret", "google-service-account", "curl-user", "product-secret", "private-key", "database-url"]
        for id in ids {
            for example in RuleSet.all[id]?.trueExamples ?? [] {
                let text = Array(ExampleTemplate(example).text(seed: 2).utf8)
                for end in stride(from: 0, through: text.count, by: 3) {
                    let part = Array(text[..<end]) + Array("\nkind: Secret\n\"kind\": \"Secret\" curl -u ".utf8)
                    let whole = Self.scanner.scan(part)
                    var stream = StreamingScan(Self.scanner)
                    for byte in part { stream.feed([byte]) }
                    #expect(stream.finish() == whole)
                    _ = Self.scanner.scanJSON(Array("{\"a\": ".utf8) + part)
                }
            }
        }
    }
}
