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
    }
}
