import StrictJSON
import Testing

@Suite("Values")
struct JSONValueTests {
    let value: JSONValue = [
        "text": "five", "whole": 5, "part": 0.5, "flag": true, "nothing": nil, "list": [1, "two", [3]],
        "object": ["inner": ["deep": "yes"]],
    ]

    @Test("answer with what they are, and with nothing else")
    func answersByKind() {
        #expect(self.value["text"]?.stringValue == "five")
        #expect(self.value["whole"]?.intValue == 5)
        #expect(self.value["part"]?.doubleValue == 0.5)
        #expect(self.value["flag"]?.boolValue == true)
        #expect(self.value["nothing"]?.isNull == true)
        #expect(self.value["list"]?.arrayValue?.count == 3)
        #expect(self.value["object"]?.objectValue?.count == 1)
        #expect(self.value["object"]?["inner"]?["deep"] == "yes")
        #expect(self.value["list"]?[2]?[0] == 3)
        for key in ["whole", "part", "flag", "nothing", "list", "object"] { #expect(self.value[key]?.stringValue == nil) }
        for key in ["text", "part", "flag", "nothing", "list", "object"] { #expect(self.value[key]?.int64Value == nil) }
        for key in ["text", "whole", "part", "nothing", "list", "object"] { #expect(self.value[key]?.boolValue == nil) }
    }

    @Test("answer nil for members and elements that are not there", arguments: [-1, 3, Int.max, Int.min])
    func answersNilOutside(_ index: Int) {
        #expect(self.value["list"]?[index] == nil)
        #expect(self.value["absent"] == nil)
        #expect(self.value[0] == nil)
        #expect(self.value["text"]?["x"] == nil)
        #expect(self.value["list"]?["0"] == nil)
    }

    @Test(
        "name their kinds",
        arguments: zip(
            ["null", "true", "1", "1.0", "\"\"", "[]", "{}"],
            ["null", "boolean", "integer", "float", "string", "array", "object"]))
    func namesKinds(_ text: String, _ kind: String) throws {
        #expect(try JSONValue(parsing: text.utf8).kind.rawValue == kind)
    }

    @Test("are built from literals, and from what may be nil")
    func buildsValues() {
        let absent: String? = nil
        let id: UInt64 = .max
        let response: JSONValue = [
            "id": .integer(id), "name": "caller \(1 + 1)", "score": .float(0.25), "note": .string(orNull: absent),
            "tags": ["a", "b"],
            "count": .integer(orNull: Int?.none), "limit": .integer(orNull: 20), "ratio": .float(orNull: nil),
            "active": .bool(orNull: true),
            "broken": .float(.nan), "endless": .float(-.infinity), "literal": 1.5,
        ]
        let expected =
            #"{"id":18446744073709551615,"name":"caller 2","score":0.25,"note":null,"tags":["a","b"],"count":null,"limit":20,"#
            + #""ratio":null,"active":true,"broken":null,"endless":null,"literal":1.5}"#
        #expect(response.description == expected)
    }

    @Test(
        "are compared strictly",
        arguments: [
            ("1", "\"1\""), ("1", "true"), ("0", "false"), ("0", "null"), ("\"\"", "null"), ("[]", "{}"), ("[1]", "[1,1]"),
            ("[1,2]", "[2,1]"),
            ("{}", "{\"a\":null}"), ("{\"a\":1}", "{\"a\":2}"), ("{\"a\":1}", "{\"b\":1}"), ("\"é\"", "\"e\\u0301\""),
            ("\"a\"", "\"A\""), ("1", "1.0"),
        ])
    func tellsValuesApart(_ left: String, _ right: String) throws {
        #expect(try JSONValue(parsing: left.utf8) != JSONValue(parsing: right.utf8))
    }

    @Test("that are equal hash alike, so that they can be keys")
    func hashesEqualValuesAlike() throws {
        let texts = ["{\"a\":[1,2.50],\"b\":\"é\"}", "{ \"b\" : \"\\u00e9\", \"a\" : [1, 25e-1] }"]
        #expect(Set(try texts.map { try JSONValue(parsing: $0.utf8) }).count == 1)
    }
}
