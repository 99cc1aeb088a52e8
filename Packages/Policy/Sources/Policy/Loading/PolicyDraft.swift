import Identity

/// One policy file as it was read, before it is joined with the file that it extends.
///
/// ```yaml
/// version: "1.0"
/// name: default
/// description: What the gateway allows
/// environment: "*"                # or the one environment that the file is for
/// extends: base.yaml              # another file of the same folder
/// global_deny: {…}
/// tool_schemas: {…}
/// roles: {…}
/// rules: […]
/// output_rules: […]
/// ```
struct PolicyDraft {
    let file: String
    let level: Int
    private(set) var name = ""
    private(set) var description = ""
    private(set) var environment = "*"
    private(set) var extends: (name: String, place: PolicyPlace)?
    private(set) var globalTools: [Glob] = []
    private(set) var globalPatterns: [TextPattern] = []
    /// Whether the denials of the extended file hold too.
    private(set) var inheritsGlobalDeny = true
    private(set) var schemas: [ToolSchema] = []
    private(set) var roles: [PolicyRole] = []
    private(set) var rules: [PolicyRule] = []
    private(set) var outputRules: [OutputRule] = []

    static let maximumRules = 5_000

    private static let fields = [
        "version", "name", "description", "environment", "extends", "global_deny", "tool_schemas", "roles", "rules",
        "output_rules",
    ]

    init(_ root: PolicyNode, file: String, level: Int, in problems: ProblemList) {
        self.file = file
        self.level = level
        guard let reader = FieldReader(root, "the policy", allowing: Self.fields, in: problems) else { return }
        self.readHead(reader)
        let compiler = PatternCompiler(problems)
        self.readGlobalDeny(reader, compiler)
        for member in reader.map("tool_schemas") {
            if let schema = SchemaReader(problems, compiler).schema(member) { self.schemas.append(schema) }
        }
        for member in reader.map("roles") {
            let what = "role \"\(member.key)\""
            guard let role = FieldReader(member.value, what, allowing: ["trust_level", "description"], in: problems),
                role.isPlain(member.key, at: member.place, "the name of \(what)")
            else { continue }
            self.roles.append(
                PolicyRole(
                    name: member.key, trustLevel: role.integer("trust_level", in: 0...4),
                    description: role.string("description") ?? ""))
        }
        let rules = RuleReader(problems, compiler, file: file, level: level)
        for node in Self.bounded(reader, "rules") { if let rule = rules.rule(node) { self.rules.append(rule) } }
        let outputs = OutputRuleReader(rules)
        for node in Self.bounded(reader, "output_rules") { if let rule = outputs.rule(node) { self.outputRules.append(rule) } }
    }

    /// What `ENVIRONMENT` of a server may be.
    private static let environments = [EnvironmentName.development, .staging, .production].map(\.text)

    private static func bounded(_ reader: FieldReader, _ field: String) -> [PolicyNode] {
        let nodes = reader.list(field) ?? []
        guard nodes.count <= self.maximumRules else {
            reader.fault(field, "has more than \(self.maximumRules) entries")
            return []
        }
        return nodes
    }

    private mutating func readHead(_ reader: FieldReader) {
        if let version = reader.node("version") {
            // Without quotes it is a number, and means the same here.
            guard case .scalar("1.0", _) = version.content else {
                reader.fault("version", "must be \"1.0\"")
                return
            }
        }
        self.name = reader.string("name", isRequired: true) ?? ""
        self.description = reader.string("description") ?? ""
        self.environment = reader.string("environment") ?? "*"
        if self.environment != "*", !Self.environments.contains(self.environment) {
            reader.fault(
                "environment", "must be \"*\" or one in which a server runs: \(Self.environments.joined(separator: ", "))")
        }
        if let base = reader.node("extends"), let name = reader.text(base, "extends of the policy") {
            self.extends = (name, base.place)
        }
    }

    private mutating func readGlobalDeny(_ reader: FieldReader, _ compiler: PatternCompiler) {
        guard let node = reader.node("global_deny"),
            let deny = FieldReader(
                node, "global_deny", allowing: ["tools", "argument_patterns", "inherit"], in: reader.problems)
        else { return }
        self.inheritsGlobalDeny = deny.bool("inherit") ?? true
        if deny.has("inherit"), self.extends == nil { deny.fault("inherit", "has nothing to inherit, as the file extends none") }
        self.globalTools = RuleReader.globs(deny, "tools") ?? []
        for node in deny.list("argument_patterns") ?? [] {
            let what = "an entry of argument_patterns of global_deny"
            guard let entry = FieldReader(node, what, allowing: ["pattern", "label"], in: reader.problems),
                let text = entry.string("pattern", isRequired: true),
                let place = entry.node("pattern")?.place,
                let pattern = compiler.pattern(text, .search, place: place, what)
            else { continue }
            self.globalPatterns.append(TextPattern(pattern, label: entry.string("label") ?? text))
        }
    }
}
