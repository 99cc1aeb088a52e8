import Foundation
import StrictJSON
import Testing

@Suite("Depth")
struct DepthTests {
    private static func arrays(_ depth: Int) -> [UInt8] {
        Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
    }

    private static func objects(_ depth: Int) -> [UInt8] {
        Array(String(repeating: "{\"a\":", count: depth).utf8) + Array("0".utf8)
            + Array(repeating: UInt8(ascii: "}"), count: depth)
    }

    @Test("is 64 unless something else is said")
    func limitsDepthByDefault() throws {
        #expect(throws: Never.self) { try JSONValue(parsing: Self.arrays(64)) }
        #expect(throws: Never.self) { try JSONValue(parsing: Self.objects(64)) }
        let arrays = #expect(throws: JSONError.self) { try JSONValue(parsing: Self.arrays(65)) }
        #expect(arrays?.code == .tooDeep)
        #expect(arrays?.offset == 64)
        let objects = #expect(throws: JSONError.self) { try JSONValue(parsing: Self.objects(65)) }
        #expect(objects?.code == .tooDeep)
        #expect(objects?.offset == 64 * 5)
    }

    @Test(
        "can be set, up to a bound",
        arguments: [(0, 0), (1, 1), (2, 2), (256, 256), (257, 256), (Int.max, 256), (-1, 0), (Int.min, 0)])
    func limitsDepthAsTold(_ asked: Int, _ effective: Int) {
        let options = JSONParsingOptions(maximumDepth: asked)
        #expect(throws: Never.self) {
            try JSONValue(parsing: Self.arrays(effective) + (effective == 0 ? [0x30] : []), options: options)
        }
        #expect(throws: JSONError(.tooDeep)) { try JSONValue(parsing: Self.arrays(effective + 1), options: options) }
    }

    @Test("counts nesting, not the number of arrays")
    func countsOnlyNesting() throws {
        let text = "[\(Array(repeating: "[[]],{\"a\":[]}", count: 500).joined(separator: ","))]"
        #expect(try JSONValue(parsing: text.utf8, options: JSONParsingOptions(maximumDepth: 3)).arrayValue?.count == 1_000)
    }

    @Test("of millions is refused without reaching for the stack", arguments: ["[", "{\"a\":", "[{\"a\":", "[[],"])
    func refusesBombs(_ unit: String) {
        let text = Array(String(repeating: unit, count: 1_000_000).utf8)
        for options in [JSONParsingOptions(), JSONParsingOptions(maximumDepth: .max)] {
            #expect(throws: JSONError(.tooDeep)) { try JSONValue(parsing: text, options: options) }
        }
    }

    /// Half a mebibyte is what macOS gives a secondary thread; unoptimised code, above all under a sanitizer, needs more.
    #if DEBUG
        private static let stackBytes = 2_048 * 1_024
    #else
        private static let stackBytes = 512 * 1_024
    #endif

    @Test("of the greatest bound fits a small stack: to parse, compare, hash, write and release")
    func fitsSmallStacks() async {
        let isDone = await withCheckedContinuation { continuation in
            let thread = Thread {
                let options = JSONParsingOptions(maximumDepth: JSONParsingOptions.greatestDepth)
                var isDone = true
                for bytes in [Self.arrays(256), Self.objects(256)] {
                    guard let value = try? JSONDocument(parsing: bytes, options: options).value,
                        let other = try? JSONValue(parsing: bytes, options: options)
                    else {
                        isDone = false
                        continue
                    }
                    let isSame = value == other && value.hashValue == other.hashValue && value.compactBytes() == bytes
                    let isWritten = value.sortedBytes().count >= bytes.count && (try? value.rfc8785Bytes()) == bytes
                    isDone = isDone && isSame && isWritten
                }
                continuation.resume(returning: isDone)
            }
            thread.stackSize = Self.stackBytes
            thread.start()
        }
        #expect(isDone)
    }
}
