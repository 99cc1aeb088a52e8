import StrictJSON
import Testing

@Suite("Numbers")
struct JSONNumberTests {
    @Test(
        "keep their text and their kind",
        arguments: [
            ("0", true), ("-0", true), ("12345678901234567890123", true), ("1.0", false), ("4.50", false), ("1e5", false),
            ("1E+05", false),
            ("-0.0", false), ("10e-1", false),
        ])
    func keepsText(_ text: String, _ isInteger: Bool) throws {
        let number = try #require(try JSONValue(parsing: text.utf8).numberValue)
        #expect(number.text == text)
        #expect(number.isInteger == isInteger)
        #expect(JSONValue.number(number).kind == (isInteger ? .integer : .float))
        #expect(JSONNumber(text: text) == number)
    }

    @Test(
        "are taken out exactly or not at all",
        arguments: [
            ("0", 0), ("-0", 0), ("5", 5), ("5.0", 5), ("5e0", 5), ("50e-1", 5), ("-0.0", 0), ("0.5e1", 5), ("1e3", 1_000),
            ("-7.000", -7),
            ("9223372036854775807", .max), ("9223372036854775808", nil), ("-9223372036854775808", .min),
            ("-9223372036854775809", nil),
            ("9223372036854775807.0", nil), ("9223372036854774784.0", 9_223_372_036_854_774_784),
            ("-9223372036854775808.0", .min), ("1e19", nil),
            ("1e300", nil), ("5.5", nil), ("0.1", nil), ("1e-5", nil), ("1e-400", 0), ("123456789012345678901234567890", nil),
            ("9007199254740993", 9_007_199_254_740_993), ("9007199254740993.0", 9_007_199_254_740_992),
        ] as [(String, Int64?)])
    func takesOutInt64(_ text: String, _ expected: Int64?) throws {
        #expect(try JSONValue(parsing: text.utf8).int64Value == expected)
        #expect(try JSONValue(parsing: text.utf8).intValue.map(Int64.init) == expected)
    }

    @Test(
        "are taken out as UInt64 exactly or not at all",
        arguments: [
            ("0", 0), ("-0", 0), ("-0.0", 0), ("-1", nil), ("-1.0", nil), ("18446744073709551615", .max),
            ("18446744073709551616", nil),
            ("18446744073709551616.0", nil), ("18446744073709549568.0", 18_446_744_073_709_549_568),
            ("1e19", 10_000_000_000_000_000_000), ("1e20", nil),
        ] as [(String, UInt64?)])
    func takesOutUInt64(_ text: String, _ expected: UInt64?) throws {
        #expect(try JSONValue(parsing: text.utf8).uint64Value == expected)
    }

    @Test("are taken out in narrow types")
    func takesOutNarrowTypes() {
        #expect(JSONNumber(255).exactly(UInt8.self) == 255)
        #expect(JSONNumber(256).exactly(UInt8.self) == nil)
        #expect(JSONNumber(256.0)?.exactly(UInt8.self) == nil)
        #expect(JSONNumber(-128.0)?.exactly(Int8.self) == -128)
        #expect(JSONNumber(UInt64.max).exactly(Int64.self) == nil)
    }

    @Test(
        "are nearest as doubles",
        arguments: [
            ("0", 0.0), ("1", 1.0), ("0.1", 0.1), ("9007199254740993", 9_007_199_254_740_992.0), ("1e-400", 0.0),
            ("5e-324", Double.leastNonzeroMagnitude), ("1.50", 1.5),
            ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
        ])
    func readsDoubles(_ text: String, _ expected: Double) throws {
        #expect(try JSONValue(parsing: text.utf8).doubleValue == expected)
    }

    @Test("may be integers beyond the range of a double, which then is none")
    func keepsHugeIntegers() throws {
        let text = "1" + String(repeating: "0", count: 309)
        let value = try JSONValue(parsing: text.utf8)
        #expect(value.doubleValue == nil)
        #expect(value.int64Value == nil)
        #expect(value.sortedBytes() == Array(text.utf8))
    }

    @Test("of 4 300 digits are the longest, wherever the digits stand")
    func limitsDigits() throws {
        for (before, digits, after) in [
            ("", 4_300, ""), ("-", 4_300, ""), ("0.", 4_299, ""), ("1.", 4_298, "e9"), ("-0.", 4_298, "E-1"),
        ] {
            let fitting = before + String(repeating: "7", count: digits) + after
            #expect(throws: Never.self) { try JSONValue(parsing: fitting.utf8) }
            #expect(JSONNumber(text: fitting)?.text == fitting)
            let longer = before + String(repeating: "7", count: digits + 1) + after
            let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array("[\(longer)]".utf8)) }
            #expect(error?.code == .numberTooLong)
            #expect(error?.offset == 1)
            #expect(JSONNumber(text: longer) == nil)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: "123".utf8, options: JSONParsingOptions(maximumDigits: 3)) }
        #expect(throws: JSONError(.numberTooLong)) {
            try JSONValue(parsing: "1234".utf8, options: JSONParsingOptions(maximumDigits: 3))
        }
        #expect(throws: JSONError(.numberTooLong)) {
            try JSONValue(parsing: "1".utf8, options: JSONParsingOptions(maximumDigits: .min))
        }
        let million = Array(String(repeating: "9", count: 1_000_000).utf8)
        #expect(throws: JSONError(.numberTooLong)) { try JSONValue(parsing: million) }
        let unlimited = JSONParsingOptions(maximumDigits: .max)
        #expect(try JSONValue(parsing: million, options: unlimited).numberValue?.text.utf8.count == 1_000_000)
    }

    @Test(
        "are equal by kind and value",
        arguments: [
            ("1", "1", true), ("1", "1.0", false), ("1.0", "1.00", true), ("1.0", "1e0", true), ("10", "1e1", false),
            ("0", "-0", true),
            ("0.0", "-0.0", false), ("0", "0.0", false), ("0.1", "0.1000000000000000055511151231257827", true),
            ("0.1", "0.10000000000000002", false),
            ("9007199254740992", "9007199254740993", false), ("9007199254740992.0", "9007199254740993.0", true),
            ("1e-400", "0.0", true),
        ])
    func comparesByKindAndValue(_ left: String, _ right: String, _ isEqual: Bool) throws {
        let (left, right) = (try JSONValue(parsing: left.utf8), try JSONValue(parsing: right.utf8))
        #expect((left == right) == isEqual)
        #expect((left.sortedBytes() == right.sortedBytes()) == isEqual)
        if isEqual { #expect(left.hashValue == right.hashValue) }
    }

    @Test("are made of finite doubles only")
    func refusesWhatIsNotFinite() {
        #expect(JSONNumber(Double.infinity) == nil)
        #expect(JSONNumber(-Double.infinity) == nil)
        #expect(JSONNumber(Double.nan) == nil)
        #expect(JSONNumber(0.1)?.text == "0.1")
        #expect(JSONNumber(5.0)?.text == "5.0")
        #expect(JSONNumber(1e300)?.text == "1e+300")
    }

    @Test(
        "are read from text that is a number and nothing else",
        arguments: [
            "", " 1", "1 ", "+1", "01", "1.", ".5", "1e", "1e999", "NaN", "inf", "0x1p3", "1,2", "1\0", "١", "--1", "- 1",
        ])
    func refusesOtherText(_ text: String) {
        #expect(JSONNumber(text: text) == nil)
    }
}
