import StrictJSON
import Testing

@Suite("Characters in strings")
struct EncodingTests {
    /// Byte sequences that are not UTF-8, with how many well-formed bytes stand before the fault.
    static let malformed: [(bytes: [UInt8], offset: Int)] = [
        // Continuation bytes without a lead
        ([0x80], 0), ([0xBF], 0), ([0x61, 0x80], 1), ([0xC3, 0xA9, 0xA9], 2), ([0x80, 0x80, 0x80, 0x80], 0),
        // Leads without enough continuation bytes
        ([0xC3], 0), ([0xC3, 0x61], 0), ([0xE2, 0x82], 0), ([0xE2, 0x82, 0x61], 0), ([0xE2, 0x61, 0xAC], 0),
        ([0xF0, 0x9F, 0x98], 0),
        ([0xF0, 0x9F, 0x98, 0x61], 0), ([0xF0, 0x9F, 0x61, 0x80], 0), ([0xC3, 0xC3, 0xA9], 0), ([0x61, 0x62, 0xE2, 0x82], 2),
        // Overlong forms
        ([0xC0, 0x80], 0), ([0xC0, 0xAF], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x80, 0xAF], 0), ([0xE0, 0x9F, 0xBF], 0),
        ([0xF0, 0x80, 0x80, 0xAF], 0),
        ([0xF0, 0x8F, 0xBF, 0xBF], 0), ([0xC0, 0xA2], 0), ([0xE0, 0x80, 0x80], 0),
        // Surrogates, alone and in a pair (CESU-8)
        ([0xED, 0xA0, 0x80], 0), ([0xED, 0xAF, 0xBF], 0), ([0xED, 0xB0, 0x80], 0), ([0xED, 0xBF, 0xBF], 0),
        ([0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], 0),
        // Beyond U+10FFFF, and bytes that begin nothing
        ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xF7, 0xBF, 0xBF, 0xBF], 0),
        ([0xF8, 0x88, 0x80, 0x80, 0x80], 0),
        ([0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], 0), ([0xFE], 0), ([0xFF], 0), ([0xFF, 0xFE], 0),
        // Latin-1, and a fault behind long runs of good text
        ([0x63, 0x61, 0x66, 0xE9], 3), (Array(repeating: 0x61, count: 64) + [0x80], 64), (Array("日本語".utf8) + [0xFF], 9),
    ]

    @Test("that are not UTF-8 are refused, in values and in keys", arguments: Self.malformed)
    func refusesMalformedUTF8(_ bytes: [UInt8], _ offset: Int) {
        for prefix in ["\"", "[\"", "{\"", "[\"\\n"] {
            let text = Array(prefix.utf8) + bytes + Array("\"".utf8)
            let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
            #expect(error?.code == .invalidUTF8)
            #expect(error?.offset == prefix.utf8.count + offset)
        }
        // Without a closing quote, the input may end within a character; it must not be read beyond its end.
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bytes) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    }

    @Test(
        "at the borders of every UTF-8 length are read",
        arguments: [
            0x20, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000,
            0x3FFFF, 0x40000,
            0xFFFFF, 0x100000, 0x10FFFF,
        ] as [UInt32])
    func readsBorders(_ value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        let text = String(Character(scalar))
        #expect(try JSONValue(parsing: Array("\"\(text)\"".utf8)) == .string(text))
        let units = text.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        #expect(try JSONValue(parsing: Array("\"\(units.joined())\"".utf8)) == .string(text))
    }

    /// Arrangements of `\u` escapes in which a surrogate lacks its other half, with the offset of that surrogate in the content.
    static let loneSurrogates: [(content: String, offset: Int)] = [
        (#"\ud800"#, 0), (#"\udbff"#, 0), (#"\udc00"#, 0), (#"\udfff"#, 0), (#"\uD800"#, 0), (#"\uDFFF"#, 0), (#"a\ud800"#, 1),
        (#"\ud800a"#, 0),
        (#"\ud800 \udc00"#, 0), (#"\ud800\n"#, 0), (#"\ud800\\"#, 0), (#"\ud800\\udc00"#, 0), (#"\ud800\""#, 0),
        (#"\ud800/udc00"#, 0),
        (#"\ud800\u0041"#, 0), (#"\ud800\ud800"#, 0), (#"\ud800\udbff"#, 0), (#"\ud800\ue000"#, 0), (#"\ud800\uffff"#, 0),
        (#"\udc00\ud800"#, 0), (#"\udc00\udc00"#, 0), (#"\udfff\udbff"#, 0), (#"\ud800\ud800\udc00"#, 0),
        (#"\ud800\udc00\udc00"#, 12),
        (#"\ud83d\ude00\ud83d"#, 12), (#"\ud83dtext\ude00"#, 0), (#"\ud800😀"#, 0), (#"\ud800\u"#, -1), (#"\ud800\u00"#, -1),
    ]

    @Test("in half a surrogate pair are refused, in values and in keys", arguments: Self.loneSurrogates)
    func refusesLoneSurrogates(_ content: String, _ offset: Int) {
        for prefix in ["\"", "[\"", "{\"", "[1,\"x"] {
            let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array("\(prefix)\(content)\"".utf8)) }
            #expect(error?.code == (offset < 0 ? .invalidEscape : .loneSurrogate))
            if offset >= 0 { #expect(error?.offset == prefix.utf8.count + offset) }
        }
    }

    @Test(
        "keep a raw surrogate half and an escaped one apart", arguments: [[0xED, 0xA0, 0x80], [0xED, 0xB0, 0x80]] as [[UInt8]])
    func refusesMixedPairs(_ half: [UInt8]) {
        for content in [half + Array(#"\udc00"#.utf8), Array(#"\ud800"#.utf8) + half] {
            #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + content + [0x22]) }
        }
    }

    @Test("may be NUL only where that is allowed")
    func allowsNULOnRequest() throws {
        let options = JSONParsingOptions(allowsNUL: true)
        #expect(try JSONValue(parsing: Array(#""a\u0000b""#.utf8), options: options) == "a\0b")
        #expect(try JSONValue(parsing: Array(#"{"\u0000":1}"#.utf8), options: options)["\0"] == 1)
        let bare = #expect(throws: JSONError.self) { try JSONValue(parsing: Array("\"\0\"".utf8), options: options) }
        #expect(bare?.code == .controlCharacter)
    }

    @Test("of every kind are found at every distance from the start of a string")
    func findsSpecialBytesEverywhere() throws {
        for length in 0..<40 {
            let run = String(repeating: "x", count: length)
            #expect(try JSONValue(parsing: Array("\"\(run)\"".utf8)) == .string(run))
            #expect(try JSONValue(parsing: Array("\"\(run)\\n\(run)\"".utf8)) == .string("\(run)\n\(run)"))
            #expect(try JSONValue(parsing: Array("\"\(run)é\(run)\"".utf8)) == .string("\(run)é\(run)"))
            #expect(try JSONValue(parsing: Array("\"\(run)\u{7F}\(run)\"".utf8)) == .string("\(run)\u{7F}\(run)"))
            for control in (0..<0x20) as Range<UInt8> {
                let text = Array("\"\(run)".utf8) + [control] + Array("\(run)\"".utf8)
                let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
                #expect(error?.code == .controlCharacter && error?.offset == length + 1)
            }
        }
    }
}
