/// A rule about calls, checked and compiled.
struct PolicyRule: Sendable {
    let name: String
    let description: String
    let priority: Int
    let selector: Selector
    let verdict: PolicyVerdict
    let constraints: RuleConstraints
    /// Whether it is counted only, and never decides.
    let isShadow: Bool
    /// `Matched rule '<name>' (priority=<p>): <description>`, as CONTRACTS §4.7 has it.
    let rationale: String
    let facts: [ConstraintFact]
    let origin: Origin

    /// Where a rule was written.
    struct Origin: Sendable, Hashable {
        /// The number of the file in the chain of `extends`, 0 for the one that was asked for.
        let level: Int
        let file: String
        let place: PolicyPlace
    }
}

/// A demand on arguments that held when a rule matched; for the audit trail.
public struct ConstraintFact: Hashable, Sendable {
    /// What the demand is about, as a JSON pointer such as `/path`; `*` stands for every element, and alone for everything.
    public let pointer: String
    /// The kind of the demand: `path`, `sql`, `url`, `text`, `number`, `denied_patterns` or `max_arg_length`.
    public let kind: String
}

/// A rule about outputs, checked and compiled.
struct OutputRule: Sendable {
    /// A pattern that is looked for in the strings at a path.
    struct FieldPattern: Sendable {
        let field: FieldPath
        let pattern: TextPattern
        let replacement: String
    }

    let name: String
    let priority: Int
    let selector: Selector
    let verdict: OutputVerdict
    let patterns: [FieldPattern]
    let maximumLength: Int?
    /// Whether credentials are looked for by the scanner.
    let detectsCredentials: Bool
    /// Whether personal data are looked for by the scanner.
    let detectsPersonalData: Bool
    let rationale: String
    let origin: PolicyRule.Origin

    /// Whether the rule asks nothing of the output, so that it matches by its selectors alone.
    var isUnconditional: Bool {
        self.patterns.isEmpty && self.maximumLength == nil && !self.detectsCredentials && !self.detectsPersonalData
    }
}
