public import Policy
public import StrictJSON

/// What became of a call: the answer to the caller, whatever was decided (CONTRACTS §1.4, `GatewayResponse`).
public struct InvocationResult: Sendable {
    /// The request.
    public var requestID: String
    /// What was decided; `ALLOW` also for what a person allowed.
    public var decision: PolicyVerdict
    /// What the tool answered; nil when nothing ran, the tool failed, or the output is not handed over.
    public var result: JSONObject?
    /// The arguments as they were, or would be, sent; nil for a denied call.
    public var sanitizedArguments: JSONObject?
    /// What to come back with once a person has agreed. Told here and nowhere else.
    public var approvalToken: String?
    /// Why the decision was made.
    public var explanation: String
    /// What was decided over the output; `ALLOW` where there is none.
    public var outputDecision: OutputVerdict
    /// Why.
    public var outputExplanation: String?
    /// What the call looks like.
    public var riskLabels: [String]
    /// Why the tool gave no answer that can be used; nil when it did, or nothing ran. The body of the answer does not tell it.
    public var failure: ToolFailure?
    /// How long it took.
    public var latencyMilliseconds: Int

    /// The body of the answer.
    public var json: JSONValue {
        [
            "request_id": .string(self.requestID), "decision": .string(self.decision.rawValue),
            "result": self.result.map { .object($0) } ?? .null,
            "sanitized_args": self.sanitizedArguments.map { .object($0) } ?? .null,
            "approval_token": .string(orNull: self.approvalToken), "policy_explanation": .string(self.explanation),
            "output_decision": .string(self.outputDecision.rawValue),
            "output_policy_explanation": .string(orNull: self.outputExplanation),
            "risk_labels": .array(self.riskLabels.map { .string($0) }), "latency_ms": .integer(self.latencyMilliseconds),
        ]
    }
}
