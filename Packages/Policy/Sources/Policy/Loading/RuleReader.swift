/// Reads rules about calls.
struct RuleReader {
    let problems: ProblemList
    let compiler: PatternCompiler
    private let file: String
    private let level: Int

    init(_ problems: ProblemList, _ compiler: PatternCompiler, file: String, level: Int) {
        self.problems = problems
        self.compiler = compiler
        self.file = file
        self.level = level
    }

    /// Names under which decisions are told that no rule made.
    static let reservedNames: Set<String> = [
        "global-deny-tools", "global-deny-argument-patterns", "catch-all-deny", "evaluation-error", "tool-schema",
        "pipeline-error",
        "pipeline-exception", "invalid-tool-name", "invalid-output-approval-token",
    ]

    static let selectorFields = [
        "name", "description", "priority", "tools", "servers", "roles", "environments", "organisations", "decision",
        "trust_level_min",
        "trust_level_max", "constraints",
    ]

    func rule(_ node: PolicyNode) -> PolicyRule? {
        guard let (reader, name) = self.named(node, "rule", Self.selectorFields + ["shadow"]) else { return nil }
        let selector = self.selector(reader)
        var verdict: PolicyVerdict?
        if let word = reader.string("decision", isRequired: true) {
            verdict = PolicyVerdict(rawValue: word)
            if verdict == nil {
                reader.fault("decision", "must be one of ALLOW, DENY, APPROVAL_REQUIRED, SANITIZE_AND_ALLOW")
            }
        }
        var constraints = RuleConstraints()
        if let node = reader.node("constraints") {
            if verdict == .deny, case .map(let members) = node.content, let first = members.first {
                self.problems.add(
                    first.place,
                    "\(reader.what) denies and has constraints, so it would deny less than it seems to; leave them out, and write what "
                        + "is allowed as a rule of higher priority")
            } else if reader.isEmptyMap("constraints") {
                reader.fault("constraints", "is empty; leave it out if nothing is asked of the arguments")
            } else {
                constraints = ConstraintReader(self, rule: reader.what).constraints(node)
            }
        }
        let priority = reader.integer("priority", in: -1_000_000...1_000_000) ?? 0
        let description = reader.string("description") ?? ""
        let isShadow = reader.bool("shadow") ?? false
        guard let selector, let verdict else { return nil }
        return PolicyRule(
            name: name, description: description, priority: priority, selector: selector, verdict: verdict,
            constraints: constraints,
            isShadow: isShadow, rationale: "Matched rule '\(name)' (priority=\(priority)): \(description)",
            origin: self.origin(reader.place))
    }

    func origin(_ place: PolicyPlace) -> PolicyRule.Origin { PolicyRule.Origin(level: self.level, file: self.file, place: place) }

    /// The fields of a rule, with its name in all messages that come later.
    func named(_ node: PolicyNode, _ kind: String, _ fields: [String]) -> (reader: FieldReader, name: String)? {
        guard case .map(let members) = node.content else {
            self.problems.add(node.place, "a \(kind) must be a map of fields")
            return nil
        }
        var what = "a \(kind) without a name"
        if let member = members.first(where: { $0.key == "name" }), case .scalar(let name, _) = member.value.content {
            what = "\(kind) \"\(name.prefix(128))\""
        }
        guard let reader = FieldReader(node, what, allowing: fields, in: self.problems) else { return nil }
        guard let name = reader.string("name", isRequired: true) else { return nil }
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "'") })
        else {
            reader.fault("name", "must have 1 to 128 visible ASCII characters, without blanks and apostrophes")
            return nil
        }
        guard !Self.reservedNames.contains(name) else {
            reader.fault("name", "is the name of a decision that no rule makes")
            return nil
        }
        return (reader, name)
    }

    /// - Returns: nil when there is a fault, which was noted.
    func selector(_ reader: FieldReader) -> Selector? {
        guard let tools = Self.globs(reader, "tools") else {
            reader.fault("tools", "is missing; write [\"*\"] if every tool is meant")
            return nil
        }
        let servers = Self.globs(reader, "servers")
        let lowest = reader.integer("trust_level_min", in: 0...4) ?? 0
        let highest = reader.integer("trust_level_max", in: 0...4) ?? 4
        guard lowest <= highest else {
            reader.fault("trust_level_min", "is above trust_level_max, so that the rule could never match")
            return nil
        }
        for field in ["tools", "servers", "roles", "environments", "organisations"] {
            if let node = reader.node(field), case .list(let elements) = node.content, elements.isEmpty {
                reader.fault(field, "is empty, so that the rule could never match")
            }
        }
        return Selector(
            tools: tools, servers: servers, roles: Self.names(reader, "roles"), environments: Self.names(reader, "environments"),
            organisations: Self.names(reader, "organisations"), trust: lowest...highest)
    }

    static func globs(_ reader: FieldReader, _ field: String) -> [Glob]? {
        reader.strings(field)?.compactMap { entry -> Glob? in
            do throws(Glob.Fault) {
                return try Glob(entry.text)
            } catch {
                reader.problems.add(entry.place, "an entry of \(field) of \(reader.what) \(error.message)")
                return nil
            }
        }
    }

    private static func names(_ reader: FieldReader, _ field: String) -> NameChoice {
        guard let entries = reader.strings(field) else { return .all }
        for (text, place) in entries where text.isEmpty || text.utf8.contains(UInt8(ascii: "*")) && text != "*" {
            reader.problems.add(place, "an entry of \(field) of \(reader.what) must be a name, or \"*\" alone")
        }
        return entries.contains { $0.text == "*" } ? .all : NameChoice(names: entries.map(\.text))
    }
}
