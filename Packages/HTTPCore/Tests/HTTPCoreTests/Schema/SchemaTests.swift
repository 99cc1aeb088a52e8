import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@testable import HTTPCore

@Suite("Schema")
struct SchemaTests {
    struct Row: Sendable {
        let schema: Schema
        let input: String
        /// The normal form, or the kind of the violation behind `!`.
        let expected: String

        init(_ schema: Schema, _ input: String, _ expected: String) {
            self.schema = schema
            self.input = input
            self.expected = expected
        }
    }

    static let uuid = "123e4567-e89b-12d3-a456-426614174000"
    static let rows: [Row] = [
        Row(.string(), "\"x\"", "\"x\""), Row(.string(), "5", "!string_type"), Row(.string(), "null", "!string_type"),
        Row(.string(minimum: 1), "\"\"", "!string_too_short"), Row(.string(maximum: 2), "\"abc\"", "!string_too_long"),
        // Scalars are counted: a family of seven scalars, a letter with a combining accent.
        Row(.string(maximum: 7), "\"👨‍👩‍👧‍👦\"", "\"👨‍👩‍👧‍👦\""), Row(.string(maximum: 6), "\"👨‍👩‍👧‍👦\"", "!string_too_long"),
        Row(.string(minimum: 2), "\"e\\u0301\"", "\"e\u{301}\""), Row(.string(maximum: 1), "\"e\\u0301\"", "!string_too_long"),
        Row(.integer(), "5", "5"), Row(.integer(), "\"5\"", "5"), Row(.integer(), "5.0", "5"), Row(.integer(), "5e0", "5"),
        Row(.integer(), "\"-7\"", "-7"), Row(.integer(), "5.5", "!int_from_float"), Row(.integer(), "\"5.5\"", "!int_parsing"),
        Row(.integer(), "\"\"", "!int_parsing"), Row(.integer(), "true", "!int_type"), Row(.integer(), "[]", "!int_type"),
        Row(.integer(), "9223372036854775807", "9223372036854775807"),
        Row(.integer(), "9223372036854775808", "!int_parsing_size"),
        Row(.integer(1...5), "0", "!greater_than_equal"), Row(.integer(1...5), "6", "!less_than_equal"),
        Row(.integer(1...5), "5", "5"),
        Row(.number, "1.5", "1.5"), Row(.number, "\"1.5\"", "1.5"), Row(.number, "\"x\"", "!float_parsing"),
        Row(.number, "true", "!float_type"), Row(.number, "\"NaN\"", "!float_parsing"),
        Row(.boolean, "true", "true"), Row(.boolean, "\"False\"", "false"), Row(.boolean, "\"on\"", "true"),
        Row(.boolean, "\"2\"", "!bool_parsing"), Row(.boolean, "1", "!bool_type"), Row(.boolean, "null", "!bool_type"),
        Row(.array(of: .integer()), "[1,\"2\"]", "[1,2]"), Row(.array(of: .integer()), "{}", "!list_type"),
        Row(.array(of: .integer(), maximum: 1), "[1,2]", "!too_long"), Row(.array(of: .integer()), "[[]]", "!int_type"),
        Row(.map(), "{\"b\":1,\"a\":[null]}", "{\"b\":1,\"a\":[null]}"), Row(.map(), "[]", "!dict_type"),
        Row(.map(maximumSerialised: 7), "{\"a\":1}", "{\"a\":1}"),
        Row(.map(maximumSerialised: 10), "{\"é\":\"👨\"}", "{\"é\":\"👨\"}"),
        Row(.map(maximumSerialised: 6), "{\"a\":1}", "!dict_too_long"),
        Row(.choice(["up", "down"]), "\"up\"", "\"up\""), Row(.choice(["up", "down"]), "\"Up\"", "!literal_error"),
        Row(.choice(["é"]), "\"e\\u0301\"", "!literal_error"), Row(.choice(["up"]), "1", "!string_type"),
        Row(.string(format: .uuid), "\"\(uuid)\"", "\"\(uuid)\""),
        Row(.string(format: .uuid), "\"123E4567E89B12D3A456426614174000\"", "\"\(uuid)\""),
        Row(.string(format: .uuid), "\"urn:uuid:\(uuid)\"", "\"\(uuid)\""),
        Row(.string(format: .uuid), "\"123e4567-e89b-12d3-a456-42661417400\"", "!uuid_parsing"),
        Row(.string(format: .uuid), "\"123e4567-e89b-12d3-a456-42661417400g\"", "!uuid_parsing"),
        Row(.string(format: .uuid), "\"123e4567e-89b-12d3-a456-426614174000\"", "!uuid_parsing"),
        Row(.string(format: .uuid), "\"\(uuid)0\"", "!uuid_parsing"), Row(.string(format: .uuid), "7", "!string_type"),
        Row(.string().nullable, "null", "null"), Row(.integer(1...2).nullable, "3", "!less_than_equal"),
        Row(.array(of: .string().nullable), "[null]", "[null]"),
        Row(.object([]), "{\"x\":1}", "{}"), Row(.object([]), "null", "!model_attributes_type"),
        Row(.object([.required("a", .integer())]), "{\"b\":2,\"a\":\"1\"}", "{\"a\":1}"),
        Row(.object([.required("a", .integer())]), "{}", "!missing"),
        Row(.object([.required("a", .string().nullable)]), "{}", "!missing"),
        Row(.object([.optional("a", .string())]), "{}", "{}"),
        Row(.object([.optional("a", .string())]), "{\"a\":null}", "!string_type"),
        Row(.object([.optional("a", .integer(), default: 7)]), "{}", "{\"a\":7}"),
        Row(.object([.optional("a", .integer(), default: 7)]), "{\"a\":8}", "{\"a\":8}"),
    ]

    @Test("accepts and normalises, or names the rule", arguments: rows)
    func row(_ row: Row) throws {
        let value = try JSONValue(parsing: Array(row.input.utf8))
        var violations: [Violation] = []
        var location: [Violation.Step] = [.name("body")]
        let normal = row.schema.normalised(value, at: &location, into: &violations)
        #expect(location == [.name("body")])
        #expect((violations.first.map { "!\($0.type)" } ?? normal.description) == row.expected, "\(row.input)")
        #expect(violations.count < 2)
    }

    @Test("does not list the violations of a long list without end")
    func boundedViolations() {
        let value = JSONValue.array([JSONValue](repeating: .array([1, 2, 3]), count: 10_000))
        var violations: [Violation] = []
        var location: [Violation.Step] = [.name("body")]
        _ = Schema.array(of: .array(of: .string())).normalised(value, at: &location, into: &violations)
        #expect(violations.count == Schema.maximumViolations)
    }

    @Test("lists all violations with their places and sentences")
    func allViolations() async throws {
        let schema = Schema.object([
            .required("title", .string(minimum: 1, maximum: 500)),
            .required("tags", .array(of: .string(maximum: 3))),
            .required("vote", .choice(["up", "down"])),
            .required("nested", .object([.required("deep", .array(of: .object([.required("n", .integer())])))])),
        ])
        let service = try Fixture([
            Operation(.post, "/x", id: "x", summary: "", tag: "", access: .anyone, body: .json(schema)) { _ in .empty() }
        ]).service
        let answer = try await service.answer(
            .post, "/x",
            json: ["title": "", "tags": ["abcd", "ok", 5], "vote": "left", "nested": ["deep": [["n": 1], ["n": "x"]]]])
        #expect(answer.status == .unprocessableContent)
        #expect(
            try answer.json["errors"] == [
                ["loc": ["body", "title"], "msg": "String should have at least 1 character", "type": "string_too_short"],
                ["loc": ["body", "tags", 0], "msg": "String should have at most 3 characters", "type": "string_too_long"],
                ["loc": ["body", "tags", 2], "msg": "Input should be a valid string", "type": "string_type"],
                ["loc": ["body", "vote"], "msg": "Input should be 'up' or 'down'", "type": "literal_error"],
                [
                    "loc": ["body", "nested", "deep", 1, "n"],
                    "msg": "Input should be a valid integer, unable to parse string as an integer", "type": "int_parsing",
                ],
            ])
        #expect(try answer.text("detail")?.hasPrefix("title: String should have at least 1 character; tags.0: String") == true)
    }
}
