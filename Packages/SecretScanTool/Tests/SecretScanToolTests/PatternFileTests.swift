import SecretScanTool
import SecretScanning
import Testing

@Suite("Files of patterns")
struct PatternFileTests {
    @Test("give patterns that find")
    func finds() throws {
        let text = #"{"patterns":[{"id":"acme-ticket","type":"Acme Ticket","pattern":"ACME-([0-9a-f]{8})","severity":"low"}]}"#
        let patterns = try PatternFile.patterns(in: Array(text.utf8))
        let report = Scanner(rules: RuleSet(rules: [], own: patterns)).scan("see ACME-0123abcd there")
        #expect(report.types == ["Acme Ticket"])
        #expect(report.findings.first?.secretSpan == 9..<17)
        #expect(report.findings.first?.severity == .low)
    }

    @Test(
        "are refused with the place and the rule",
        arguments: [
            ("[", "the file of patterns is no JSON"), ("{}", "must be {\"patterns\":[…]}"),
            (#"{"patterns":[],"x":1}"#, "and nothing else"), (#"{"patterns":[1]}"#, "pattern 1: must be an object"),
            (#"{"patterns":[{"id":"a","type":"A"}]}"#, "pattern 1: id, type and pattern are required"),
            (#"{"patterns":[{"id":"A","type":"A","pattern":"abc"}]}"#, "pattern 1: id: must be"),
            (#"{"patterns":[{"id":"a","type":"A","pattern":"abc","x":1}]}"#, "pattern 1: x: is not known"),
            (#"{"patterns":[{"id":"a","type":"A","pattern":7}]}"#, "pattern 1: pattern: must be a string"),
            (#"{"patterns":[{"id":"a","type":"A","pattern":"abc","severity":"bad"}]}"#, "pattern 1: severity: must be"),
            (#"{"patterns":[{"id":"a","type":"A","pattern":"abc","confidence":"bad"}]}"#, "pattern 1: confidence: must be"),
            (#"{"patterns":[{"id":"a","type":"A","pattern":"abc","window":"x"}]}"#, "pattern 1: window: must be a whole number"),
            (#"{"patterns":[{"id":"a","type":"A","pattern":"abc","window":99999999}]}"#, "window"),
            (#"{"patterns":[{"id":"a","type":"A","pattern":"[a-z]+"}]}"#, "no literal"),
            (#"{"patterns":[{"id":"a","type":"A","pattern":"x(a+)+y"}]}"#, "pattern 1"),
            (
                #"{"patterns":[{"id":"a","type":"A","pattern":"abc"},{"id":"a","type":"A","pattern":"abc"}]}"#,
                "pattern 2: id: another"
            ),
            (#"{"patterns":[{"id":"github-token","type":"A","pattern":"abc"}]}"#, "pattern 1: id: another"),
        ])
    func refuses(_ text: String, _ reason: String) throws {
        let error = try #require(throws: ScanToolError.self) {
            try PatternFile.patterns(in: Array(text.utf8), taken: ["github-token"])
        }
        #expect(error.code == .invalidPatterns)
        #expect(error.message.contains(reason), "\(error.message)")
    }

    @Test(
        "are refused with calls of groups, which have no bound",
        arguments: [
            "(?R)KEY", "KEY(a|(?R))", #"\\(?R)KEY"#, "(a)KEY(?1)", "(a)KEY(?-1)", "KEY(?+1)(a)", "(?<n>a)KEY(?&n)",
            "(?P<n>a)KEY(?P>n)", #"(a)KEY\g<1>"#, #"(a)KEY\g'1'"#,
        ])
    func refusesCalls(_ pattern: String) throws {
        func read(_ pattern: String) throws {
            let escaped = pattern.replacing("\\", with: "\\\\")
            _ = try PatternFile.patterns(in: Array(#"{"patterns":[{"id":"a","type":"A","pattern":"\#(escaped)"}]}"#.utf8))
        }
        let error = try #require(throws: ScanToolError.self) { try read(pattern) }
        #expect(error.message.contains("pattern 1: pattern: calls a group"), "\(error.message)")
        for harmless in [#"KEY\(?R\)"#, "KEY(?:R)", "KEY(?=R)", "(?-i)KEY", "(?P<n>a)KEY(?P=n)", #"(a)KEY\g{1}"#] {
            #expect(throws: Never.self, "\(harmless)") { try read(harmless) }
        }
    }

    @Test("are no way to a key: those that are too short or no base64 are refused without repeating them")
    func refusesKeys() throws {
        for text in ["", "abc", "AAAA", "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"] {
            let error = #expect(throws: ScanToolError.self) { try BaselineKey(parsing: text, source: "--key-file") }
            #expect(error?.message == "--key-file: must be base64 of 16 to 1024 bytes")
        }
        #expect(throws: Never.self) { try BaselineKey(parsing: " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n", source: "x") }
    }
}
