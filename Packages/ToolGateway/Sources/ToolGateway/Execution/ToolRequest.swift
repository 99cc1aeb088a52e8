public import Identity
public import Policy
public import StrictJSON

/// One call that is going to be sent to a tool server.
public struct ToolRequest: Sendable {
    /// The request of the caller: 1 to 255 visible ASCII characters.
    public let requestID: String
    /// Who calls.
    public let caller: Caller
    /// The tool.
    public let tool: ToolName
    /// The arguments as they are sent: an object.
    public let arguments: JSONObject

    /// Names what is going to be sent.
    public init(requestID: String, caller: Caller, tool: ToolName, arguments: JSONObject) {
        self.requestID = requestID
        self.caller = caller
        self.tool = tool
        self.arguments = arguments
    }

    /// The body: the sorted form (CONTRACTS, Appendix A), so that what is hashed, signed and approved is what is sent.
    public var body: [UInt8] { JSONValue.object(self.arguments).sortedBytes() }
}
