import StrictJSON
import Testing

@Suite("Sorted form")
struct SortedFormTests {
    /// Inputs with their form in Python style, from CONTRACTS appendix A. The SHA-256 of each form, as given there:
    /// 44136fa3…caaff8a, 6f33e183…cdb8e2, 94426e9d…3d0d0059, d76d19d7…8fa46d08.
    static let contractVectors: [(input: String, form: String)] = [
        ("{}", "{}"),
        (#"{"path":"/data/report.csv"}"#, #"{"path": "/data/report.csv"}"#),
        (#"{ "path" : "/tmp\/file.txt" }"#, #"{"path": "/tmp/file.txt"}"#),
        (
            "{\"s\":\"a/b\\\"\\\\\\n\u{7F}\",\"path\":\"/tmp/ü😀\",\"n\":1.0,\"f\":1e16,\"e\":1e-7,\"big\":12345678901234567890,\"b\":[1,{\"z\":true,\"a\":null}]}",
            #"{"b": [1, {"a": null, "z": true}], "big": 12345678901234567890, "e": 1e-07, "f": 1e+16, "n": 1.0, "#
                + #""path": "/tmp/\u00fc\ud83d\ude00", "s": "a/b\"\\\n\u007f"}"#
        ),
    ]

    @Test("is as the contract gives it", arguments: Self.contractVectors)
    func followsContract(_ input: String, _ form: String) throws {
        #expect(String(decoding: try JSONValue(parsing: input.utf8).sortedBytes(), as: UTF8.self) == form)
    }

    @Test("is what CPython 3.11 wrote for json.dumps(json.loads(text), sort_keys=True)", arguments: SortedFormVectors.documents)
    func followsPython(_ input: String, _ form: String) throws {
        #expect(String(decoding: try JSONValue(parsing: input.utf8).sortedBytes(), as: UTF8.self) == form)
    }

    @Test("writes floats as Python's repr", arguments: FloatVectors.all)
    func writesFloats(_ vector: FloatVector) throws {
        let value = JSONValue.float(Double(bitPattern: vector.bits))
        #expect(String(decoding: value.sortedBytes(), as: UTF8.self) == vector.python)
        #expect(try JSONValue(parsing: vector.python.utf8) == value)
        #expect(try JSONValue(parsing: vector.python.utf8).sortedBytes() == Array(vector.python.utf8))
    }

    @Test("sorts keys by code point, which UTF-16 order does not")
    func sortsByCodePoint() {
        let value: JSONValue = [
            "\u{10000}": 1, "\u{FF5E}": 2, "é": 3, "z": 4, "": 5, "a": 6, "aa": 7, "\u{7F}": 8, "A": 9, "\u{E000}": 10,
        ]
        let form =
            #"{"": 5, "A": 9, "a": 6, "aa": 7, "z": 4, "\u007f": 8, "\u00e9": 3, "\ue000": 10, "\uff5e": 2, "\ud800\udc00": 1}"#
        #expect(String(decoding: value.sortedBytes(), as: UTF8.self) == form)
    }

    @Test("escapes every character as Python does")
    func escapesLikePython() throws {
        let short: [UInt8: String] = [8: #"\b"#, 9: #"\t"#, 10: #"\n"#, 12: #"\f"#, 13: #"\r"#, 0x22: #"\""#, 0x5C: #"\\"#]
        for byte in (0...0x7F) as ClosedRange<UInt8> {
            let character = String(Unicode.Scalar(byte))
            let digits = String(byte, radix: 16)
            let escape = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            let expected = short[byte] ?? ((0x20..<0x7F).contains(byte) ? character : escape)
            #expect(String(decoding: JSONValue.string(character).sortedBytes(), as: UTF8.self) == "\"\(expected)\"")
            // Behind and before runs of every length up to two words
            for length in [1, 6, 7, 8, 9, 16] {
                let run = String(repeating: "x", count: length)
                let form = JSONValue.string("\(run)\(character)\(run)").sortedBytes()
                #expect(String(decoding: form, as: UTF8.self) == "\"\(run)\(expected)\(run)\"")
            }
        }
    }

    @Test("is one for all texts that say the same")
    func isOneForEqualValues() throws {
        let texts = [#"{"b":[1.50,"é"],"a":-0}"#, #"{ "a" : 0 , "b" : [ 15e-1 , "\u00e9" ] }"#, #"{"\u0061":0,"b":[1.5,"é"]}"#]
        let forms = Set(try texts.map { try JSONValue(parsing: $0.utf8).sortedBytes() })
        #expect(forms == [Array(#"{"a": 0, "b": [1.5, "\u00e9"]}"#.utf8)])
    }
}
