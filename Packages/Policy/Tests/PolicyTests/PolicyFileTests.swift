import Policy
import StrictJSON
import TestKit
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Policy files")
struct PolicyFileTests {
    struct Fault: Sendable, CustomStringConvertible {
        let text: String
        let place: String
        let words: String

        init(_ text: String, _ place: String, _ words: String) {
            self.text = text
            self.place = place
            self.words = words
        }

        var description: String { self.words }
    }

    static let rule = "rules:\n  - name: a\n    tools: [t]\n"

    static let faults: [Fault] = [
        Fault("", "", "the file is empty"),
        Fault("# nothing\n", "", "the file is empty"),
        Fault("just a text", "1:1", "the policy must be a map"),
        Fault("rules: []", "1:1", "the policy needs the field name"),
        Fault("name: a\nversion: 2", "2:10", "version of the policy must be \"1.0\""),
        Fault("name: a\nrulez: []", "2:1", "unknown field \"rulez\" in the policy"),
        Fault("name: a\n\(rule)    effct: deny\n    decision: DENY", "5:5", "unknown field \"effct\" in rule \"a\""),
        Fault("name: a\nname: b", "1:1", "the key \"name\" stands twice"),
        Fault("name: a\n\(rule)    decision: DENY\n    decision: ALLOW", "5:5", "the key \"decision\" stands twice"),
        Fault("name: a\n\(rule)    decision: deny", "5:15", "decision of rule \"a\" must be one of ALLOW"),
        Fault("name: a\n\(rule)", "3:5", "rule \"a\" needs the field decision"),
        Fault("name: a\nrules:\n  - tools: [t]\n    decision: DENY", "3:5", "a rule without a name needs the field name"),
        Fault("name: a\nrules:\n  - name: a\n    decision: DENY", "3:5", "tools of rule \"a\" is missing"),
        Fault(
            "name: a\nrules:\n  - name: a\n    tools: []\n    decision: DENY", "4:12",
            "is empty, so that the rule could never match"),
        Fault("name: a\n\(rule)    roles: []\n    decision: DENY", "5:12", "is empty, so that the rule could never match"),
        Fault("name: a\n\(rule)    roles: [no]\n    decision: DENY", "5:13", "is no text; write it in quotes"),
        Fault("name: a\n\(rule)    shadow: on\n    decision: DENY", "5:13", "must be true or false"),
        Fault("name: a\n\(rule)    shadow: yes\n    decision: DENY", "5:13", "must be true or false"),
        Fault("name: yes", "1:7", "name of the policy is no text"),
        Fault("name: 5", "1:7", "name of the policy is no text"),
        Fault("name:", "1:1", "name of the policy has no value"),
        Fault("name: a\n\(rule)    priority: high\n    decision: DENY", "5:15", "must be a whole number"),
        Fault("name: a\n\(rule)    priority: 1.5\n    decision: DENY", "5:15", "must be a whole number"),
        Fault("name: a\n\(rule)    trust_level_min: 5\n    decision: DENY", "5:22", "must be a whole number from 0 to 4"),
        Fault(
            "name: a\n\(rule)    trust_level_min: 3\n    trust_level_max: 1\n    decision: DENY", "5:22",
            "is above trust_level_max"),
        Fault("name: a\n\(rule)    roles: [dev*]\n    decision: DENY", "5:13", "must be a name, or \"*\" alone"),
        Fault("name: a\nrules:\n  - {name: a, tools: [\"fs[\"], decision: DENY}", "3:23", "has a [ without its ]"),
        Fault(
            "name: a\nrules:\n  - {name: a, tools: [\"fs/read\"], decision: DENY}", "3:23", "holds a character that no name has"),
        Fault(
            "name: a\nrules:\n  - {name: a, tools: [t], decision: DENY}\n  - {name: a, tools: [u], decision: DENY}", "4:5",
            "two rules have the name \"a\""),
        Fault(
            "name: a\nrules:\n  - {name: catch-all-deny, tools: [t], decision: DENY}", "3:12",
            "is the name of a decision that no rule makes"),
        Fault(
            "name: a\nrules:\n  - {name: a, tools: [\"*\"], decision: DENY}\n  - {name: b, tools: [fs.read], decision: ALLOW}",
            "4:5",
            "rule \"b\" can never decide: rule \"a\""),
        Fault(
            "name: a\nrules:\n  - {name: a, tools: [\"fs.*\"], decision: ALLOW, priority: 5}\n  - {name: b, tools: [\"fs.r*\"], roles: [x], decision: DENY}",
            "4:5",
            "rule \"b\" can never decide"),
        Fault(
            "name: a\nglobal_deny: {tools: [\"shell.*\"]}\nrules:\n  - {name: a, tools: [shell.run], decision: ALLOW}", "4:5",
            "global_deny denies its tools"),
        Fault("name: a\nglobal_deny: {argument_patterns: [{pattern: \"(a+)+b\"}]}", "2:45", "refused (nestedUnboundedRepeat)"),
        Fault("name: a\nglobal_deny: {argument_patterns: [{pattern: \"(.*)*x\"}]}", "2:45", "refused (nestedUnboundedRepeat)"),
        Fault("name: a\nglobal_deny: {argument_patterns: [{pattern: \"(a|a)*$\"}]}", "2:45", "matches the empty text"),
        Fault("name: a\nglobal_deny: {argument_patterns: [{pattern: \"(a\"}]}", "2:45", "refused (malformed)"),
        Fault("name: a\nglobal_deny: {argument_patterns: [{pattern: \"a*\"}]}", "2:45", "matches the empty text"),
        Fault("name: a\nglobal_deny: {argument_patterns: [{pattern: \"\"}]}", "2:45", "is empty"),
        Fault("name: a\nglobal_deny: {argument_patterns: [{label: x}]}", "2:35", "needs the field pattern"),
        Fault("name: a\nglobal_deny: {inherit: false}", "2:24", "has nothing to inherit"),
        Fault("name: a\nenvironment: prodd", "2:14", "environment of the policy must be \"*\" or one in which a server runs"),
        Fault("name: a\nenvironment: Prod", "2:14", "must be \"*\" or one in which a server runs: dev, staging, prod"),
        Fault("name: a\n\(rule)    priority: 010\n    decision: DENY", "5:15", "must be a whole number"),
        Fault("name: a\n\(rule)    priority: +1\n    decision: DENY", "5:15", "must be a whole number"),
        Fault("name: a\n\(rule)    priority: 1_0\n    decision: DENY", "5:15", "must be a whole number"),
        Fault("name: \"a\\0b\"", "1:7", "name of the policy has a control character"),
        Fault("name: a\ndescription: \"a\\x1bb\"", "2:14", "description of the policy has a control character"),
        Fault("name: a\nroles: {\"r\\0\": {trust_level: 1}}", "2:9", "has a control character"),
        Fault("name: a\n\(rule)    roles: [\"r\\0\"]\n    decision: DENY", "5:13", "has a control character"),
        Fault("name: a\ntool_schemas: {t: {properties: {\"p\\0\": {type: string}}}}", "2:33", "has a control character"),
        Fault("name: a\n\(rule)    decision: ALLOW\n    constraints: {}", "6:18", "constraints of rule \"a\" is empty"),
        Fault("name: a\n\(rule)    decision: DENY\n    constraints: {}", "6:18", "constraints of rule \"a\" is empty"),
        Fault("name: a\n\(rule)    decision: ALLOW\n    constraints: {at: {}}", "6:23", "is empty; leave it out or name a place"),
        Fault("name: a\n\(rule)    decision: ALLOW\n    constraints: {arguments: {}}", "6:30", "is empty; leave it out"),
        Fault(
            "name: a\noutput_rules:\n  - {name: o, tools: [\"*\"], decision: DENY, constraints: {}}", "3:58",
            "constraints of output rule \"o\" is empty"),
        Fault(
            "name: a\n\(rule)    decision: ALLOW\n    constraints: {at: {/n: {number: {minimum: 2, maximum: 1.5}}}}", "6:47",
            "is above maximum"),
        Fault("name: a\n\(rule)    decision: ALLOW\n    constraints: {paths: {}}", "6:19", "unknown field \"paths\""),
        Fault(
            "name: a\n\(rule)    decision: ALLOW\n    constraints: {path: {allowed_prefixes: [data]}}", "6:45",
            "is no canonical path"),
        Fault(
            "name: a\n\(rule)    decision: ALLOW\n    constraints: {path: {allowed_prefixes: /data/}}", "6:44", "must be a list"),
        Fault(
            "name: a\n\(rule)    decision: ALLOW\n    constraints: {sql: {dialect: oracle}}", "6:34",
            "must be one of postgresql, mysql, sqlite"),
        Fault("name: a\n\(rule)    decision: ALLOW\n    constraints: {at: {path: {}}}", "6:24", "is no JSON pointer"),
        Fault("name: a\n\(rule)    decision: ALLOW\n    constraints: {at: {/a: {}}}", "6:28", "say nothing"),
        Fault(
            "name: a\n\(rule)    decision: ALLOW\n    constraints: {url: {allowed_domains: [\"http://x\"]}}", "6:43",
            "must be a domain"),
        Fault("name: a\ntool_schemas: {t: {properties: {a: {type: text}}}}", "2:43", "must be one of string, integer"),
        Fault(
            "name: a\ntool_schemas: {t: {required: [b], properties: {a: {}}, additional_properties: false}}", "2:31",
            "requires \"b\""),
        Fault("name: a\ntool_schemas: {t: {properties: {a: {pattern: \"(b+)+\"}}}}", "2:46", "refused (nestedUnboundedRepeat)"),
        Fault("name: a\nx: &a [1]\ny: *a", "2:4", "anchors and aliases are not allowed"),
        Fault("name: a\n<<: {name: b}", "2:1", "merge keys (<<) are not allowed"),
        Fault("name: !!python/object a", "1:7", "tags (!) are not allowed"),
        Fault("name: a\n? [a]\n: b", "2:3", "a key is no text"),
        Fault("name: a\nrules:\n\t- name: a", "3:1", "this is no YAML"),
        Fault("name: a\n---\nname: b", "2:1", "this is no YAML"),
        Fault("name: a\nrules:\n  - {name: a, tools: [*.x], decision: DENY}", "3:24", "this is no YAML"),
        Fault(
            "name: a\noutput_rules:\n  - {name: o, tools: [\"*\"], decision: REDACT}", "3:39", "is REDACT, but no pattern says"),
        Fault(
            "name: a\noutput_rules:\n  - {name: o, tools: [\"*\"], decision: REDACT, constraints: {patterns: [{pattern: \"r\", replacement: \"rr\"}]}}",
            "3:100",
            "is itself found by the pattern"),
        Fault("name: a\nextends: ../x.yaml", "2:10", "is named without a folder"),
        Fault("name: a\nextends: /etc/x.yaml", "2:10", "is named without a folder"),
        Fault("name: a\nextends: p.yaml", "2:10", "extends goes round in a circle: p.yaml -> p.yaml"),
        Fault("name: a\nextends: none.yaml", "2:10", "extends the file none.yaml, which is not there"),
    ]

    @Test("are refused with the place of each fault", arguments: faults)
    func fault(_ fault: Fault) {
        let found = problems(fault.text)
        #expect(
            found.contains { $0.contains(fault.words) && (fault.place.isEmpty || $0.hasPrefix(fault.place + ":")) },
            "\(found)")
    }

    @Test("tell all faults at once")
    func allFaults() {
        let found = problems("nam: a\nrules:\n  - {name: a, tools: [t], decision: NO}\n  - {name: b, decision: ALLOW, x: 1}\n")
        #expect(found.count == 5, "\(found)")
    }

    @Test("with aliases that would grow without end are refused quickly")
    func bombs() {
        var laughs = "name: a\na: &a [x, x, x, x, x, x, x, x, x]\n"
        var keys = "name: a\n? &a [x, x]\n: 1\n"
        for (before, letter) in zip("abcdefghijklmnopq", "bcdefghijklmnopqr") {
            laughs += "\(letter): &\(letter) [\(Array(repeating: "*\(before)", count: 9).joined(separator: ", "))]\n"
            keys += "? &\(letter) [\(Array(repeating: "*\(before)", count: 9).joined(separator: ", "))]\n: 1\n"
        }
        for text in [laughs, keys] {
            #expect(problems(text).contains { $0.contains("anchors") })
        }
        #expect(!problems("name: a\nx: " + String(repeating: "[", count: 100_000)).isEmpty)
        #expect(!problems("name: a\nx: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900)).isEmpty)
        #expect(!problems("name: a\n" + String(repeating: "- ", count: 100_000)).isEmpty)
        #expect(problems("name: a # " + String(repeating: "x", count: 1 << 20)).first?.contains("more than") == true)
    }

    @Test("may extend another: what adds, what replaces, and what can be dropped")
    func extends() throws {
        let base = """
            name: base
            global_deny: {tools: ["shell.*"], argument_patterns: [{pattern: forbidden, label: f}]}
            tool_schemas: {t: {required: [a]}, u: {required: [b]}}
            rules:
              - {name: one, tools: [t], priority: 5, decision: ALLOW}
              - {name: two, tools: [u], priority: 5, decision: ALLOW}
              - {name: rest, tools: ["*"], decision: DENY}
            """
        func load(_ text: String) throws -> PolicyEngine {
            PolicyEngine(try PolicyLoader(PolicyTexts(["base.yaml": base, "p.yaml": text])).load("p.yaml"))
        }
        let adding = try load(
            """
            name: p
            extends: base.yaml
            global_deny: {tools: ["exec.*"]}
            tool_schemas: {t: {required: [c]}}
            rules:
              - {name: one, tools: [t], priority: 5, decision: APPROVAL_REQUIRED}
              - {name: more, tools: [v], decision: ALLOW}
            """)
        #expect(adding.decide(call("shell.x")).rule == "global-deny-tools")
        #expect(adding.decide(call("exec.x")).rule == "global-deny-tools")
        #expect(adding.decide(call("t", ["c": 1])).verdict == .approvalRequired)
        #expect(adding.decide(call("t", ["a": 1])).rule == "tool-schema")
        #expect(adding.decide(call("u", ["b": "forbidden"])).rule == "global-deny-argument-patterns")
        #expect(adding.decide(call("u", ["b": 1])).rule == "two")
        #expect(adding.decide(call("v")).rule == "more")
        #expect(adding.decide(call("w")).rule == "rest")
        let dropping = try load("name: p\nextends: base.yaml\nglobal_deny: {inherit: false, tools: [\"exec.*\"]}")
        #expect(dropping.decide(call("shell.x")).rule == "rest")
        #expect(dropping.decide(call("u", ["b": "forbidden"])).rule == "two")
        // A rule of the extending file may overrule inherited ones, but not be hidden by one.
        #expect(
            problems(
                "name: p\nextends: base.yaml\nrules: [{name: x, tools: [\"*\"], priority: 9, decision: DENY}]",
                others: ["base.yaml": base]
            ).isEmpty)
        let hidden = problems(
            "name: p\nextends: base.yaml\nrules: [{name: x, tools: [z], priority: -1, decision: ALLOW}]",
            others: ["base.yaml": base])
        #expect(hidden.first?.contains("can never decide: rule \"rest\" (base.yaml, line 7)") == true)
    }

    @Test("that extend each other in a circle or too deep are refused")
    func circles() {
        let two = problems("name: a\nextends: b.yaml", others: ["b.yaml": "name: b\nextends: p.yaml"])
        #expect(two.first == "2:10: extends goes round in a circle: p.yaml -> b.yaml -> p.yaml")
        var chain: [String: String] = [:]
        for number in 0..<20 { chain["c\(number).yaml"] = "name: c\nextends: c\(number + 1).yaml" }
        #expect(problems("name: a\nextends: c0.yaml", others: chain).first?.contains("more than 8 files") == true)
    }

    @Test("have a revision that follows their meaning and all that they extend")
    func revisions() throws {
        func revision(_ text: String, base: String = "name: b") throws -> PolicyRevision {
            try PolicyLoader(PolicyTexts(["p.yaml": text, "b.yaml": base])).load("p.yaml").revision
        }
        let plain = try revision("name: a\nextends: b.yaml\nrules: [{name: r, tools: [t], decision: DENY}]")
        #expect(plain.text.utf8.count == 64)
        #expect(
            try revision("# a comment\nrules:\n- decision: \"DENY\"\n  name: r\n  tools:\n  - t\nname: 'a'\nextends: b.yaml\n")
                == plain)
        #expect(try revision("name: a\nextends: b.yaml\nrules: [{name: r, tools: [u], decision: DENY}]") != plain)
        #expect(
            try revision("name: a\nextends: b.yaml\nrules: [{name: r, tools: [t], decision: DENY}]", base: "name: c") != plain)
    }

    @Test("are chosen by environment, and only for their own")
    func environments() throws {
        let files = PolicyTexts([
            "default.yaml": "name: d", "prod.yaml": "name: p\nenvironment: prod", "qa.yaml": "name: q\nenvironment: prod",
        ])
        let loader = PolicyLoader(files)
        #expect(try loader.load(forEnvironment: "prod").name == "p")
        #expect(try loader.load(forEnvironment: "staging").name == "d")
        #expect(throws: PolicyError.self) { try loader.load(forEnvironment: "qa") }
        for name in ["", "../x", "a/b", "a.b", "ü", String(repeating: "a", count: 65)] {
            #expect(throws: PolicyError.self) { try loader.load(forEnvironment: name) }
        }
    }

    @Test("come from one folder, and links do not lead out of it")
    func folder() async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory + "/policies"
            let files = FileManager.default
            try files.createDirectory(atPath: folder + "/inner", withIntermediateDirectories: true)
            try Data("name: outside".utf8).write(to: URL(filePath: directory + "/outside.yaml"))
            try Data("name: inside".utf8).write(to: URL(filePath: folder + "/inner/real.yaml"))
            try files.createSymbolicLink(atPath: folder + "/out.yaml", withDestinationPath: "../outside.yaml")
            try files.createSymbolicLink(atPath: folder + "/in.yaml", withDestinationPath: "inner/real.yaml")
            let loader = PolicyLoader(PolicyFolder(path: folder))
            #expect(try loader.load("in.yaml").name == "inside")
            let refused = #expect(throws: PolicyError.self) { try loader.load("out.yaml") }
            #expect(refused?.code == .unreadable)
            #expect(refused?.description.contains("leads out of the folder") == true)
            #expect(throws: PolicyError.self) { try loader.load("inner") }
            #expect(throws: PolicyError.self) { try loader.load("missing.yaml") }
            #expect(throws: PolicyError.self) { try PolicyLoader(PolicyFolder(path: directory + "/none")).load("a.yaml") }
        }
    }

    @Test("that are not UTF-8 are refused")
    func encoding() {
        struct Broken: PolicySource {
            func read(_ name: String) -> [UInt8]? { [0x6E, 0xFF, 0xC0] }
        }
        let error = #expect(throws: PolicyError.self) { try PolicyLoader(Broken()).load("a.yaml") }
        #expect(error?.description == "a.yaml: it is not UTF-8")
    }
}
