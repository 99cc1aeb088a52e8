public import Persistence
public import Policy

/// A call of a tool that somebody asks for.
public struct Invocation: Sendable {
    /// Names the request: 1 to 255 visible ASCII characters, used once.
    public var requestID: String
    /// The trace that the request belongs to, if it names one.
    public var traceID: String?
    /// Who calls what.
    public var call: ToolCall
    /// What the caller was told when it was sent to a person, if it comes again.
    public var approvalToken: String?
    /// When the request came in.
    public var receivedAt: Timestamp

    /// Describes a call; nothing is checked before ``GatewayPipeline/invoke(_:)``.
    public init(
        requestID: String, traceID: String? = nil, call: ToolCall, approvalToken: String? = nil, receivedAt: Timestamp = .now()
    ) {
        self.requestID = requestID
        self.traceID = traceID
        self.call = call
        self.approvalToken = approvalToken
        self.receivedAt = receivedAt
    }

    /// Whether the name can stand in a header, in a record and in a log line as it is.
    var hasPlainRequestID: Bool {
        let bytes = self.requestID.utf8
        return (1...255).contains(bytes.count) && bytes.allSatisfy { (0x21...0x7e).contains($0) }
    }
}
