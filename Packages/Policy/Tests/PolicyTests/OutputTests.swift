import Policy
import StrictJSON
import Testing

@Suite("Outputs")
struct OutputTests {
    func judge(_ output: JSONValue, _ environment: String = "dev", tool: String = "fs.read") throws -> OutputDecision {
        try Shipped.byDefault.get().judge(output, of: call(tool, by: caller("developer", environment)))
    }

    @Test("without a find are handed over")
    func clean() throws {
        let output: JSONValue = ["content": "hello", "rows": [[1, 2], [.null, true]]]
        let decision = try self.judge(output, "prod")
        #expect(decision.verdict == .allow)
        #expect(decision.rule == nil)
        #expect(decision.output == output)
    }

    @Test("with a private key are dropped")
    func privateKey() throws {
        let header = "-----BEGIN RSA PRIV" + "ATE KEY-----"
        let outputs: [JSONValue] = [
            .string(header), ["a": [["b": .string("x\n\(header)\nAAAA")]]], .object(JSONObject([(header, JSONValue.integer(1))])),
            ["content": [["text": .string(String(header.prefix(12)))], ["text": .string(String(header.dropFirst(12)))]]],
            .string(header.split(separator: " ").joined(separator: "\u{A0}")),
        ]
        for output in outputs {
            let decision = try self.judge(output)
            #expect(decision.verdict == .deny)
            #expect(decision.rule == "deny-private-keys")
            #expect(decision.output == nil)
        }
    }

    @Test("with personal data or words of secrets wait for a person outside of development")
    func approval() throws {
        for text in [
            "a.b@corp.test", "123-45-6789", "the password is x", "API key", "access_token", String(repeating: "a", count: 20_001),
        ] {
            let decision = try self.judge(["content": .string(text)], "prod")
            #expect(decision.verdict == .approvalRequired)
            #expect(decision.rule == "approve-sensitive-output")
            #expect(decision.output == nil)
        }
        #expect(try self.judge(["content": "the password is x"], "prod", tool: "fs.write").verdict == .allow)
        #expect(try self.judge(["content": "the password is x"], "dev").verdict == .allow)
    }

    @Test("are redacted: strings, keys, and what only another form shows")
    func redaction() throws {
        let decision = try self.judge([
            "a.b@corp.test": "x a.b@corp.test y 123-45-6789 z", "card": "4111 1111 1111 1111", "list": ["q@corp.test", 5],
            "wide": "a.b＠corp.test",
        ])
        #expect(decision.verdict == .redact)
        #expect(decision.labels == ["card", "email", "ssn"])
        #expect(
            decision.output == [
                "[REDACTED_EMAIL]": "x [REDACTED_EMAIL] y [REDACTED_SSN] z", "card": "[REDACTED_CC]",
                "list": ["[REDACTED_EMAIL]", 5],
                "wide": "[REDACTED_EMAIL]",
            ])
        let twice = try self.judge(try #require(decision.output))
        #expect(twice.verdict == .allow)
    }

    @Test("lose what stands behind a disguise where it stands, and numbers of cards that are numbers")
    func disguised() throws {
        let decision = try self.judge([
            "a": "see u=a.b%40corp.test&x=1", "b": "ask jo&#64;corp.test now", "c": "ssn １２３-45-6789 ende",
            "d": 4_111_111_111_111_111, "e": [["f": 4.111111111111111e15], 1_700_000_000_000_000, 4_111_111_111_111_112],
        ])
        #expect(
            decision.output == [
                "a": "see u=[REDACTED_EMAIL]&x=1", "b": "ask [REDACTED_EMAIL] now", "c": "ssn [REDACTED_SSN] ende",
                "d": "[REDACTED_CC]", "e": [["f": "[REDACTED_CC]"], 1_700_000_000_000_000, 4_111_111_111_111_112],
            ])
        let twice = try self.judge(try #require(decision.output))
        #expect(twice.verdict == .allow)
        let large = try self.judge(.string(String(repeating: "\u{FDFA}", count: 100_000)))
        #expect(large.verdict == .deny)
        #expect(large.rule == "evaluation-error")
    }

    @Test("keep keys apart when both are redacted")
    func keys() throws {
        let decision = try self.judge(["a@corp.test": 1, "b@corp.test": 2])
        #expect(decision.output == ["[REDACTED_EMAIL]": 1, "[REDACTED_EMAIL] 2": 2])
    }

    @Test("lose credentials that the scanner knows, encoded ones too")
    func credentials() throws {
        let token = "gh" + "p_" + "16C7e42F292c6912E7710c838347Ae178B4a"
        let decision = try self.judge(["note": .string("use \(token) here")])
        #expect(decision.verdict == .redact)
        #expect(decision.output.map { !$0.description.contains(token) } == true)
    }

    @Test("are not handed over when a credential is cut into items of content")
    func splitCredential() throws {
        let token = "gh" + "p_" + "16C7e42F292c6912E7710c838347Ae178B4a"
        let items: JSONValue = [
            ["type": "text", "text": .string(String(token.prefix(9)))], ["text": .string(String(token.dropFirst(9)))],
        ]
        for output: JSONValue in [["content": items], ["results": [["content": items], ["content": []]]], items] {
            let decision = try self.judge(output)
            #expect(decision.verdict == .redact)
            #expect(decision.output?["_redacted"]?.stringValue?.hasPrefix("[REDACTED:") == true, "\(output)")
        }
        let halves: JSONValue = ["content": [["text": "one half"], ["text": "another half"]]]
        #expect(try self.judge(halves).output == halves)
    }

    @Test("go by field paths, and are cut short when they are too large")
    func fields() throws {
        let engine = try makeEngine(
            """
            name: a
            output_rules:
              - name: emails
                tools: ["*"]
                priority: 5
                decision: REDACT
                constraints: {max_output_length: 200, patterns: [{field: "rows.*.email", pattern: '.+@.+', label: e}]}
              - {name: rest, tools: ["u"], decision: APPROVAL_REQUIRED}
            """)
        let rows: JSONValue = ["rows": [["email": "a@b", "other": "a@b"], ["email": 5]]]
        let decision = engine.judge(rows, of: call("t"))
        #expect(decision.output == ["rows": [["email": "[REDACTED]", "other": "a@b"], ["email": 5]]])
        let large = engine.judge(["x": .string(String(repeating: "a", count: 200))], of: call("t"))
        #expect(large.output == ["_redacted": "[OUTPUT_TOO_LARGE]"])
        #expect(engine.judge(["x": 1], of: call("u")).rule == "rest")
        #expect(engine.judge(["x": 1], of: call("t")).verdict == .allow)
    }

    @Test("whose search gave no answer are dropped")
    func noAnswer() throws {
        let engine = try makeEngine(
            """
            name: a
            output_rules:
              - {name: r, tools: ["*"], decision: REDACT, constraints: {patterns: [{pattern: '(?:a|ab)*(?:b|ba)*(?:a|aab)*c', replacement: X}]}}
            """)
        let costly = String(repeating: "ab", count: 40_000) + "d c"
        let decision = engine.judge(.string(costly), of: call("t"))
        #expect(decision.verdict == .deny)
        #expect(decision.rule == "evaluation-error")
        #expect(decision.output == nil)
    }
}
