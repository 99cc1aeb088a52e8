public import Identity
import StrictJSON

/// What a caller may at best get from a tool.
public struct ToolReach: Hashable, Sendable {
    /// The mildest decision that some arguments may lead to.
    public let verdict: PolicyVerdict
    /// The rule behind it, or `catch-all-deny`, or `global-deny-tools`.
    public let rule: String
    /// Whether the rule asks something of the arguments.
    public let isConditional: Bool
}

extension PolicyEngine {
    /// The mildest decision that a caller may get from a tool, whatever the arguments; for lists of tools and for overviews.
    ///
    /// - Parameters:
    ///   - tool: The name of the tool.
    ///   - server: The server that has it.
    ///   - caller: Who would call.
    public func reach(of tool: String, on server: String, by caller: Caller) -> ToolReach {
        let call = ToolCall(server: server, tool: tool, arguments: [:], caller: caller)
        let view = CallView(call)
        let lowered = view.toolBytes.map(\.asciiLowercased)
        guard ToolName.isValid(tool) else { return ToolReach(verdict: .deny, rule: "invalid-tool-name", isConditional: false) }
        if self.definition.globalDeny.tools.contains(where: { $0.matches(view.toolBytes) || $0.matches(lowered) }) {
            return ToolReach(verdict: .deny, rule: "global-deny-tools", isConditional: false)
        }
        var best: ToolReach?
        for rule in self.definition.rules where !rule.isShadow && rule.selector.matchesTool(view) {
            guard rule.selector.mismatchBesidesTool(call, view) == nil else { continue }
            let reach = ToolReach(verdict: rule.verdict, rule: rule.name, isConditional: !rule.constraints.isEmpty)
            if best.map({ reach.verdict < $0.verdict }) ?? true { best = reach }
            // Nothing comes past a rule that asks nothing.
            if !reach.isConditional { break }
        }
        return best ?? ToolReach(verdict: .deny, rule: "catch-all-deny", isConditional: false)
    }
}
