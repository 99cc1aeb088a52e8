public import Identity
public import Policy

extension GatewayPipeline {
    /// How a call would be judged now, as it was received; nothing is called, asked or recorded.
    public func explain(_ call: ToolCall) -> PolicyExplanation {
        self.parts.policies.engine.explain(call)
    }

    /// What a caller may at best get from each tool that the policy names.
    public func reach(by caller: Caller) -> CallerReach {
        let engine = self.parts.policies.engine
        let tools = engine.definition.toolNames.map { name in
            CallerReach.Tool(name: name, reach: engine.reach(of: name, on: "", by: caller))
        }
        return CallerReach(tools: tools, revision: engine.definition.revision)
    }
}

/// What a caller may at best get.
public struct CallerReach: Sendable, Hashable {
    /// A tool that the policy names.
    public struct Tool: Sendable, Hashable {
        /// The name, without wildcards.
        public let name: String
        /// The mildest decision.
        public let reach: ToolReach
    }

    /// The tools, by name.
    public let tools: [Tool]
    /// The policy that says so.
    public let revision: PolicyRevision
}
