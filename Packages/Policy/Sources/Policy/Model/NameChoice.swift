import Identity

/// The names that a rule selects: those listed, or all.
struct NameChoice: Sendable, Hashable {
    /// nil for all names, also for no name.
    let names: [String]?

    static let all = NameChoice(names: nil)

    /// Whether a name is selected; no name is selected by `*` alone.
    func contains(_ name: String?) -> Bool {
        guard let names = self.names else { return true }
        guard let name else { return false }
        return names.contains { $0.hasSameBytes(as: name) }
    }

    func covers(_ other: NameChoice) -> Bool {
        guard self.names != nil else { return true }
        return other.names?.allSatisfy { self.contains($0) } ?? false
    }
}

/// Whom and what a rule is about.
struct Selector: Sendable {
    let tools: [Glob]
    /// nil for all servers.
    let servers: [Glob]?
    let roles: NameChoice
    let environments: NameChoice
    let organisations: NameChoice
    /// The lowest and highest trust level, both included.
    let trust: ClosedRange<Int>

    /// The first thing that does not fit, or nil when all does; the tool is not asked for.
    func mismatchBesidesTool(_ call: ToolCall, _ view: CallView) -> Mismatch? {
        if let servers = self.servers, !servers.contains(where: { $0.matches(view.serverBytes) }) { return .server }
        if !self.roles.contains(call.caller.role?.text) { return .role }
        if !self.environments.contains(call.caller.environment?.text) { return .environment }
        if !self.organisations.contains(call.caller.organisation.text) { return .organisation }
        if !self.trust.contains(call.caller.trustLevel.rawValue) { return .trust }
        return nil
    }

    func matchesTool(_ view: CallView) -> Bool { self.tools.contains { $0.matches(view.toolBytes) } }

    /// Whether every call that the other selects is certainly selected by this one.
    func covers(_ other: Selector) -> Bool {
        let coversServers =
            self.servers.map { own in other.servers?.allSatisfy { server in own.contains { $0.covers(server) } } ?? false }
            ?? true
        return coversServers && other.tools.allSatisfy { tool in self.tools.contains { $0.covers(tool) } }
            && self.roles.covers(other.roles) && self.environments.covers(other.environments)
            && self.organisations.covers(other.organisations)
            && self.trust.lowerBound <= other.trust.lowerBound && self.trust.upperBound >= other.trust.upperBound
    }
}
