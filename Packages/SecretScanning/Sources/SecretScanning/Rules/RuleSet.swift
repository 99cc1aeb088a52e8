/// The rules of a scanner.
public struct RuleSet: Sendable {
    /// The rules, each id once.
    public let rules: [Rule]

    /// All rules of this package, also those that are off by default.
    public static let all = RuleSet(
        rules: Rule.compatible + Rule.furtherCode + Rule.furtherModels + Rule.furtherClouds + Rule.furtherServices
            + Rule.furtherText
            + Rule.personal + Rule.national)

    /// The rules that are on by default.
    public static let builtIn = RuleSet(rules: Self.all.rules.filter(\.isOnByDefault))

    /// Creates a set; of several rules with one id the first stands.
    public init(rules: [Rule]) {
        var seen: Set<String> = []
        self.rules = rules.filter { seen.insert($0.id).inserted }
    }

    /// This set with the given rules of ``all`` besides; ids that do not exist are left out.
    public func including(_ ids: Set<String>) -> RuleSet {
        RuleSet(rules: self.rules + Self.all.rules.filter { ids.contains($0.id) })
    }

    /// This set without the given rules.
    public func excluding(_ ids: Set<String>) -> RuleSet {
        RuleSet(rules: self.rules.filter { !ids.contains($0.id) })
    }

    /// The rule with an id.
    public subscript(id: String) -> Rule? { self.rules.first { $0.id == id } }
}
