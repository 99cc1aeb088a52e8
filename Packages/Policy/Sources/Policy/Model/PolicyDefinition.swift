public import Identity

/// A policy that was read and checked: what an engine judges by.
public struct PolicyDefinition: Sendable {
    /// The name that the file gives itself.
    public let name: String
    /// What the file says of itself; empty when it says nothing.
    public let description: String
    /// The environment that the file is for, or `*`.
    public let environment: String
    /// Names the content of the file and of all that it extends.
    public let revision: PolicyRevision
    /// The names of the files that the policy is made of, the one that was asked for first.
    public let files: [String]

    let globalDeny: GlobalDeny
    let schemas: [String: ToolSchema]
    let roles: [PolicyRole]
    /// By falling priority; of equal ones the extending file's come first, then the order of the file.
    let rules: [PolicyRule]
    let outputRules: [OutputRule]

    /// How many rules about calls there are, shadow rules included.
    public var ruleCount: Int { self.rules.count }
    /// The tools for which the policy has a schema or names them without wildcards, sorted.
    public var toolNames: [String] {
        var names = Set(self.schemas.keys)
        for rule in self.rules { names.formUnion(rule.selector.tools.compactMap(\.literal)) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    /// The roles that the policy describes or that rules name, sorted.
    public var roleNames: [String] {
        var names = Set(self.roles.map(\.name))
        for rule in self.rules { names.formUnion(rule.selector.roles.names ?? []) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    /// The trust that the policy describes a role with, for overviews; a caller's own comes from its key. Nil for none.
    public func trustLevel(of role: String) -> TrustLevel? {
        self.roles.first { $0.name.utf8.elementsEqual(role.utf8) }?.trustLevel.flatMap { TrustLevel(rawValue: $0) }
    }
    /// The environments that rules name, sorted.
    public var environmentNames: [String] {
        var names: Set<String> = []
        for rule in self.rules { names.formUnion(rule.selector.environments.names ?? []) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// A role as a policy describes it; for people, as trust comes from the key.
struct PolicyRole: Sendable, Hashable {
    let name: String
    let trustLevel: Int?
    let description: String
}

/// What is denied before any rule is asked.
struct GlobalDeny: Sendable {
    let tools: [Glob]
    let patterns: PatternGroup
}
