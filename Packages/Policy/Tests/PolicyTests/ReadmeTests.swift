import Identity
import Policy
import StrictJSON
import Testing

@Suite("README example")
struct ReadmeTests {
    @Test("does what it says")
    func example() throws {
        let text = """
            name: example
            rules:
              - name: read-data
                description: Files of data
                tools: [fs.read]
                roles: [developer]
                decision: ALLOW
                constraints:
                  path: {allowed_prefixes: [/data/]}
            """
        let policy = try PolicyLoader(PolicyTexts(["example.yaml": text])).load("example.yaml")
        let engine = PolicyEngine(policy)
        let developer = Caller(id: CallerID(unchecked: "dev-agent"), kind: .gatewayCaller, role: .developer)

        let call = ToolCall(server: "files", tool: "fs.read", arguments: ["path": "/data/report.csv"], caller: developer)
        #expect(engine.decide(call).verdict == .allow)
        #expect(engine.decide(call).rationale == "Matched rule 'read-data' (priority=0): Files of data")
        #expect(engine.decide(call.with(arguments: ["path": "/data/%2e%2e/etc/hosts"])).rule == "catch-all-deny")
    }
}
