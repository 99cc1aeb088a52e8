import TestKit
import Testing

@testable import SecretScanTool

@Suite("Encodings")
struct EncodingTests {
    private func detect(_ bytes: [UInt8]) -> TextEncoding { bytes.withUnsafeBytes { TextEncoding.detect($0).encoding } }

    private static func utf16(_ text: String, isLittleEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit -> [UInt8] in
            let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
            return isLittleEndian ? bytes.reversed() : bytes
        }
    }

    @Test("tells text from what is none")
    func detects() {
        #expect(self.detect([]) == .bytes)
        #expect(self.detect(Array("héllo".utf8)) == .bytes)
        #expect(self.detect([0xFF, 0xE9, 0x61]) == .bytes)
        #expect(self.detect(Array("abc\0def".utf8)) == .binary)
        #expect(self.detect([0]) == .binary)
        for isLittleEndian in [true, false] {
            let text = Self.utf16("key = value\r\n", isLittleEndian: isLittleEndian)
            #expect(self.detect(text) == .utf16(isLittleEndian: isLittleEndian))
            #expect(
                self.detect([isLittleEndian ? 0xFF : 0xFE, isLittleEndian ? 0xFE : 0xFF] + text)
                    == .utf16(isLittleEndian: isLittleEndian))
        }
        // Small numbers of two bytes look a little like text.
        #expect(self.detect((0..<64).flatMap { [UInt8($0), 0] }) == .binary)
        #expect(self.detect([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0]) == .utf32(isLittleEndian: true))
    }

    @Test("decodes what comes in parts of any length", arguments: [1, 2, 3, 5, 64])
    func decodes(_ length: Int) throws {
        let text = "aé€😀\u{FFFF}\n"
        for isLittleEndian in [true, false] {
            let bytes = Self.utf16(text, isLittleEndian: isLittleEndian)
            #expect(try self.decode(bytes, .utf16(isLittleEndian: isLittleEndian), length: length) == text)
            // A half of a pair alone, then a unit that is not whole.
            let broken = Self.utf16("a", isLittleEndian: isLittleEndian) + (isLittleEndian ? [0x00, 0xD8] : [0xD8, 0x00])
            #expect(
                try self.decode(broken + broken, .utf16(isLittleEndian: isLittleEndian), length: length) == "a\u{FFFD}a\u{FFFD}")
            #expect(try self.decode([0, 0x61, 1], .utf16(isLittleEndian: false), length: length) == "a\u{FFFD}")
            let wide = text.unicodeScalars.flatMap { scalar in
                let bytes = (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> UInt32(8 * $0)) }
                return isLittleEndian ? bytes : bytes.reversed()
            }
            #expect(try self.decode(wide, .utf32(isLittleEndian: isLittleEndian), length: length) == text)
        }
    }

    private func decode(_ bytes: [UInt8], _ encoding: TextEncoding, length: Int) throws -> String {
        var transcoder = try #require(Transcoder(encoding))
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: length) {
            bytes[start..<min(start + length, bytes.count)].withUnsafeBytes { transcoder.take($0, into: &output) }
        }
        transcoder.finish(into: &output)
        return try #require(String(validating: output, as: UTF8.self))
    }

    @Test("finds secrets in UTF-16 at the right line and column, in small files and large", arguments: [1, 40_000])
    func scansUTF16(_ lines: Int) async throws {
        try await withTemporaryDirectory { folder in
            let text = String(repeating: "zeile mit ä\r\n", count: lines) + "é \(Samples.token())\r\n"
            try write([0xFF, 0xFE] + Self.utf16(text, isLittleEndian: true), to: folder + "/a")
            try write(Self.utf16(text, isLittleEndian: false), to: folder + "/b")
            let outcome = await SecretScan().run([Array(folder.utf8)])
            #expect(outcome.skipped.isEmpty)
            #expect(outcome.places == ["\(folder)/a:\(lines + 1):3", "\(folder)/b:\(lines + 1):3"])
        }
    }
}
