extension PolicyEngine {
    /// Decides again about a call once its arguments are sanitised, so that what is sent was judged too.
    ///
    /// - Parameters:
    ///   - decision: What was decided about the call as received.
    ///   - call: The call as received.
    ///   - sanitized: What sanitising made of its arguments; a call that could not be looked at whole is denied.
    /// - Returns: The stricter of both decisions; the first when both are equally strict.
    public func recheck(
        _ decision: PolicyDecision, of call: ToolCall, sanitized: SanitizedArguments
    ) -> PolicyDecision {
        guard sanitized.isComplete else {
            return PolicyDecision(
                verdict: .deny, rule: "evaluation-error", rationale: "The call could not be judged: sanitising found no end",
                revision: self.definition.revision, shadows: decision.shadows)
        }
        // The same call gets the same decision.
        if sanitized.arguments == call.arguments { return decision }
        return self.recheck(decision, with: call.with(arguments: sanitized.arguments))
    }

    /// How a call is judged in both forms: as received, and as it will be sent where that is judged more strictly.
    ///
    /// - Parameters:
    ///   - call: The call as received.
    ///   - sanitized: What sanitising made of its arguments.
    /// - Returns: The decision that ``recheck(_:of:sanitized:)`` leads to, with what was tried for it.
    public func explain(_ call: ToolCall, sanitized: SanitizedArguments) -> PolicyExplanation {
        let received = self.explain(call)
        if received.decision.isDenied { return received }
        let decision = self.recheck(received.decision, of: call, sanitized: sanitized)
        guard decision.verdict > received.decision.verdict else { return received }
        let sent = sanitized.isComplete ? self.explain(call.with(arguments: sanitized.arguments)) : received
        return PolicyExplanation(decision: decision, steps: sent.steps)
    }
}
