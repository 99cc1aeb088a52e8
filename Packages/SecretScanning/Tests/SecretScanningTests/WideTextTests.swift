import SecretScanning
import TestKit
import Testing

@Suite("Text in UTF-16")
struct WideTextTests {
    private let scanner = Scanner(rules: .all)

    static func wide(_ text: String, isLittleEndian: Bool, mark: Bool) -> [UInt8] {
        let units = (mark ? [0xFEFF] : []) + Array(text.utf16)
        return units.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return isLittleEndian ? [low, high] : [high, low]
        }
    }

    static func narrow(_ bytes: [UInt8], isLittleEndian: Bool) -> String {
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { offset in
            let (first, second) = (UInt16(bytes[offset]), UInt16(bytes[offset + 1]))
            return isLittleEndian ? second << 8 | first : first << 8 | second
        }
        return String(decoding: units, as: UTF16.self)
    }

    @Test(
        "secrets are found, lead back to their bytes, and go",
        arguments: [(true, true), (true, false), (false, true), (false, false)])
    func findsAndReplaces(_ isLittleEndian: Bool, _ mark: Bool) throws {
        let token = ExampleTemplate("ghp_⟨crc36⟩").text(seed: 3)
        // Long enough for several marks, with characters of two, three and four bytes.
        let filler = String(repeating: "plain ASCII at first, then é 漢 😀 words. ", count: 400)
        let text = filler + "\ntoken: " + token + "\npassword = \"hunt" + "er22\"\n" + filler
        let bytes = Self.wide(text, isLittleEndian: isLittleEndian, mark: mark)
        let report = self.scanner.scan(bytes)
        #expect(report.types == ["GitHub Token", "Secret Keyword"] && report.isComplete)
        let finding = try #require(report.findings.first)
        #expect(finding.layers == [.utf16])
        #expect(Self.narrow(Array(bytes[finding.secretSpan]), isLittleEndian: isLittleEndian) == token)
        let once = self.scanner.redact(bytes)
        let expected = text.replacing(token, with: "[REDACTED:GitHub Token]").replacing(
            "hunt" + "er22", with: "[REDACTED:Secret Keyword]")
        #expect(once.bytes == Self.wide(expected, isLittleEndian: isLittleEndian, mark: mark))
        #expect(once.isComplete && self.scanner.redact(once.bytes).bytes == once.bytes)
    }

    @Test("a stream of it is not called clean")
    func stream() {
        var stream = StreamingScan(self.scanner)
        for byte in Self.wide("nothing to see here", isLittleEndian: true, mark: true) { stream.feed([byte]) }
        #expect(!stream.finish().isComplete)
    }

    @Test("what is no UTF-16 is not taken for it, and broken text does no harm")
    func others() {
        #expect(self.scanner.scan([0, 1, 2, 3, 0, 0, 0, 0, 5]) == .clean)
        var random = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(500, long: 20_000) {
            var bytes: [UInt8] = Bool.random(using: &random) ? [0xFF, 0xFE] : [0xFE, 0xFF]
            for _ in 0..<Int.random(in: 0..<200, using: &random) {
                bytes.append(
                    Bool.random(using: &random)
                        ? UInt8.random(in: 0xD7...0xE0, using: &random) : UInt8.random(in: 0...127, using: &random))
            }
            let report = self.scanner.scan(bytes)
            #expect(report.findings.allSatisfy { $0.span.upperBound <= bytes.count })
            _ = self.scanner.redact(bytes)
        }
    }
}
