/// What the heuristics make of a call; advice, never a decision.
public struct RiskAssessment: Hashable, Sendable {
    /// What a call looks like; the raw value is the wire word.
    public enum Label: String, Hashable, Sendable, CaseIterable {
        /// Nothing was noticed.
        case none = "NONE"
        /// Reads only.
        case lowReadonly = "LOW_READONLY"
        /// Writes.
        case highWriteAction = "HIGH_WRITE_ACTION"
        /// Personal data.
        case piiSensitive = "PII_SENSITIVE"
        /// Reaches for files outside of its place.
        case mediumDataExfil = "MEDIUM_DATA_EXFIL"
        /// Could destroy, or run what it fetches.
        case highDestructive = "HIGH_DESTRUCTIVE"
        /// Tries to instruct the model.
        case promptInjectionSuspect = "PROMPT_INJECTION_SUSPECT"
    }

    /// What the call looks like, each once, in the order of the table; empty when nothing was noticed.
    public let labels: [Label]
    /// How risky, 0 to 1: the highest score of a label.
    public let score: Double

    /// Whether the heuristics are so sure that a model need not be asked: a score of 0.8 or more.
    public var isConclusive: Bool { self.score >= 0.8 }
}
