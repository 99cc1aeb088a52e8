import Testing

@testable import DocumentText

@Suite("Plain text")
struct PlainTextTests {
    static let texts: [(bytes: [UInt8], text: String)] = [
        (Array("Grüße 😀\t\r\n\u{C}".utf8), "Grüße 😀\t\r\n\u{C}"),
        ([0xEF, 0xBB, 0xBF, 0x61], "a"), ([0xFF, 0xFE, 0x61, 0x00, 0x3D, 0xD8, 0x00, 0xDE], "a😀"),
        ([0xFE, 0xFF, 0x00, 0x61], "a"), ([0xFF, 0xFE], ""), ([0xEF, 0xBB, 0xBF], ""),
    ]

    @Test("is decoded from UTF-8 and UTF-16", arguments: texts.indices)
    func decodes(_ index: Int) throws {
        #expect(try PlainText.decode(Self.texts[index].bytes).get() == Self.texts[index].text)
    }

    static let others: [[UInt8]] = [
        [0x61, 0x00], [0x1B, 0x5B], [0x7F], [0x08], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF, 0xFE, 0x61],
        [0xFF, 0xFE, 0x3D, 0xD8, 0x61, 0x00], [0xFE, 0xFF, 0xDE, 0x00], [0xFF, 0xFE, 0x00, 0x00], [0xF4, 0x90, 0x80, 0x80],
    ]

    @Test("is nothing malformed and nothing with control characters", arguments: others)
    func refuses(_ bytes: [UInt8]) {
        #expect(throws: PlainText.Fault.self) { try PlainText.decode(bytes).get() }
    }
}
