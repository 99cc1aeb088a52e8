/// Joins a policy file with those that it extends, and checks what only shows in the whole.
///
/// A section of the extending file adds to that of the extended one: denials of `global_deny` unless `inherit: false`, schemas and
/// roles by name, rules by name. A schema, role or rule of the same name replaces the inherited one.
struct PolicyMerge {
    private(set) var problems: [PolicyProblem] = []
    private let drafts: [PolicyDraft]
    private var rules: [PolicyRule] = []
    private var outputRules: [OutputRule] = []

    /// - Parameter drafts: The file that was asked for, then the one that it extends, and so on.
    init(_ drafts: [PolicyDraft]) {
        self.drafts = drafts
        var seen: [String: PolicyRule.Origin] = [:]
        for draft in drafts {
            for rule in draft.rules where self.isNew(rule.name, "rule", rule.origin, &seen) { self.rules.append(rule) }
        }
        seen = [:]
        for draft in drafts {
            for rule in draft.outputRules where self.isNew(rule.name, "output rule", rule.origin, &seen) {
                self.outputRules.append(rule)
            }
        }
        self.rules = Self.ordered(self.rules, by: \.priority)
        self.outputRules = Self.ordered(self.outputRules, by: \.priority)
        self.checkReach()
    }

    /// Sorts by falling priority and keeps the order of equal ones, as `sort` alone does not promise.
    private static func ordered<Rule>(_ rules: [Rule], by priority: (Rule) -> Int) -> [Rule] {
        rules.enumerated().sorted { (priority($1.element), $0.offset) < (priority($0.element), $1.offset) }.map(\.element)
    }

    private mutating func isNew(
        _ name: String, _ kind: String, _ origin: PolicyRule.Origin, _ seen: inout [String: PolicyRule.Origin]
    ) -> Bool {
        guard let first = seen[name] else {
            seen[name] = origin
            return true
        }
        if first.level == origin.level {
            self.note(origin, "two \(kind)s have the name \"\(name)\", the first in line \(first.place.line)")
        }
        return false
    }

    private mutating func note(_ origin: PolicyRule.Origin, _ message: String) {
        guard self.problems.count < ProblemList.maximum else { return }
        self.problems.append(PolicyProblem(file: origin.file, place: origin.place, message: message))
    }

    /// Notes rules that can never decide, as another rule that asks nothing of arguments comes first.
    ///
    /// A rule of an extended file may be overruled; that is what extending is for.
    private mutating func checkReach() {
        let globs = self.globalTools
        var denied = GlobIndex()
        for (number, glob) in globs.enumerated() { denied.insert(glob, number) }
        var walls = GlobIndex()
        for (number, rule) in self.rules.enumerated() {
            if let wall = self.wall(
                before: rule.selector, rule.origin, walls, { self.rules[$0].selector }, { self.rules[$0].origin })
            {
                let wall = self.rules[wall]
                self.note(
                    rule.origin,
                    "rule \"\(rule.name)\" can never decide: rule \"\(wall.name)\" (\(wall.origin.file), line \(wall.origin.place.line)) "
                        + "comes first and matches all that it could match")
            }
            let isDenied = rule.selector.tools.allSatisfy { tool in
                denied.first(covering: tool) { globs[$0].covers(tool) } != nil
            }
            if rule.verdict != .deny, isDenied {
                self.note(rule.origin, "rule \"\(rule.name)\" can never decide: global_deny denies its tools")
            }
            if !rule.isShadow, rule.constraints.isEmpty {
                for tool in Set(rule.selector.tools) { walls.insert(tool, number) }
            }
        }
        var outputWalls = GlobIndex()
        for (number, rule) in self.outputRules.enumerated() {
            let wall = self.wall(
                before: rule.selector, rule.origin, outputWalls, { self.outputRules[$0].selector },
                { self.outputRules[$0].origin })
            if let wall {
                self.note(
                    rule.origin,
                    "output rule \"\(rule.name)\" can never decide: output rule \"\(self.outputRules[wall].name)\" comes first and matches "
                        + "all that it could match")
            }
            if rule.isUnconditional { for tool in Set(rule.selector.tools) { outputWalls.insert(tool, number) } }
        }
    }

    /// The number of the first rule behind which one can never decide.
    private func wall(
        before selector: Selector, _ origin: PolicyRule.Origin, _ walls: GlobIndex, _ selectorOf: (Int) -> Selector,
        _ originOf: (Int) -> PolicyRule.Origin
    ) -> Int? {
        // A rule without tools selects nothing, which is noted elsewhere.
        guard let tool = selector.tools.first else { return nil }
        return walls.first(covering: tool) { originOf($0).level >= origin.level && selectorOf($0).covers(selector) }
    }

    /// The files whose denials hold: each one up to the first that does not inherit.
    private var denyingDrafts: ArraySlice<PolicyDraft> {
        guard let last = self.drafts.firstIndex(where: { !$0.inheritsGlobalDeny }) else { return self.drafts[...] }
        return self.drafts[...last]
    }

    private var globalTools: [Glob] { self.denyingDrafts.flatMap(\.globalTools) }

    func definition(revision: PolicyRevision) -> PolicyDefinition {
        var schemas: [String: ToolSchema] = [:]
        var roles: [PolicyRole] = []
        var names: Set<TextKey> = []
        for draft in self.drafts {
            for schema in draft.schemas where schemas[schema.tool] == nil { schemas[schema.tool] = schema }
            for role in draft.roles where names.insert(TextKey(role.name)).inserted { roles.append(role) }
        }
        let first = self.drafts.first
        return PolicyDefinition(
            name: first?.name ?? "", description: first?.description ?? "", environment: first?.environment ?? "*",
            revision: revision, files: self.drafts.map(\.file),
            globalDeny: GlobalDeny(
                tools: self.globalTools, patterns: PatternGroup(self.denyingDrafts.flatMap(\.globalPatterns))),
            schemas: schemas, roles: roles, rules: self.rules, outputRules: self.outputRules)
    }
}
