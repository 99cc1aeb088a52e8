import Policy
import StrictJSON
import Testing

/// The weaknesses H10 to H14 of an older gateway, each as a test that fails where it is present.
@Suite("Weaknesses that must not come back")
struct WeaknessTests {
    @Test("H10: a denial cannot be turned into its opposite by constraints")
    func h10Refused() {
        let found = problems(
            """
            name: test
            rules:
              - name: deny-secret
                tools: [fs.read]
                decision: DENY
                constraints:
                  path: {allowed_prefixes: [/secret/]}
            """)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("7:7: rule \"deny-secret\" denies and has constraints") == true)
    }

    @Test("H10: a denial holds for all that its selectors match, whatever the arguments")
    func h10Holds() throws {
        let engine = try makeEngine(
            rules: """
                  - {name: stop, tools: [fs.*], priority: 9, decision: DENY}
                  - {name: go, tools: ["*"], decision: ALLOW}
                """)
        for arguments: JSONObject in [[:], ["path": "/a"], ["path": ["/a"]], ["path": .null]] {
            #expect(engine.decide(call("fs.read", arguments)).rule == "stop")
        }
        #expect(engine.decide(call("db.read")).rule == "go")
    }

    @Test("H10: a question without an answer denies, and does not skip to a wider rule")
    func h10NoAnswer() throws {
        let engine = try makeEngine(
            rules: """
                  - name: narrow
                    tools: [t]
                    priority: 9
                    decision: ALLOW
                    constraints:
                      arguments: {denied_patterns: [{field: "*", pattern: '(?:a|ab)*(?:b|ba)*(?:a|aab)*c', label: costly}]}
                  - {name: wide, tools: ["*"], decision: ALLOW}
                """)
        #expect(engine.decide(call("t", ["x": "harmless"])).rule == "narrow")
        let costly = String(repeating: "ab", count: 40_000) + "c"
        let decision = engine.decide(call("t", ["x": .string(String(costly.dropLast()) + "d c")]))
        #expect(decision.verdict == .deny)
        #expect(decision.rule == "evaluation-error")
    }

    @Test(
        "H11: what is no string at its place does not meet a constraint",
        arguments: [
            ["path": ["/data/a"]], ["path": ["$ref": "/data/a"]], ["path": .null], ["path": 5], ["path": true],
            ["Path": "/data/a"], ["file": "/data/a"],
            ["path ": "/data/a"], [:], ["path": "/data/a", "Path": "/etc/hosts"],
            ["path": "/data/a", "p\u{430}th": "/etc/hosts"],
            ["nested": ["path": "/data/a"]],
        ] as [JSONObject])
    func h11(_ arguments: JSONObject) throws {
        let engine = try makeEngine(
            rules: """
                  - name: data
                    tools: [fs.read]
                    decision: ALLOW
                    constraints: {path: {allowed_prefixes: [/data/]}}
                """)
        #expect(engine.decide(call("fs.read", ["path": "/data/a"])).verdict == .allow)
        #expect(engine.decide(call("fs.read", arguments)).rule == "catch-all-deny")
    }

    @Test(
        "H12: a name with a separator or anything hidden in it is no tool",
        arguments: [
            "fs.read/../../admin/exec", "fs.read%2f..", "fs.read\u{200B}", "ｆs.read", "fs.re\u{430}d", "fs.read ", "", ".", "..",
            "fs.read\n",
            String(repeating: "a", count: 129),
        ])
    func h12(_ tool: String) throws {
        let engine = try makeEngine(rules: "  - {name: all, tools: [\"*\"], decision: ALLOW}")
        #expect(engine.decide(call(tool)).rule == "invalid-tool-name")
        #expect(!ToolName.isValid(tool))
        #expect(engine.decide(call("fs.read")).rule == "all")
        #expect(engine.reach(of: tool, on: "files", by: caller("admin")).verdict == .deny)
    }

    @Test("H13: sanitising goes on to the end, whatever it has found first")
    func h13() throws {
        let sanitizer = try ArgumentSanitizer()
        let clean = sanitizer.sanitized([
            "note": "a@b.co 123-45-6789", "deep": ["p": ["..././x", "%2E%2e%2F%2e%2e%2%2e%2e%2ff"]],
        ])
        #expect(clean.arguments["note"] == "[REDACTED_EMAIL] [REDACTED_SSN]")
        #expect(clean.flags.filter { $0.pointer == "/note" }.map(\.reason) == [.email, .socialSecurity])
        #expect(clean.arguments["deep"]?["p"]?[0] == "x")
        let again = sanitizer.sanitized(clean.arguments)
        #expect(again.flags.isEmpty)
        #expect(again.arguments == clean.arguments)
    }

    @Test(
        "H14: an address is an address in every spelling, and a prefix ends at a separator",
        arguments: ["2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "localhost.", "[64:ff9b::7f00:1]"])
    func h14(_ host: String) throws {
        let engine = try makeEngine(
            rules: """
                  - name: web
                    tools: [web.fetch]
                    decision: ALLOW
                    constraints: {url: {block_private_ips: true}}
                  - name: data
                    tools: [fs.read]
                    decision: ALLOW
                    constraints: {path: {allowed_prefixes: [/data]}}
                """)
        #expect(engine.decide(call("web.fetch", ["url": "http://public.example/"])).verdict == .allow)
        #expect(engine.decide(call("web.fetch", ["url": .string("http://\(host)/")])).verdict == .deny)
        #expect(engine.decide(call("fs.read", ["path": "/data/x"])).verdict == .allow)
        #expect(engine.decide(call("fs.read", ["path": "/data"])).verdict == .allow)
        #expect(engine.decide(call("fs.read", ["path": "/data-evil/x"])).verdict == .deny)
        #expect(engine.decide(call("fs.read", ["path": "/database"])).verdict == .deny)
    }
}
