import StrictJSON
import Testing

@Suite("Refused texts")
struct RefusalTests {
    /// Texts with the code of the error and the offset at which it must be reported.
    static let texts: [(text: String, code: JSONError.Code, offset: Int)] = [
        // No value
        ("", .emptyInput, 0), (" ", .emptyInput, 1), ("\n\t\r ", .emptyInput, 4),
        // Words
        ("nul", .unexpectedEnd, 3), ("n", .unexpectedEnd, 1), ("tru", .unexpectedEnd, 3), ("fals", .unexpectedEnd, 4),
        ("nulL", .unexpectedCharacter, 3), ("True", .unexpectedCharacter, 0), ("FALSE", .unexpectedCharacter, 0),
        ("undefined", .unexpectedCharacter, 0), ("None", .unexpectedCharacter, 0), ("NaN", .unexpectedCharacter, 0),
        ("Infinity", .unexpectedCharacter, 0), ("-Infinity", .missingDigit, 1), ("-NaN", .missingDigit, 1),
        ("[NaN]", .unexpectedCharacter, 1), ("word", .unexpectedCharacter, 0), ("nullx", .trailingText, 4),
        ("truefalse", .trailingText, 4),
        // Numbers
        ("+1", .unexpectedCharacter, 0), ("[+1]", .unexpectedCharacter, 1), (".5", .unexpectedCharacter, 0),
        ("-.5", .missingDigit, 1),
        ("1.", .unexpectedEnd, 2), ("[1.]", .missingDigit, 3), ("1.e5", .missingDigit, 2), ("01", .leadingZero, 0),
        ("-01", .leadingZero, 1), ("00", .leadingZero, 0), ("-00", .leadingZero, 1), ("[012]", .leadingZero, 1),
        ("00.5", .leadingZero, 0),
        ("-", .unexpectedEnd, 1), ("[-]", .missingDigit, 2), ("--1", .missingDigit, 1), ("1e", .unexpectedEnd, 2),
        ("[1e]", .missingDigit, 3), ("1e+", .unexpectedEnd, 3), ("[1e-]", .missingDigit, 4), ("1e1.5", .trailingText, 3),
        ("1.2.3", .trailingText, 3), ("1e5e5", .trailingText, 3), ("0x10", .trailingText, 1), ("0b1", .trailingText, 1),
        ("1_000", .trailingText, 1), ("1,000", .trailingText, 1), ("1f", .trailingText, 1), ("1L", .trailingText, 1),
        ("- 1", .missingDigit, 1), ("1 2", .trailingText, 2), ("[1 2]", .unexpectedCharacter, 3), ("１", .unexpectedCharacter, 0),
        ("-e5", .missingDigit, 1), ("$1", .unexpectedCharacter, 0),
        ("1e309", .numberOutOfRange, 0), ("-1e309", .numberOutOfRange, 0), ("[1e999]", .numberOutOfRange, 1),
        ("1.8e308", .numberOutOfRange, 0), ("1.7976931348623159e308", .numberOutOfRange, 0),
        ("179769313486231590e291", .numberOutOfRange, 0), ("1e99999999999999999999999", .numberOutOfRange, 0),
        ("0.1e310", .numberOutOfRange, 0),
        // Strings
        ("\"", .unexpectedEnd, 1), ("\"abc", .unexpectedEnd, 4), ("\"abc\\", .unexpectedEnd, 5), ("\"abc\\\"", .unexpectedEnd, 6),
        ("'abc'", .unexpectedCharacter, 0), ("“abc”", .unexpectedCharacter, 0), ("`abc`", .unexpectedCharacter, 0),
        ("\"a\"b\"", .trailingText, 3), ("\"a\" \"b\"", .trailingText, 4), (#""\x41""#, .invalidEscape, 1),
        (#""\a""#, .invalidEscape, 1),
        (#""\'""#, .invalidEscape, 1), (#""\0""#, .invalidEscape, 1), (#""\v""#, .invalidEscape, 1),
        (#""\ ""#, .invalidEscape, 1),
        (#""\U0041""#, .invalidEscape, 1), (#""ok\N""#, .invalidEscape, 3), ("\"\\\n\"", .invalidEscape, 1),
        ("\"\\é\"", .invalidEscape, 1),
        (#""\u""#, .invalidEscape, 1), (#""\u1""#, .invalidEscape, 1), (#""\u12""#, .invalidEscape, 1),
        (#""\u123""#, .invalidEscape, 1),
        (#""\u123"#, .unexpectedEnd, 6), (#""\u"#, .unexpectedEnd, 3), (#""\"#, .unexpectedEnd, 2),
        (#""\u123g""#, .invalidEscape, 1),
        (#""\u00 1""#, .invalidEscape, 1), (#""\u+041""#, .invalidEscape, 1), (#""\u-041""#, .invalidEscape, 1),
        (#""\u{41}""#, .invalidEscape, 1), (#""\u００4１""#, .invalidEscape, 1),
        ("\"a\nb\"", .controlCharacter, 2), ("\"a\tb\"", .controlCharacter, 2), ("\"\r\"", .controlCharacter, 1),
        ("\"\u{0}\"", .controlCharacter, 1), ("\"\u{1}\"", .controlCharacter, 1), ("\"\u{8}\"", .controlCharacter, 1),
        ("\"\u{1F}\"", .controlCharacter, 1), ("\"12345678\u{1F}\"", .controlCharacter, 9),
        ("{\"a\nb\":1}", .controlCharacter, 3),
        ("\"ab\"\u{0}", .trailingText, 4), ("\u{0}", .unexpectedCharacter, 0), ("1\u{0}", .trailingText, 1),
        (#""\u0000""#, .nulCharacter, 1), (#""before\u0000after""#, .nulCharacter, 7), (#"{"\u0000":1}"#, .nulCharacter, 2),
        (#"["a","\u0000"]"#, .nulCharacter, 6),
        // Arrays
        ("[", .unexpectedEnd, 1), ("[ ", .unexpectedEnd, 2), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
        ("[\"a", .unexpectedEnd, 3), ("]", .unexpectedCharacter, 0), ("[]]", .trailingText, 2), ("[1]]", .trailingText, 3),
        ("[1,]", .trailingComma, 3), ("[1, ]", .trailingComma, 4), ("[,]", .unexpectedCharacter, 1),
        ("[,1]", .unexpectedCharacter, 1),
        ("[1,,2]", .unexpectedCharacter, 3), ("[1;2]", .unexpectedCharacter, 2), ("[1}", .unexpectedCharacter, 2),
        ("[1:2]", .unexpectedCharacter, 2), ("[\"a\":1]", .unexpectedCharacter, 4), ("[a]", .unexpectedCharacter, 1),
        ("[1]x", .trailingText, 3), ("[][]", .trailingText, 2), ("[1],", .trailingText, 3), ("(1)", .unexpectedCharacter, 0),
        ("[[1]", .unexpectedEnd, 4), ("[null", .unexpectedEnd, 5), ("[1,\n1\n,1", .unexpectedEnd, 8),
        ("[\u{B}1]", .unexpectedCharacter, 1),
        ("[\u{C}1]", .unexpectedCharacter, 1), ("[\u{A0}1]", .unexpectedCharacter, 1), ("[\u{2003}1]", .unexpectedCharacter, 1),
        ("[\u{2028}1]", .unexpectedCharacter, 1), ("[\u{200B}]", .unexpectedCharacter, 1),
        ("[\u{FEFF}1]", .unexpectedCharacter, 1),
        // Objects
        ("{", .unexpectedEnd, 1), ("{\"", .unexpectedEnd, 2), ("{\"a\"", .unexpectedEnd, 4), ("{\"a\":", .unexpectedEnd, 5),
        ("{\"a\":1", .unexpectedEnd, 6), ("{\"a\":1,", .unexpectedEnd, 7), ("}", .unexpectedCharacter, 0),
        ("{}}", .trailingText, 2),
        ("{\"a\":1,}", .trailingComma, 7), ("{\"a\":1 , }", .trailingComma, 9), ("{,}", .unexpectedCharacter, 1),
        ("{\"a\":1,,\"b\":2}", .unexpectedCharacter, 7), ("{\"a\"}", .unexpectedCharacter, 4),
        ("{\"a\":}", .unexpectedCharacter, 5),
        ("{\"a\" 1}", .unexpectedCharacter, 5), ("{\"a\"=1}", .unexpectedCharacter, 4), ("{\"a\"::1}", .unexpectedCharacter, 5),
        ("{\"a\":1:2}", .unexpectedCharacter, 6), ("{:1}", .unexpectedCharacter, 1), ("{a:1}", .unexpectedCharacter, 1),
        ("{'a':1}", .unexpectedCharacter, 1), ("{1:1}", .unexpectedCharacter, 1), ("{null:1}", .unexpectedCharacter, 1),
        ("{[]:1}", .unexpectedCharacter, 1), ("{\"a\",\"b\":1}", .unexpectedCharacter, 4), ("{\"a\":1]", .unexpectedCharacter, 6),
        ("{\"a\":1 \"b\":2}", .unexpectedCharacter, 7), ("{\"a\":1}{\"b\":2}", .trailingText, 7),
        ("{\"a\":1}x", .trailingText, 7),
        ("{\"a\":1}\n{\"a\":1}", .trailingText, 8), ("{\"a\":{\"b\":1}", .unexpectedEnd, 12),
        ("{\"a\":[}", .unexpectedCharacter, 6),
        ("{\"a\":1;\"b\":2}", .unexpectedCharacter, 6), ("{\"a\":b}", .unexpectedCharacter, 5),
        // Comments and other dialects
        ("/* c */1", .unexpectedCharacter, 0), ("1/* c */", .trailingText, 1), ("// c\n1", .unexpectedCharacter, 0),
        ("1//c", .trailingText, 1),
        ("# c\n1", .unexpectedCharacter, 0), ("[1,/**/2]", .unexpectedCharacter, 3), ("{/**/}", .unexpectedCharacter, 1),
        ("[...a]", .unexpectedCharacter, 1), ("\u{1E}{}", .unexpectedCharacter, 0), ("<a/>", .unexpectedCharacter, 0),
        ("a=1", .unexpectedCharacter, 0),
        (")]}',\n{}", .unexpectedCharacter, 0), ("{}\u{1A}", .trailingText, 2), ("\\u005b]", .unexpectedCharacter, 0),
        // A byte order mark
        ("\u{FEFF}", .byteOrderMark, 0), ("\u{FEFF}{}", .byteOrderMark, 0), (" \u{FEFF}{}", .unexpectedCharacter, 1),
        ("{}\u{FEFF}", .trailingText, 2),
    ]

    @Test("is refused with its code, at its place", arguments: Self.texts)
    func refuses(_ text: String, _ code: JSONError.Code, _ offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text.utf8) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
        #expect(throws: JSONError(code)) { try JSONDocument(parsing: Array(text.utf8)) }
    }

    @Test(
        "is not repeated by the error",
        arguments: [
            "secret", "[\"secret\" secret]", "{\"secret\":1,\"secret\":2}", "\"secret", "\"\\secret\"", "[1]secret",
            "{\"secret\"}", "1secret",
        ])
    func doesNotEcho(_ text: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text.utf8) }
        #expect(error.map { "\($0) \($0.message) \(String(reflecting: $0))" }?.contains("secret") == false)
    }

    @Test(
        "in UTF-16 and UTF-32 is refused",
        arguments: [
            [0x5B, 0x00, 0x5D, 0x00], [0x00, 0x5B, 0x00, 0x5D], [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00],
            [0xFE, 0xFF, 0x00, 0x5B, 0x00, 0x5D],
            [0x5B, 0x00, 0x00, 0x00, 0x5D, 0x00, 0x00, 0x00], [0x31, 0x00],
        ] as [[UInt8]])
    func refusesOtherEncodings(_ bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    }

    @Test("says in a readable way what is wrong and where")
    func describesErrors() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "[1,]".utf8) }
        #expect(error?.description == "a comma is followed by no value at byte 3")
        #expect(error?.code.description == "trailingComma")
    }
}
