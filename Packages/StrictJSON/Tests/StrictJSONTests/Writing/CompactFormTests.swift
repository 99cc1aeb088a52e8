import StrictJSON
import Testing

@Suite("Compact form")
struct CompactFormTests {
    @Test("keeps order and numbers, and writes raw UTF-8 without spaces")
    func writesCompactly() throws {
        let input = #"{ "z" : [ 1.50 , -0 , 1E2 ] , "a" : "é\u00e9\ud83d\ude00\u007f\/" , "n" : { } }"#
        let form = "{\"z\":[1.50,-0,1E2],\"a\":\"éé😀\u{7F}/\",\"n\":{}}"
        #expect(String(decoding: try JSONValue(parsing: input.utf8).compactBytes(), as: UTF8.self) == form)
    }

    @Test("escapes what must be escaped, and nothing else")
    func escapesMinimally() {
        let short: [UInt8: String] = [8: #"\b"#, 9: #"\t"#, 10: #"\n"#, 12: #"\f"#, 13: #"\r"#, 0x22: #"\""#, 0x5C: #"\\"#]
        for byte in (0...0x7F) as ClosedRange<UInt8> {
            let character = String(Unicode.Scalar(byte))
            let escape = byte < 0x10 ? "\\u000\(String(byte, radix: 16))" : "\\u00\(String(byte, radix: 16))"
            let expected = short[byte] ?? (byte < 0x20 ? escape : character)
            #expect(JSONValue.string(character).description == "\"\(expected)\"")
            #expect(JSONValue.object(["x\(character)é": 1]).description == "{\"x\(expected)é\":1}")
        }
    }

    @Test("is appended behind what is there")
    func appends() {
        var output = Array("data: ".utf8)
        JSONValue.array([1, nil]).appendCompact(to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "data: [1,null]")
    }
}
