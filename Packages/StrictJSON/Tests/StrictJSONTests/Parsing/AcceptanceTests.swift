import StrictJSON
import Testing

@Suite("Accepted texts")
struct AcceptanceTests {
    /// Texts with the compact form in which they must be written again, `nil` where that is the text itself.
    static let texts: [(text: String, compact: String?)] = [
        // Scalars alone
        ("null", nil), ("true", nil), ("false", nil), ("0", nil), ("\"\"", nil), ("\"word\"", nil),
        (" null", "null"), ("null ", "null"), ("\t\r\n null\n\r\t ", "null"), ("\n42\n", "42"), (" \"a\" ", "\"a\""),
        // Integers
        ("-0", nil), ("1", nil), ("-1", nil), ("10", nil), ("-123456789", nil), ("9223372036854775807", nil),
        ("-9223372036854775808", nil), ("9223372036854775808", nil), ("18446744073709551616", nil),
        ("100000000000000000000000000000000000000000000", nil), ("[0,-0,7]", nil),
        // Floats
        ("0.0", nil), ("-0.0", nil), ("1.5", nil), ("1.50", nil), ("0.000001", nil), ("123.456", nil), ("1e5", nil), ("1E5", nil),
        ("1e+5", nil), ("1E+5", nil), ("1e-5", nil), ("1.5e3", nil), ("0e0", nil), ("0e999999", nil), ("0.0e-7", nil),
        ("1e00000000000000000000001", nil), ("1e-400", nil), ("-1e-99999999999999999999", nil), ("1.7976931348623157e308", nil),
        ("0.0000000001e318", nil), ("17976931348623157e292", nil), ("5e-324", nil), ("1e308", nil),
        // Strings
        (#""a b""#, nil), (#""\"""#, nil), (#""\\""#, nil), (#""\/""#, #""/""#), (#""\b\f\n\r\t""#, nil), (#""\u0061""#, #""a""#),
        (#""\u0041\u0042""#, #""AB""#), (#""\u00e9""#, "\"é\""), (#""\u00E9""#, "\"é\""), (#""\u20ac""#, "\"€\""),
        (#""\ud83d\ude00""#, "\"😀\""), (#""\uD83D\uDE00""#, "\"😀\""), (#""\ud800\udc00""#, "\"\u{10000}\""),
        (#""\udbff\udfff""#, "\"\u{10FFFF}\""),
        (#""\ud7ff\ue000""#, "\"\u{D7FF}\u{E000}\""), (#""\u007f""#, "\"\u{7F}\""), (#""\u0080""#, "\"\u{80}\""),
        (#""\u0001\u001f""#, nil), (#""\u000a""#, #""\n""#), (#""\u2028\u2029""#, "\"\u{2028}\u{2029}\""), ("\"\u{7F}\"", nil),
        ("\"é\"", nil), ("\"日本語\"", nil), ("\"😀\"", nil), ("\"\u{FEFF}\"", nil), ("\"\u{FFFD}\"", nil), ("\"\u{10FFFF}\"", nil),
        ("\"e\u{301}\"", nil), (#""ends with a backslash \\""#, nil), (#""\\u0061""#, nil), (#""\\\u0061""#, #""\\a""#),
        ("\"seven c\"", nil), ("\"eight ch\"", nil), ("\"fifteen letters\"", nil), ("\"sixteen letters!\"", nil),
        (#""seven c\n""#, nil), (#""eight ch\n""#, nil), ("\"eight chä\"", nil), ("\"1234567é1234567é\"", nil),
        // Arrays
        ("[]", nil), ("[ ]", "[]"), ("[\n]", "[]"), ("[1]", nil), ("[1,2]", nil), ("[ 1 , 2 ]", "[1,2]"), ("[[]]", nil),
        ("[[],[]]", nil), ("[[[1]],[2,[3]]]", nil), ("[null,true,false,0,\"\",[],{}]", nil), ("[\"a\",1,\"a\",1]", nil),
        // Objects
        ("{}", nil), ("{ }", "{}"), ("{\t}", "{}"), (#"{"a":1}"#, nil), (#"{ "a" : 1 , "b" : 2 }"#, #"{"a":1,"b":2}"#),
        (#"{"":0}"#, nil),
        (#"{"b":1,"a":2}"#, nil), (#"{"a":{"a":{"a":{}}}}"#, nil), (#"{"a":[{"a":1},{"a":2}]}"#, nil), (#"{"a":1,"A":2}"#, nil),
        (#"{"a":1,"a ":2}"#, nil), (#"{"\u0061b":1}"#, #"{"ab":1}"#), (#"{"a\nb":1}"#, nil), (#"{"a":null}"#, nil),
        ("{\"é\":1,\"e\u{301}\":2}", nil), ("{\"ﬁ\":1,\"fi\":2}", nil), ("{\"Å\":1,\"\u{212B}\":2}", nil),
        (#"{"__proto__":1}"#, nil),
        (#"{"long key of sixteen bytes or more":1,"long key of sixteen bytes or morf":2}"#, nil),
    ]

    @Test("is read, and its compact form reads back as the same value", arguments: Self.texts)
    func accepts(_ text: String, _ compact: String?) throws {
        let value = try JSONValue(parsing: text.utf8)
        #expect(value.compactBytes() == Array((compact ?? text).utf8))
        #expect(try JSONValue(parsing: value.compactBytes()) == value)
        #expect(try JSONValue(parsing: value.sortedBytes()) == value)
    }

    @Test("is read alike from contiguous bytes, from other collections and into a document", arguments: Self.texts)
    func readsFromAnyBytes(_ text: String, _ compact: String?) throws {
        let bytes = Array(text.utf8)
        let value = try JSONValue(parsing: bytes)
        #expect(try JSONValue(parsing: bytes.span) == value)
        #expect(try JSONValue(parsing: bytes[...]) == value)
        #expect(try JSONValue(parsing: bytes.lazy.map { $0 }) == value)
        #expect(try JSONDocument(parsing: bytes).value == value)
    }
}
