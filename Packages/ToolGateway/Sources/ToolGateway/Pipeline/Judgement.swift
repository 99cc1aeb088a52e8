import Audit
import Policy
import StrictJSON

/// All that is known of a call before anything happens: what is sent, how risky it looks, and what the policy says.
struct Judgement: Sendable {
    let invocation: Invocation
    /// The policy as it was when the call came in; everything about the call goes by it.
    let engine: PolicyEngine
    /// The call with the arguments that would be sent.
    let sent: ToolCall
    /// What was removed from the arguments, and how many changes are beyond those.
    let flags: [RedactionFlag]
    let omittedFlags: Int
    let risk: RiskAssessment
    let advice: RiskAdvice?
    let decision: PolicyDecision
    let violations: [SchemaViolation]
    /// The bytes that would be sent, hashed, signed and approved.
    let body: [UInt8]

    /// The labels of heuristics and advisor, each once.
    var riskLabels: [String] {
        var labels = self.risk.labels.filter { $0 != .none }
        for label in self.advice?.labels ?? [] where label != .none && !labels.contains(label) { labels.append(label) }
        return labels.map(\.rawValue)
    }

    /// The higher of both scores.
    var riskScore: Double { max(self.risk.score, min(max(self.advice?.score ?? 0, 0), 1)) }
}
