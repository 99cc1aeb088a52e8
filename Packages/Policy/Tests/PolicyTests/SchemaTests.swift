import Policy
import StrictJSON
import Testing

@Suite("Schemas of tools")
struct SchemaTests {
    static let text = """
        name: a
        tool_schemas:
          t:
            required: [a, b]
            additional_properties: false
            properties:
              a: {type: string, minLength: 2, maxLength: 3, pattern: '[a-z]+'}
              b: {type: integer, minimum: 1, maximum: 9}
              c: {type: number, enum: [1, 1.5, 2]}
              d: {type: boolean}
              e: {type: array}
              f: {type: object}
              g: {enum: [x, "1", true]}
              token: {type: string, sensitive: true}
              "k/ey": {type: string, sensitive: true}
          open: {required: [a]}
        rules: [{name: all, tools: ["*"], decision: ALLOW}]
        """

    @Test(
        "tell every fault",
        arguments: [
            (["a": "xy", "b": 1], []), ([:], ["'a' is required", "'b' is required"]),
            (["a": 1, "b": "1"], ["'a' must be of type string", "'b' must be of type integer"]),
            (["a": "xyzw", "b": 10], ["'a' has more than 3 characters", "'b' is more than 9"]),
            (["a": "x", "b": 0], ["'a' has fewer than 2 characters", "'b' is less than 1"]),
            (["a": "x1", "b": 1], ["'a' does not match the pattern of the schema"]),
            (["a": "xy\n", "b": 1], ["'a' does not match the pattern of the schema"]),
            (["a": "xy", "b": true], []), (["a": "xy", "b": false], ["'b' is less than 1"]),
            (["a": "xy", "b": 1.5], ["'b' must be of type integer"]),
            (["a": "xy", "b": 1, "c": 3], ["'c' is none of the allowed values"]),
            (["a": "xy", "b": 1, "d": 1], ["'d' must be of type boolean"]),
            (["a": "xy", "b": 1, "e": [:]], ["'e' must be of type array"]),
            (["a": "xy", "b": 1, "f": []], ["'f' must be of type object"]),
            (["a": "xy", "b": 1, "g": 1], ["'g' is none of the allowed values"]), (["a": "xy", "b": 1, "g": true], []),
            (["a": "xy", "b": 1, "z": 1, "A": 2], ["'A' is not known to the tool", "'z' is not known to the tool"]),
            (["a": "xy", "b": 1, "\u{202E}x\n": 1], ["'?x?' is not known to the tool"]),
            (["a": .null, "b": 1], ["'a' must be of type string"]),
            (["a": "äöü", "b": 1], ["'a' does not match the pattern of the schema"]),
        ] as [(JSONObject, [String])])
    func violations(_ arguments: JSONObject, _ expected: [String]) throws {
        let engine = try makeEngine(Self.text)
        #expect(try engine.violations(of: call("t", arguments)).map(\.description) == expected)
        let decision = engine.decide(call("t", arguments))
        #expect(decision.verdict == (expected.isEmpty ? .allow : .deny))
        if !expected.isEmpty {
            // Names that the caller made up are told to the caller alone.
            let known = expected.filter { !$0.contains("is not known") }
            let unknown = expected.count - known.count
            let last = unknown == 0 ? [] : [unknown == 1 ? "an argument is not known" : "\(unknown) arguments are not known"]
            #expect(decision.rationale == "Tool schema validation failed: \((known + last).joined(separator: "; "))")
        }
    }

    @Test("take integers of any size, and no number out of range")
    func bigNumbers() throws {
        let engine = try makeEngine(Self.text)
        for text in ["9223372036854775808", String(repeating: "9", count: 4_000), "-" + String(repeating: "9", count: 400)] {
            let number = try JSONValue(parsing: Array(text.utf8))
            #expect(try engine.violations(of: call("t", ["a": "xy", "b": number])).count == 1)
        }
    }

    @Test("compare numbers digit by digit, as written and as sent")
    func exactNumbers() throws {
        let engine = try makeEngine(
            """
            name: a
            tool_schemas:
              t:
                properties:
                  max: {maximum: 9007199254740992}
                  min: {minimum: 9007199254740993}
                  tenth: {type: number, minimum: 0.1, maximum: 0.3}
                  big: {enum: [9007199254740993, 0.1, 1, 1e2, -0.0]}
            rules: [{name: all, tools: ["*"], decision: ALLOW}]
            """)
        func fits(_ name: String, _ number: String) throws -> Bool {
            let value = try JSONValue(parsing: Array(number.utf8))
            return try engine.violations(of: call("t", [name: value])).isEmpty
        }
        for (name, number, expected) in [
            ("max", "9007199254740992", true), ("max", "9007199254740993", false), ("max", "9007199254740992.5", false),
            ("max", "9007199254740992.0", true), ("max", "1e15", true), ("max", "1e16", false), ("max", "-1e300", true),
            ("min", "9007199254740993", true), ("min", "9007199254740992", false), ("min", "9007199254740994.0", true),
            // Written it fits, but what is sent is 9007199254740992.
            ("min", "9007199254740993.0", false), ("tenth", "0.1", true), ("tenth", "0.10", true), ("tenth", "1e-1", true),
            ("tenth", "0.3", true), ("tenth", "0.30000000000000000001", false), ("tenth", "0.09999999999999999999", false),
            ("tenth", "0.30000000000000004", false), ("tenth", "1e-99999", false), ("big", "9007199254740993", true),
            ("big", "9007199254740992", false), ("big", "9007199254740993.0", false), ("big", "0.1", true),
            ("big", "0.10000000000000000001", false), ("big", "1.0", true), ("big", "100", true), ("big", "10", false),
            ("big", "0", true), ("big", "0.0000000000000001e16", true),
        ] {
            #expect(try fits(name, number) == expected, "\(name) \(number)")
        }
        #expect(problems("name: a\ntool_schemas: {t: {properties: {n: {minimum: 2, maximum: 1}}}}").count == 1)
    }

    @Test("are quick in arguments and properties of any number")
    func manyNames() throws {
        let count = 20_000
        let names = (0..<count).map { "      p\($0): {}\n" }.joined()
        let engine = try makeEngine(
            "name: a\ntool_schemas:\n  t:\n    additional_properties: false\n    properties:\n\(names)rules: [{name: x, tools: [t], decision: ALLOW}]"
        )
        let arguments = JSONObject((0..<count).map { ("q\($0)", JSONValue.integer($0)) })
        #expect(engine.decide(call("t", arguments)).rule == "tool-schema")
    }

    @Test("do not bind tools without one, nor unknown arguments unless they say so")
    func open() throws {
        let engine = try makeEngine(Self.text)
        #expect(try engine.violations(of: call("other", ["x": 1])).isEmpty)
        #expect(try engine.violations(of: call("open", ["a": 1, "x": 1])).isEmpty)
        #expect(try engine.violations(of: call("open")).map(\.argument) == ["a"])
    }

    @Test("say which arguments are sensitive")
    func sensitive() throws {
        let engine = try makeEngine(Self.text)
        #expect(engine.sensitivePointers(of: "t") == ["/token", "/k~1ey"])
        #expect(engine.sensitivePointers(of: "other").isEmpty)
        let shown = engine.replacingSensitive(in: ["token": 5, "k/ey": [1], "k~1ey": 1, "a": "x"], of: "t") { "<\($0)>" }
        #expect(shown == ["token": "<5>", "k/ey": "<[1]>", "k~1ey": 1, "a": "x"])
        #expect(engine.replacingSensitive(in: ["token": 5], of: "other") { _ in "" } == ["token": 5])
    }
}
