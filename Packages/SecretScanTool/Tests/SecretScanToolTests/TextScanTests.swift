import SecretScanning
import TestKit
import Testing

@testable import SecretScanTool

@Suite("Streams")
struct TextScanTests {
    private static let scanner = Scanner()

    /// Text of many lines with secrets of several kinds, some over several lines.
    private static func text(seed: UInt64, lines: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        var text = ""
        for number in 0..<lines {
            switch generator.next() % 150 {
            case 0: text += "ä€ \(Samples.token(generator.next() % 5)) tail\n"
            case 1: text += "\(Samples.password)  # pragma: allowlist secret\n"
            case 2: text += "# pragma: allowlist nextline secret\n\(Samples.password)\n"
            case 3:
                let body = (0..<8).map { _ in String(repeating: "Ab1/", count: 16) }.joined(separator: "\n")
                text += "-----BEGIN RSA PRIVATE " + "KEY-----\n\(body)\n-----END RSA PRIVATE " + "KEY-----\n"
            case 4: text += String(repeating: "long line without an end ", count: 1_000) + Samples.token(7) + "\n"
            default: text += "line \(number) of ordinary text, with a few words\n"
            }
        }
        return Array(text.utf8)
    }

    private struct Summary: Hashable {
        let rule: String
        let places: [Int]
        let value: [UInt8]
        let isAllowed: Bool

        init(_ placed: PlacedFinding) {
            self.rule = placed.finding.rule
            self.places = [placed.start.line, placed.start.column, placed.end.line, placed.end.column]
            self.value = placed.value
            self.isAllowed = placed.isAllowed
        }
    }

    @Test("gives the same findings at the same places however it is cut", arguments: [1, 2])
    func isIndependentOfCuts(_ seed: UInt64) {
        let text = Self.text(seed: seed, lines: 4_000)
        let report = Self.scanner.scan(text)
        #expect(report.isComplete)
        #expect(report.findings.count > 50)
        // The slow way: count lines and scalars from the start.
        let expected = Set(
            report.findings.map { finding -> [Int] in
                let before = text[..<finding.secretSpan.lowerBound]
                let line = before.count { $0 == 10 } + 1
                let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
                return [line, String(decoding: before[start...], as: UTF8.self).unicodeScalars.count + 1]
            })
        var summaries: Set<Set<Summary>> = []
        for length in [17, 4_096, 65_536, text.count] {
            var scan = TextScan(Self.scanner, usesPragmas: true, isYAML: false)
            var placed: [PlacedFinding] = []
            for start in stride(from: 0, to: text.count, by: length) {
                scan.feed(text[start..<min(start + length, text.count)])
                placed += scan.takePlaced()
            }
            placed += scan.finish()
            #expect(scan.isComplete)
            #expect(placed.count == report.findings.count)
            #expect(Set(placed.map { [$0.start.line, $0.start.column] }) == expected)
            for placed in placed { #expect(placed.value == Array(text[placed.finding.secretSpan])) }
            summaries.insert(Set(placed.map { Summary($0) }))
        }
        #expect(summaries.count == 1)
        #expect(summaries.first?.contains { $0.isAllowed } == true)
    }

    @Test("counts a byte that is no UTF-8 as a column")
    func countsColumns() {
        func column(_ bytes: [UInt8]) -> Int {
            var counter = ColumnCounter()
            bytes.withUnsafeBufferPointer { counter.count($0) }
            return counter.column
        }
        #expect(column(Array("aé€😀".utf8)) == 5)
        #expect(column([0x80, 0xFF, 0x61]) == 4)
        #expect(column([0xE2, 0x82, 0x61]) == 4)
    }

    @Test("says so when a text takes too much work or holds too much")
    func endsIncomplete() {
        var scan = TextScan(
            Scanner(configuration: ScannerConfiguration(baseWork: 0, workPerByte: 1)), usesPragmas: true, isYAML: false)
        for _ in 0..<50 { scan.feed(Self.text(seed: 9, lines: 100)) }
        _ = scan.finish()
        #expect(!scan.isComplete)

        var full = TextScan(Self.scanner, usesPragmas: true, isYAML: false)
        for number in 0..<12_000 { full.feed(Array("\(Samples.token(UInt64(number)))\n".utf8)) }
        #expect(!full.isComplete)
    }
}
