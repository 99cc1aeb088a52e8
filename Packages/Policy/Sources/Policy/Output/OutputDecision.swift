public import StrictJSON

/// What was decided about an output, and what may be handed over.
public struct OutputDecision: Hashable, Sendable {
    /// What becomes of the output.
    public let verdict: OutputVerdict
    /// The name of the rule that decided; `evaluation-error` when none could, nil when none matched.
    public let rule: String?
    /// `Matched rule '<name>' (priority=<p>): <description>`; nil when no rule matched.
    public let rationale: String?
    /// What to hand over: the output, redacted if the verdict says so; nil when it is denied or withheld.
    public let output: JSONValue?
    /// The labels of the patterns that were found, sorted.
    public let labels: [String]
    /// The policy by which was decided.
    public let revision: PolicyRevision
}

extension PolicyEngine {
    /// Decides about what a tool answered.
    ///
    /// Rules go by falling priority; the first that selects tool and caller and whose constraints find something decides. Without
    /// one, the output is handed over. Every string and key is judged as sent and folded. A search without an answer denies.
    ///
    /// - Parameters:
    ///   - output: What the tool answered.
    ///   - call: The call; its arguments are not looked at.
    public func judge(_ output: JSONValue, of call: ToolCall) -> OutputDecision {
        self.outputs.judge(output, of: call)
    }
}
