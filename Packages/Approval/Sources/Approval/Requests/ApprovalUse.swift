public import Identity
public import Persistence
public import StrictJSON

/// An attempt to spend an approval: the token, and the call that is about to happen.
public struct ApprovalUse: Sendable {
    /// The secret, as it was presented; a handle spends nothing.
    public var token: String
    /// The request that spends it, 1 to 255 bytes of visible text.
    public var requestID: String
    /// Who calls.
    public var caller: Caller
    /// What the yes is wanted for.
    public var scope: ApprovalScope
    /// The tool server.
    public var server: String
    /// The tool.
    public var tool: String
    /// The policy that is in force now.
    public var policyRevision: String
    /// The arguments as the caller sent them now.
    public var receivedArguments: JSONValue
    /// The arguments as they are going to be sent now.
    public var sentArguments: JSONValue

    /// Names what is about to happen.
    public init(
        token: String, requestID: String, caller: Caller, scope: ApprovalScope = .execution, server: String, tool: String,
        policyRevision: String, receivedArguments: JSONValue, sentArguments: JSONValue
    ) {
        self.token = token
        self.requestID = requestID
        self.caller = caller
        self.scope = scope
        self.server = server
        self.tool = tool
        self.policyRevision = policyRevision
        self.receivedArguments = receivedArguments
        self.sentArguments = sentArguments
    }
}

/// A yes that was spent.
public struct Consumption: Sendable {
    /// What was spent.
    public let handle: ApprovalHandle
    /// The request that was held up.
    public let approvedRequestID: String
    /// Who said yes, the oldest vote first.
    public let approvers: [ApprovalParty]
    /// When the last one did.
    public let decidedAt: Timestamp?
    /// The output that was withheld, for ``ApprovalScope/outputRelease``; this is the only time that it is given.
    public let output: JSONValue?
    /// Names this use, so that it alone can be taken back.
    let id: String
    /// Who spent it, and for which request.
    let party: ApprovalParty
    let requestID: String
}
