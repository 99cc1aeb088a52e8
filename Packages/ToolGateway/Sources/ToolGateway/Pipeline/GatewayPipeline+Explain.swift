public import Identity
public import Policy

extension GatewayPipeline {
    /// How a call would be judged now, as it was received and as it would be sent; nothing is called, asked or recorded.
    public func explain(_ call: ToolCall) -> PolicyExplanation {
        self.parts.policies.engine.explain(call, sanitized: self.sanitizer.sanitized(call.arguments))
    }

    /// What a caller may at best get from each tool that the policy names.
    ///
    /// - Parameters:
    ///   - caller: Who would call.
    ///   - servers: The servers that there are; of each tool the mildest decision on any of them is told.
    public func reach(by caller: Caller, on servers: [String]) -> CallerReach {
        let engine = self.parts.policies.engine
        let tools = engine.definition.toolNames.map { name in
            var best = engine.reach(of: name, on: servers.first ?? "", by: caller)
            for server in servers.dropFirst() {
                let other = engine.reach(of: name, on: server, by: caller)
                if other.verdict < best.verdict { best = other }
            }
            return CallerReach.Tool(name: name, reach: best)
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
