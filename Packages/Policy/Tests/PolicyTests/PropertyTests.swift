import Policy
import StrictJSON
import TestKit
import Testing

@Suite("Properties of random policies and calls")
struct PropertyTests {
    struct Writer {
        var generator: SeededGenerator
        let tools = ["fs.read", "fs.write", "db.query", "db.delete_all", "web.get"]
        let globs = ["fs.read", "fs.*", "*", "db.*", "?b.query", "[fw]*"]
        let roles = ["a", "b", "c"]
        let environments = ["dev", "prod"]

        mutating func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: 0..<elements.count, using: &self.generator)]
        }
        mutating func chance(_ part: Int) -> Bool { Int.random(in: 0..<part, using: &self.generator) == 0 }

        mutating func rule(_ number: Int, verdict: String? = nil) -> String {
            let verdict = verdict ?? self.pick(["ALLOW", "ALLOW", "APPROVAL_REQUIRED", "SANITIZE_AND_ALLOW", "DENY"])
            var fields = [
                "name: r\(number)", "tools: [\"\(self.pick(self.globs))\"]", "decision: \(verdict)",
                "priority: \(Int.random(in: 0...9, using: &self.generator))",
            ]
            if !self.chance(3) { fields.append("roles: [\(self.pick(self.roles)), \(self.pick(self.roles))]") }
            if self.chance(2) { fields.append("environments: [\(self.pick(self.environments))]") }
            if self.chance(3) { fields.append("trust_level_min: \(Int.random(in: 0...4, using: &self.generator))") }
            if verdict != "DENY", !self.chance(3) {
                fields.append(
                    "constraints: {"
                        + self.pick([
                            "path: {allowed_prefixes: [/data/]}", "path: {allowed_prefixes: [/data/x/, /tmp/], max_depth: 3}",
                            "sql: {allowed_statements: [SELECT]}", "url: {block_private_ips: true}",
                            "arguments: {max_arg_length: 60}", "arguments: {denied_patterns: [{field: \"*\", pattern: bad}]}",
                            "at: {/n: {number: {minimum: 0, maximum: 5}}}",
                            "at: {/list/*: {text: {max_length: 3}}}",
                        ]) + "}")
            }
            return "  - {\(fields.joined(separator: ", "))}\n"
        }

        mutating func call() -> ToolCall {
            var members: [(String, JSONValue)] = []
            if !self.chance(3) {
                members.append(
                    ("path", self.pick(["/data/a", "/data/x/b", "/tmp/c", "/etc/passwd", "/data/../x", 5, ["/data/a"]])))
            }
            if self.chance(2) {
                members.append(("query", self.pick(["SELECT 1", "DELETE FROM t", "SELECT 'open", "SELECT 1; SELECT 2"])))
            }
            if self.chance(2) { members.append(("url", self.pick(["http://a.example/", "http://127.1/", "x"]))) }
            if self.chance(2) { members.append(("n", self.pick([1, 9, 2.5, true, "1"]))) }
            if self.chance(2) { members.append(("list", self.pick([["ab"], ["abcd"], [], "ab"]))) }
            if self.chance(3) { members.append(("note", self.pick(["good", "bad", "b\u{200B}ad", "%62ad"]))) }
            members.shuffle(using: &self.generator)
            let subject = caller(
                self.pick(self.roles), self.pick(self.environments), trust: Int.random(in: 0...4, using: &self.generator))
            return PolicyTests.call(self.pick(self.tools), JSONObject(members), by: subject)
        }
    }

    /// Parses a policy; nil when rules hide each other, which is a fault of its own.
    func load(_ rules: [String]) -> PolicyEngine? {
        try? makeEngine("name: random\nglobal_deny: {tools: [\"*.delete_all\"]}\nrules:\n" + rules.joined())
    }

    @Test("adding a rule that denies never widens what is allowed")
    func denialNarrows() throws {
        var writer = Writer(generator: SeededGenerator(seed: TestRun.seed))
        var compared = 0
        for _ in 0..<TestRun.count(200, long: 5_000) {
            var rules = (0..<Int.random(in: 1...6, using: &writer.generator)).map { writer.rule($0) }
            guard let before = self.load(rules) else { continue }
            rules.insert(writer.rule(99, verdict: "DENY"), at: Int.random(in: 0...rules.count, using: &writer.generator))
            guard let after = self.load(rules) else { continue }
            for _ in 0..<20 {
                let call = writer.call()
                let (left, right) = (before.decide(call), after.decide(call))
                #expect(right.verdict >= left.verdict, "\(rules.joined()) \(JSONValue.object(call.arguments))")
                #expect(right.verdict == left.verdict || right.rule == "r99")
                compared += 1
            }
        }
        #expect(compared > 500)
    }

    @Test("a decision is the same each time, explained or not, and whatever the order of members")
    func deterministic() throws {
        var writer = Writer(generator: SeededGenerator(seed: TestRun.seed &+ 1))
        for _ in 0..<TestRun.count(100, long: 3_000) {
            let rules = (0..<Int.random(in: 1...6, using: &writer.generator)).map { writer.rule($0) }
            guard let engine = self.load(rules) else { continue }
            for _ in 0..<20 {
                let call = writer.call()
                let decision = engine.decide(call)
                #expect(engine.explain(call).decision == decision)
                let shuffled = call.with(
                    arguments: JSONObject(call.arguments.map { ($0.key, $0.value) }.shuffled(using: &writer.generator)))
                #expect(engine.decide(shuffled) == decision)
                #expect(JSONValue.object(shuffled.arguments).sortedBytes() == JSONValue.object(call.arguments).sortedBytes())
                let reach = engine.reach(of: call.tool, on: call.server, by: call.caller)
                #expect(decision.verdict >= reach.verdict)
            }
        }
    }

    @Test("garbage for a policy is refused without a crash")
    func garbage() {
        var generator = SeededGenerator(seed: TestRun.seed &+ 2)
        let parts = [
            "name: a", "rules:", "\n", "  ", "- ", "{", "}", "[", "]", ": ", "\"", "'", "tools", "decision: DENY", "constraints",
            "path", "&a", "*a", "<<", "|", ">", "#", "%", "!", "é", "\t", "?", "extends: x.yaml", "0", "~",
            "output_rules:", "global_deny", "pattern: (a+)+", "tool_schemas", ",",
        ]
        for _ in 0..<TestRun.count(2_000, long: 100_000) {
            let text = (0..<Int.random(in: 0...40, using: &generator)).map { _ in parts.randomElement(using: &generator) ?? "" }
                .joined()
            _ = problems(text)
        }
    }
}
