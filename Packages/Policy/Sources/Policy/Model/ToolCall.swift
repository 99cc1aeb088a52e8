public import Identity
public import StrictJSON

/// A call of a tool, as it is judged: the arguments are the parsed tree that is also signed, recorded and forwarded.
public struct ToolCall: Sendable {
    /// The name of the tool server, as the request names it.
    public let server: String
    /// The name of the tool; one that is no ``ToolName`` is denied.
    public let tool: String
    /// The arguments, from a strict parser.
    public let arguments: JSONObject
    /// Who calls, as proven by the credential; rules go by its role, trust, environment and organisation.
    public let caller: Caller

    /// Creates a call.
    ///
    /// - Parameters:
    ///   - server: The name of the tool server.
    ///   - tool: The name of the tool.
    ///   - arguments: The arguments.
    ///   - caller: Who calls.
    public init(server: String, tool: String, arguments: JSONObject, caller: Caller) {
        self.server = server
        self.tool = tool
        self.arguments = arguments
        self.caller = caller
    }

    /// The same call with other arguments, such as sanitised ones.
    public func with(arguments: JSONObject) -> ToolCall {
        ToolCall(server: self.server, tool: self.tool, arguments: arguments, caller: self.caller)
    }
}
