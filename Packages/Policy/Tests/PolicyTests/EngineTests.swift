import Identity
@testable import Policy
import StrictJSON
import Testing

@Suite("Decisions")
struct EngineTests {
    @Test("go by role, environment, trust, organisation and server")
    func selectors() throws {
        let engine = try makeEngine(
            rules: """
                  - name: all-named
                    tools: [t]
                    servers: ["files-*"]
                    roles: [reader]
                    environments: [prod]
                    organisations: [acme]
                    trust_level_min: 2
                    trust_level_max: 3
                    decision: ALLOW
                """)
        func verdict(
            _ role: String? = "reader", _ environment: String? = "prod", trust: Int = 2, organisation: String = "acme",
            server: String = "files-1", tool: String = "t"
        ) -> PolicyVerdict {
            engine.decide(
                call(tool, by: caller(role, environment, trust: trust, organisation: organisation), on: server)
            ).verdict
        }
        #expect(verdict() == .allow)
        #expect(verdict(trust: 3) == .allow)
        for denied in [
            verdict("other"), verdict(nil), verdict("reader", "dev"), verdict("reader", nil), verdict(trust: 1),
            verdict(trust: 4),
            verdict(organisation: "Acme"), verdict(server: "files"), verdict(tool: "T"),
        ] {
            #expect(denied == .deny)
        }
    }

    @Test("take the rule of highest priority, of equal ones the first in the file")
    func order() throws {
        let engine = try makeEngine(
            rules: """
                  - {name: low, tools: [t, u], roles: [x], decision: ALLOW}
                  - {name: first, tools: [t], roles: [x], priority: 5, decision: SANITIZE_AND_ALLOW}
                  - {name: second, tools: ["t*"], roles: [x], priority: 5, decision: DENY}
                """)
        #expect(engine.decide(call("t", by: caller("x"))).rule == "first")
        #expect(engine.decide(call("tt", by: caller("x"))).rule == "second")
        #expect(engine.decide(call("u", by: caller("x"))).rule == "low")
        #expect(engine.decide(call("u", by: caller("y"))).rule == "catch-all-deny")
    }

    @Test("deny everything when there are no rules, and what an empty list allows")
    func empty() throws {
        #expect(try makeEngine("name: a").decide(call("t")).rule == "catch-all-deny")
        #expect(try makeEngine("name: a\nrules: []").decide(call("t")).verdict == .deny)
        for constraint in [
            "path: {allowed_prefixes: []}", "sql: {allowed_statements: []}", "sql: {allowed_functions: []}",
            "url: {allowed_domains: []}",
            "at: {/x: {text: {allowed_values: []}}}", "at: {/x: {text: {allowed_patterns: []}}}",
        ] {
            let engine = try makeEngine(rules: "  - {name: a, tools: [t], decision: ALLOW, constraints: {\(constraint)}}")
            let arguments: JSONObject = [
                "path": "/data/x", "query": "SELECT count(*) FROM t", "url": "https://a.example/", "x": "a",
            ]
            #expect(engine.decide(call("t", arguments)).verdict == .deny, "\(constraint)")
        }
    }

    @Test("are explained rule by rule")
    func explained() throws {
        let engine = try makeEngine(
            rules: """
                  - {name: other-tool, tools: [u], priority: 9, decision: ALLOW}
                  - {name: other-role, tools: [t], roles: [x], priority: 8, decision: ALLOW}
                  - {name: other-path, tools: [t], priority: 7, decision: ALLOW, constraints: {path: {allowed_prefixes: [/data/]}}}
                  - {name: watched, tools: [t], priority: 6, decision: APPROVAL_REQUIRED, shadow: true}
                  - {name: agree, tools: [t], roles: [developer], priority: 5, decision: ALLOW}
                  - {name: rest, tools: ["*"], decision: DENY}
                """)
        let subject = call("t", ["path": "/etc/x"])
        let explanation = engine.explain(subject)
        #expect(explanation.decision == engine.decide(subject))
        #expect(explanation.decision.rule == "agree")
        let rules = explanation.steps.filter { $0.priority != nil }
        #expect(rules.map(\.name) == ["other-tool", "other-role", "other-path", "watched", "agree", "rest"])
        #expect(
            rules.map(\.outcome) == [
                .skipped("the tool is another"), .skipped("the caller's role is another"),
                .skipped("the value at /path is outside of the allowed prefixes"), .matched, .matched, .notReached,
            ])
        #expect(
            explanation.steps.filter { $0.priority == nil }.map(\.name) == [
                "invalid-tool-name", "global-deny-tools", "global-deny-argument-patterns", "tool-schema",
            ])
        #expect(engine.explain(call("no tool")).steps.first?.outcome == .matched)
        // No value of an argument is told.
        let canary = "canary-value-4711"
        let texts = engine.explain(call("t", ["path": .string("/\(canary)"), "note": .string(canary)])).steps.map {
            "\($0.outcome)"
        }
        #expect(!texts.contains { $0.contains(canary) })
    }

    @Test("tell shadow rules that would have decided, and are not changed by them")
    func shadows() throws {
        let engine = try makeEngine(
            rules: """
                  - {name: soon, tools: [t], priority: 9, decision: DENY, shadow: true}
                  - {name: costly, tools: [t], priority: 8, decision: DENY, roles: [other], shadow: true}
                  - {name: now, tools: [t], roles: [developer], priority: 5, decision: ALLOW}
                  - {name: late, tools: [t], roles: [developer, x], priority: 1, decision: DENY, shadow: true}
                """)
        let decision = engine.decide(call("t"))
        #expect(decision.verdict == .allow)
        #expect(decision.shadows == [ShadowMatch(rule: "soon", verdict: .deny)])
        #expect(engine.decide(call("t", by: caller("x"))).shadows.map(\.rule) == ["soon", "late"])
    }

    @Test("become stricter and never milder when what is sent is judged again")
    func recheck() throws {
        let engine = try makeEngine(
            rules: """
                  - {name: ask, tools: [t], priority: 9, decision: APPROVAL_REQUIRED, constraints: {path: {allowed_prefixes: [/ask/]}}}
                  - {name: go, tools: [t], priority: 5, decision: ALLOW, constraints: {path: {allowed_prefixes: [/go/]}}}
                """)
        let ask = engine.decide(call("t", ["path": "/ask/a"]))
        let go = engine.decide(call("t", ["path": "/go/a"]))
        #expect(engine.recheck(ask, with: call("t", ["path": "/go/a"])) == ask)
        #expect(engine.recheck(go, with: call("t", ["path": "/ask/a"])).rule == "ask")
        #expect(engine.recheck(go, with: call("t", ["path": "/no/a"])).verdict == .deny)
        #expect(engine.recheck(go, with: call("t", ["path": "/go/b"])) == go)
    }

    @Test("are explained as they are made: by what will be sent, where that is judged more strictly")
    func explainsWhatIsSent() throws {
        let engine = try makeEngine(
            rules: """
                  - name: ask
                    tools: [t]
                    priority: 9
                    decision: APPROVAL_REQUIRED
                    constraints: {at: {/text: {text: {allowed_patterns: ['.*REDACTED.*']}}}}
                  - {name: go, tools: [t], priority: 5, decision: ALLOW}
                """)
        let sanitizer = try ArgumentSanitizer()
        func explanation(_ text: String) -> PolicyExplanation {
            let received = call("t", ["text": .string(text)])
            return engine.explain(received, sanitized: sanitizer.sanitized(received.arguments))
        }
        #expect(engine.explain(call("t", ["text": "ada@corp.example"])).decision.rule == "go")
        #expect(explanation("ada@corp.example").decision.rule == "ask")
        #expect(explanation("ada@corp.example").steps.first { $0.name == "ask" }?.outcome == .matched)
        #expect(explanation("nobody").decision.rule == "go")
    }

    @Test("can be foreseen for a list of tools")
    func reach() throws {
        let engine = try makeEngine(
            """
            name: a
            global_deny: {tools: ["shell.*"]}
            rules:
              - {name: stop, tools: [u], priority: 9, decision: DENY}
              - {name: ask, tools: [t], priority: 8, roles: [developer], decision: APPROVAL_REQUIRED}
              - {name: go, tools: ["*"], priority: 5, decision: ALLOW, constraints: {arguments: {max_arg_length: 10}}}
            """)
        func reach(_ tool: String, _ role: String = "developer") -> ToolReach {
            engine.reach(of: tool, on: "s", by: caller(role))
        }
        #expect(reach("u") == ToolReach(verdict: .deny, rule: "stop", isConditional: false))
        #expect(reach("t") == ToolReach(verdict: .approvalRequired, rule: "ask", isConditional: false))
        #expect(reach("t", "x") == ToolReach(verdict: .allow, rule: "go", isConditional: true))
        #expect(reach("shell.x").rule == "global-deny-tools")
    }

    @Test("do not depend on the order of members")
    func keyOrder() throws {
        let engine = try makeEngine(
            """
            name: a
            global_deny: {argument_patterns: [{pattern: one, label: first}, {pattern: two, label: second}]}
            rules: [{name: go, tools: ["*"], decision: ALLOW}]
            """)
        let left = engine.decide(call("t", ["a": "two", "b": "one"]))
        let right = engine.decide(call("t", ["b": "one", "a": "two"]))
        #expect(left == right)
        #expect(left.rationale.contains("'first'"))
    }
}
