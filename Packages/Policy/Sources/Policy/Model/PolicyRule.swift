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
    let origin: Origin

    /// Where a rule was written.
    struct Origin: Sendable, Hashable {
        /// The number of the file in the chain of `extends`, 0 for the one that was asked for.
        let level: Int
        let file: String
        let place: PolicyPlace
    }
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
