import StrictJSON
import TestKit
import Testing

@Suite("Random input")
struct FuzzTests {
    @Test("never traps, and what is accepted keeps its value when written and read again")
    func survivesMutations() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        var writer = RandomDocument()
        var (accepted, refused) = (0, 0)
        for round in 0..<TestRun.count(20_000, long: 1_000_000) {
            var bytes =
                round % 8 == 7
                ? (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                : writer.text(depth: Int.random(in: 0...4, using: &generator), using: &generator)
            if round % 4 != 0 { Self.mutate(&bytes, using: &generator) }
            do throws(JSONError) {
                let value = try JSONValue(parsing: bytes)
                accepted += 1
                try self.checkRoundTrip(value, bytes)
            } catch {
                refused += 1
                #expect((0...bytes.count).contains(error.offset ?? -1))
            }
        }
        // Both outcomes must be common, or the test looks at one side only.
        #expect(accepted > refused / 10)
        #expect(refused > accepted / 10)
    }

    private func checkRoundTrip(_ value: JSONValue, _ bytes: [UInt8]) throws(JSONError) {
        let compact = value.compactBytes()
        let sorted = value.sortedBytes()
        let again = try JSONValue(parsing: compact)
        let fromSorted = try JSONValue(parsing: sorted)
        let isSame =
            again == value && fromSorted == value && again.compactBytes() == compact && fromSorted.sortedBytes() == sorted
            && again.hashValue == value.hashValue && sorted.allSatisfy { $0 < 0x7F }
        if !isSame { Issue.record("\(bytes) does not keep its value; seed \(TestRun.seed)") }
        if let exported = try? value.rfc8785Bytes() {
            let isStable = try JSONValue(parsing: exported).rfc8785Bytes() == exported
            if !isStable { Issue.record("\(bytes) has an unstable RFC 8785 form; seed \(TestRun.seed)") }
        }
    }

    private static func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        let fragments = [
            ",", "\"", "[", "]", "{", "}", ":", "\\", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "1e999", "-", "0", ".",
            "e", "NaN", " ",
            "\"a\":1,", "/**/", "\u{FEFF}",
        ]
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let position = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where position < bytes.count:
                bytes[position] = UInt8.random(in: .min ... .max, using: &generator)
            case 1 where position < bytes.count:
                bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2:
                bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...4, using: &generator)))
            case 3:
                bytes.removeSubrange(position...)
            default:
                bytes.insert(contentsOf: (fragments.randomElement(using: &generator) ?? "").utf8, at: position)
            }
        }
    }
}

/// Writes random JSON texts with all the freedom that the grammar leaves.
private struct RandomDocument {
    private static let strings = [
        "", "a", "path", "é", #"\u00e9"#, #"e\u0301"#, "😀", #"\ud83d\ude00"#, #"\n"#, #"\"\\\/"#, "日本語",
        "a string longer than small ones", "\u{7F}", #"\u001f"#,
    ]
    private static let numbers = [
        "0", "-0", "1", "-12", "4.50", "1e5", "1E-7", "0.000001", "12345678901234567890", "1e16", "-0.0", "1e-400",
        "9007199254740993", "5e-324",
        "1.7976931348623157e308", "123456789.123456789",
    ]

    mutating func text(depth: Int, using generator: inout SeededGenerator) -> [UInt8] {
        Array((self.space(using: &generator) + self.value(depth: depth, using: &generator) + self.space(using: &generator)).utf8)
    }

    private func value(depth: Int, using generator: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0: return ["null", "true", "false"].randomElement(using: &generator) ?? ""
        case 1, 2: return Self.numbers.randomElement(using: &generator) ?? ""
        case 3, 4: return self.string(using: &generator)
        case 5:
            let elements = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                self.value(depth: depth - 1, using: &generator)
            }
            return "[" + elements.joined(separator: "," + self.space(using: &generator)) + "]"
        default:
            let count = Int.random(in: 0..<20, using: &generator) == 0 ? 20 : Int.random(in: 0...5, using: &generator)
            let members = (0..<count).map { position in
                let key = String(self.string(using: &generator).dropLast()) + "\(position)\""
                return key + self.space(using: &generator) + ":" + self.value(depth: depth - 1, using: &generator)
            }
            return "{" + self.space(using: &generator) + members.joined(separator: ",") + "}"
        }
    }

    private func string(using generator: inout SeededGenerator) -> String {
        let parts = (0..<Int.random(in: 0...2, using: &generator)).map { _ in Self.strings.randomElement(using: &generator) ?? ""
        }
        return "\"" + parts.joined() + "\""
    }

    private func space(using generator: inout SeededGenerator) -> String {
        ["", "", "", " ", "\n\t"].randomElement(using: &generator) ?? ""
    }
}
