/// One tool, or one server of tools, as the console lists it (CONTRACTS §1.2).
public struct ConsoleTool: Sendable {
    /// What stands behind an entry.
    public enum Kind: Sendable {
        /// A tool of the program itself.
        case builtIn(any BuiltInTool)
        /// A tool server of the gateway; whoever executes it names one of its tools.
        case server
    }

    /// How the console names it: a number for built-in tools, the name of a server.
    public let id: String
    /// Its name.
    public let name: String
    /// What it does.
    public let summary: String
    /// Whether it can be executed.
    public let isEnabled: Bool
    /// What stands behind it.
    public let kind: Kind
}

/// All that the console can execute: the tools of the program itself, and the tool servers of the gateway.
public struct ToolRegistry: Sendable {
    /// The server on which built-in tools stand, for policy and audit.
    public static let builtInServer = "builtin"
    /// How the names of built-in tools begin there.
    public static let builtInPrefix = "builtin."

    /// The entries: built-in tools in their order, then servers by name.
    public let tools: [ConsoleTool]

    /// Lists what there is.
    ///
    /// - Parameters:
    ///   - builtIns: The tools of the program in their order, which gives them the ids `1`, `2` and so on, and whether each may run.
    ///   - servers: The names of the tool servers.
    /// - Throws: ``ToolConsoleError`` with code `reservedName` when a server has the name or the id of something built in.
    public init(builtIns: [(tool: any BuiltInTool, isEnabled: Bool)], servers: [String]) throws(ToolConsoleError) {
        var tools = builtIns.enumerated().map { position, entry in
            ConsoleTool(
                id: "\(position + 1)", name: entry.tool.name, summary: entry.tool.summary, isEnabled: entry.isEnabled,
                kind: .builtIn(entry.tool))
        }
        let taken = [Self.builtInServer] + tools.map(\.id)
        for server in servers {
            guard !taken.contains(where: { $0.utf8.elementsEqual(server.utf8) }) else {
                throw ToolConsoleError(.reservedName, message: "a tool server cannot have the name '\(server)'")
            }
            tools.append(
                ConsoleTool(
                    id: server, name: server, summary: "Tool server; the member tool names which of its tools runs",
                    isEnabled: true, kind: .server))
        }
        self.tools = tools
    }

    /// The entry with an id, compared byte by byte.
    public subscript(id: String) -> ConsoleTool? {
        self.tools.first { $0.id.utf8.elementsEqual(id.utf8) }
    }

    /// The built-in tool of a name with its prefix, such as `builtin.health_check`.
    func builtIn(named name: String) -> (tool: any BuiltInTool, isEnabled: Bool)? {
        for entry in self.tools {
            guard case .builtIn(let tool) = entry.kind, (Self.builtInPrefix + tool.name).utf8.elementsEqual(name.utf8) else {
                continue
            }
            return (tool, entry.isEnabled)
        }
        return nil
    }
}
