import StrictJSON
import Testing

@Suite("RFC 8785 form")
struct RFC8785FormTests {
    private static func form(_ text: String) throws -> String {
        String(decoding: try JSONValue(parsing: text.utf8).rfc8785Bytes(), as: UTF8.self)
    }

    /// RFC 8785, appendix B, "Number Serialization Samples"; the rows for NaN and Infinity are tested below.
    static let numberSamples: [(bits: UInt64, text: String)] = [
        (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"), (0xFFEF_FFFF_FFFF_FFFF, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"), (0xC340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"), (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"),
        (0x44B5_2D02_C7E1_4AF6, "1e+23"),
        (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"), (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
        (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"), (0x444B_1AE4_D6E2_EF50, "1e+21"),
        (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"),
        (0x3EB0_C6F7_A0B5_ED8D, "0.000001"), (0x41B3_DE43_5555_5553, "333333333.3333332"),
        (0x41B3_DE43_5555_5554, "333333333.33333325"),
        (0x41B3_DE43_5555_5555, "333333333.3333333"), (0x41B3_DE43_5555_5556, "333333333.3333334"),
        (0x41B3_DE43_5555_5557, "333333333.33333343"),
        (0xBECB_F647_612F_3696, "-0.0000033333333333333333"), (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
    ]

    @Test("writes numbers as appendix B of the RFC", arguments: Self.numberSamples)
    func writesNumberSamples(_ bits: UInt64, _ text: String) throws {
        #expect(String(decoding: try JSONValue.float(Double(bitPattern: bits)).rfc8785Bytes(), as: UTF8.self) == text)
        #expect(try Self.form(text) == text)
    }

    @Test("writes numbers as an ECMAScript engine did", arguments: FloatVectors.all)
    func writesFloats(_ vector: FloatVector) throws {
        #expect(
            String(decoding: try JSONValue.float(Double(bitPattern: vector.bits)).rfc8785Bytes(), as: UTF8.self)
                == vector.ecmaScript)
        #expect(try Self.form(vector.python) == vector.ecmaScript)
    }

    @Test("is as sections 3.2.2 to 3.2.4 of the RFC show it")
    func writesSample() throws {
        let input = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50,
                          2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let bytes: [UInt8] = [
            0x7B, 0x22, 0x6C, 0x69, 0x74, 0x65, 0x72, 0x61, 0x6C, 0x73, 0x22, 0x3A, 0x5B, 0x6E, 0x75, 0x6C, 0x6C, 0x2C, 0x74,
            0x72,
            0x75, 0x65, 0x2C, 0x66, 0x61, 0x6C, 0x73, 0x65, 0x5D, 0x2C, 0x22, 0x6E, 0x75, 0x6D, 0x62, 0x65, 0x72, 0x73, 0x22,
            0x3A,
            0x5B, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x2E, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x2C,
            0x31,
            0x65, 0x2B, 0x33, 0x30, 0x2C, 0x34, 0x2E, 0x35, 0x2C, 0x30, 0x2E, 0x30, 0x30, 0x32, 0x2C, 0x31, 0x65, 0x2D, 0x32,
            0x37,
            0x5D, 0x2C, 0x22, 0x73, 0x74, 0x72, 0x69, 0x6E, 0x67, 0x22, 0x3A, 0x22, 0xE2, 0x82, 0xAC, 0x24, 0x5C, 0x75, 0x30,
            0x30,
            0x30, 0x66, 0x5C, 0x6E, 0x41, 0x27, 0x42, 0x5C, 0x22, 0x5C, 0x5C, 0x5C, 0x5C, 0x5C, 0x22, 0x2F, 0x22, 0x7D,
        ]
        #expect(try JSONValue(parsing: input.utf8).rfc8785Bytes() == bytes)
    }

    @Test("sorts keys by UTF-16 code units, as section 3.2.3 of the RFC shows")
    func sortsByCodeUnit() throws {
        let input = #"""
            {
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face",
              "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """#
        let form =
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\","
            + "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{FB33}\":\"Hebrew Letter Dalet With Dagesh\"}"
        #expect(try Self.form(input) == form)
    }

    @Test("sorts as the code units do, for every pair of keys")
    func sortsEveryPair() {
        let keys = [
            "", "a", "b", "aa", "é", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{F8FF}", "\u{FEFE}", "\u{FFFD}",
            "\u{10000}", "\u{103FF}",
            "\u{10400}", "\u{10FFFD}", "a\u{E000}", "a\u{10000}", "\u{10000}a", "\u{E000}a", "\u{10000}\u{E000}",
            "\u{10000}\u{10000}",
        ]
        for left in keys {
            for right in keys where left != right {
                let expected = left.utf16.lexicographicallyPrecedes(right.utf16) ? [left, right] : [right, left]
                let form = (try? JSONValue.object([left: 0, right: 0]).rfc8785Bytes()) ?? []
                #expect(
                    (try? JSONValue(parsing: form).objectValue).map { Array($0?.keys.map(Array.init) ?? []) }
                        == expected.map(Array.init))
            }
        }
    }

    @Test(
        "passes integers through doubles",
        arguments: [
            ("9007199254740993", "9007199254740992"), ("-0", "0"), ("12345678901234567890", "12345678901234567000"), ("1.0", "1"),
            ("1000000000000000000000", "1e+21"), ("100", "100"), ("-0.0", "0"),
        ])
    func passesIntegersThroughDoubles(_ input: String, _ form: String) throws {
        #expect(try Self.form(input) == form)
    }

    @Test("refuses integers beyond the range of a double, and floats that are none")
    func refusesHugeNumbers() throws {
        let huge = try JSONValue(parsing: "[1\(String(repeating: "0", count: 309))]".utf8)
        let error = #expect(throws: JSONError.self) { try huge.rfc8785Bytes() }
        #expect(error?.code == .numberOutOfRange)
        #expect(error?.offset == nil)
        #expect(error?.description == "a number is beyond the range of a double")
        #expect(JSONNumber(Double(bitPattern: 0x7FFF_FFFF_FFFF_FFFF)) == nil)
        #expect(JSONNumber(Double(bitPattern: 0x7FF0_0000_0000_0000)) == nil)
    }
}
