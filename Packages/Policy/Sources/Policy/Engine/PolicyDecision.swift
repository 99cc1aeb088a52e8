/// What was decided about a call, and by what.
public struct PolicyDecision: Hashable, Sendable {
    /// What becomes of the call.
    public let verdict: PolicyVerdict
    /// The name of the rule that decided, or one of the fixed names: `global-deny-tools`, `global-deny-argument-patterns`,
    /// `tool-schema`, `invalid-tool-name`, `evaluation-error`, `catch-all-deny`.
    public let rule: String
    /// One sentence for people; it repeats no value of an argument. Of a rule:
    /// `Matched rule '<name>' (priority=<p>): <description>`.
    public let rationale: String
    /// The policy by which was decided.
    public let revision: PolicyRevision
    /// Shadow rules that would have decided instead, in their order.
    public let shadows: [ShadowMatch]

    /// Whether the call may run, now or once a person has agreed.
    public var isDenied: Bool { self.verdict == .deny }
}

/// A shadow rule that would have decided.
public struct ShadowMatch: Hashable, Sendable {
    /// The name of the rule.
    public let rule: String
    /// What it would have decided.
    public let verdict: PolicyVerdict
}

/// How a decision came about: everything that was tried, in order.
public struct PolicyExplanation: Sendable {
    /// One thing that was tried.
    public struct Step: Hashable, Sendable {
        /// What became of it.
        public enum Outcome: Hashable, Sendable {
            /// It decided, or would have, if it is a shadow rule.
            case matched
            /// It did not match, with one sentence why.
            case skipped(String)
            /// It gave no answer, with one sentence why; the call is denied then.
            case failed(String)
            /// It was not asked, as something before it decided.
            case notReached
        }

        /// The name of the rule, or of a fixed step, as in ``PolicyDecision/rule``.
        public let name: String
        /// What it would decide.
        public let verdict: PolicyVerdict
        /// The priority of a rule; nil for fixed steps.
        public let priority: Int?
        /// Whether it is a shadow rule.
        public let isShadow: Bool
        /// What became of it.
        public let outcome: Outcome
    }

    /// What was decided.
    public let decision: PolicyDecision
    /// What was tried, and what stands behind it.
    public let steps: [Step]
}
