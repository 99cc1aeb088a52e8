import SecretScanning
import StrictJSON
import TestKit
import Testing

/// Payloads made of true examples, prose and noise.
struct PayloadMaker {
    var random: SeededGenerator

    static let templates = RuleSet.builtIn.rules.flatMap(\.trueExamples)
    static let noise = [
        "The quick brown fox jumps over the lazy dog. ", "\n", "{\"a\": [1, 2, {\"b\": \"c\"}]} ", "path/to/some/file.txt ",
        "%41%42%2F ", "\\u0041\\n ", "\\\"x\\\" ", "éü漢 ", "  \t ", "4111 11 ", "AKIA", "password = ", "\"", "'", "-----BEGIN ",
    ]

    mutating func payload(_ parts: Int) -> [UInt8] {
        var text = ""
        for _ in 0..<parts {
            if Int.random(in: 0..<3, using: &self.random) == 0 {
                let template = Self.templates[Int.random(in: 0..<Self.templates.count, using: &self.random)]
                text += ExampleTemplate(template).text(seed: self.random.next()) + " "
            } else {
                text += Self.noise[Int.random(in: 0..<Self.noise.count, using: &self.random)]
            }
        }
        return Array(text.utf8)
    }

    /// A JSON document whose strings are payloads.
    mutating func document(_ members: Int) -> [UInt8] {
        var object = JSONObject()
        for number in 0..<members {
            let text = String(decoding: self.payload(3), as: UTF8.self)
            let keys = ["title", "password", "api_key", "note"]
            object["\(keys[number % 4])\(number)"] =
                number % 5 == 4 ? .array([.string(text), .number(JSONNumber(4_111_111_111_111_111))]) : .string(text)
        }
        return JSONValue.object(object).compactBytes()
    }
}

@Suite("Properties of scans")
struct PropertyTests {
    static let scanner = Scanner(rules: .all)

    @Test("a stream is judged the same however it is cut")
    func chunking() {
        var maker = PayloadMaker(random: SeededGenerator(seed: TestRun.seed))
        for round in 0..<TestRun.count(60, long: 2_000) {
            let payload = maker.payload(round % 10 == 0 ? 4_000 : 60)
            let whole = Self.scanner.scan(payload)
            for step in [1, 7, 64, 1_000, 4_096, 100_000] where step > 1 || payload.count < 5_000 {
                var stream = StreamingScan(Self.scanner)
                var rest = payload[...]
                while !rest.isEmpty {
                    let count = Int.random(in: 1...step, using: &maker.random)
                    stream.feed(rest.prefix(count))
                    rest = rest.dropFirst(count)
                }
                #expect(stream.finish() == whole, "round \(round), parts of \(step), seed \(TestRun.seed)")
            }
        }
    }

    /// Rules whose finds rest on what stands around them.
    private static let leansOnContext: Set<String> = [
        "registry-auth", "azure-connection-string", "azure-sas-url", "us-routing-number", "database-url", "kubernetes-secret",
        "google-service-account", "us-ssn",
    ]

    @Test("the span of an undecoded find holds what the rule describes, and found alone it is found again")
    func spans() {
        for rule in RuleSet.builtIn.rules where rule.id != "json-web-token" {
            for template in rule.trueExamples {
                let text = Array("é漢 ".utf8) + Array(ExampleTemplate(template).text(seed: 3).utf8)
                for finding in Self.scanner.scan(text).findings where finding.layers.isEmpty {
                    #expect(finding.span.lowerBound <= finding.secretSpan.lowerBound)
                    #expect(finding.span.upperBound >= finding.secretSpan.upperBound)
                    #expect(finding.span.upperBound <= text.count)
                    // What was matched, alone and with its quotes, is the same find at the same place.
                    let start = max(finding.span.lowerBound - 1, 0)
                    let end = min(finding.span.upperBound + 1, text.count)
                    let again = Self.scanner.scan(Array(text[start..<end])).findings
                    let moved = (finding.secretSpan.lowerBound - start)..<(finding.secretSpan.upperBound - start)
                    if !Self.leansOnContext.contains(finding.rule) {
                        #expect(again.contains { $0.type == finding.type && $0.secretSpan == moved }, "\(rule.id): \(template)")
                    }
                }
            }
        }
    }

    @Test("redaction leaves nothing, and a second changes nothing")
    func redaction() {
        var maker = PayloadMaker(random: SeededGenerator(seed: TestRun.seed))
        for round in 0..<TestRun.count(40, long: 1_000) {
            let payload = maker.payload(40)
            let once = Self.scanner.redact(payload)
            #expect(once.isComplete)
            let twice = Self.scanner.redact(once.bytes)
            #expect(
                twice.bytes == once.bytes, "round \(round), seed \(TestRun.seed): \(String(decoding: once.bytes, as: UTF8.self))")
            #expect(twice.findings.isEmpty)
        }
    }

    @Test("a redacted JSON document is one still, and has nothing in it")
    func redactedDocuments() throws {
        var maker = PayloadMaker(random: SeededGenerator(seed: TestRun.seed))
        for round in 0..<TestRun.count(40, long: 1_000) {
            let document = maker.document(12)
            let redaction = Self.scanner.redact(document)
            #expect(throws: Never.self, "round \(round), seed \(TestRun.seed)") { try JSONValue(parsing: redaction.bytes) }
            #expect(Self.scanner.scanJSON(redaction.bytes).findings.isEmpty)
            #expect(Self.scanner.redact(redaction.bytes).bytes == redaction.bytes)
        }
    }

    @Test("no bytes trap")
    func fuzz() {
        var random = SeededGenerator(seed: TestRun.seed)
        let keywords = Self.scanner.rules.flatMap(\.trueExamples).map { ExampleTemplate($0).text(seed: 1) }
        for _ in 0..<TestRun.count(3_000, long: 1_000_000) {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<6, using: &random) {
                if Bool.random(using: &random) {
                    let text = Array(keywords[Int.random(in: 0..<keywords.count, using: &random)].utf8)
                    let start = Int.random(in: 0...text.count, using: &random)
                    bytes += text[start...].prefix(Int.random(in: 0...80, using: &random))
                } else {
                    for _ in 0..<Int.random(in: 0..<30, using: &random) {
                        bytes.append(UInt8.random(in: 0...255, using: &random))
                    }
                }
            }
            let report = Self.scanner.scan(bytes)
            for finding in report.findings { #expect(finding.span.lowerBound >= 0 && finding.span.upperBound <= bytes.count) }
            _ = Self.scanner.scanJSON(bytes)
            if bytes.count % 16 == 0 { _ = Self.scanner.redact(bytes) }
        }
    }
}
