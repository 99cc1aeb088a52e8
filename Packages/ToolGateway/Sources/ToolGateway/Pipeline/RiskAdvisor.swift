public import Policy

/// Gives a second opinion on how risky a call is, such as a language model does; it can raise the risk and never lower it.
public protocol RiskAdvisor: Sendable {
    /// Looks at a call whose risk the heuristics are not sure of.
    ///
    /// - Parameters:
    ///   - call: The call, with sanitised arguments, and `[SENSITIVE]` for those that the policy marks as sensitive.
    ///   - assessment: What the heuristics say.
    /// - Returns: Its opinion; nil when it has none, which includes every failure.
    func advise(on call: ToolCall, assessed assessment: RiskAssessment) async -> RiskAdvice?
}

/// What an advisor says of a call.
public struct RiskAdvice: Sendable, Hashable {
    /// Labels beside those of the heuristics.
    public var labels: [RiskAssessment.Label]
    /// From 0 to 1; what lies outside is moved to the nearer end.
    public var score: Double
    /// Why, in a few sentences; it goes to the audit trail.
    public var explanation: String

    /// An opinion.
    public init(labels: [RiskAssessment.Label], score: Double, explanation: String) {
        self.labels = labels
        self.score = score
        self.explanation = explanation
    }
}
