public import StrictJSON

/// What became of a call to a tool.
public enum ToolOutcome: Sendable, Hashable {
    /// The tool answered with a status below 300 and an answer that can be read.
    case success(JSONObject)
    /// There is no answer that can be used.
    case failure(ToolFailure)
}

/// Why a call to a tool has no answer that can be used.
public struct ToolFailure: Error, Hashable {
    /// The kind of failure, as `audit_events.execution_status` names it.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// The tool, or what lies before it, answered with an error, or nothing was sent.
        case toolError = "TOOL_ERROR"
        /// The tool did not answer in time; what it did is not known.
        case timeout = "TIMEOUT"
    }

    /// The kind of failure.
    public let status: Status
    /// Why, for people and for the audit trail: no text of the tool server.
    public let reason: String
    /// The HTTP status that stands for it: that of the server, or 404 for an unknown server, 503 where nothing may be sent, 504 for a
    /// time-out, 502 otherwise.
    public let httpStatus: Int
    /// Whether the tool may have seen the call, and so may have acted.
    public let mayHaveRun: Bool

    /// Describes a failure.
    public init(_ status: Status, _ reason: String, httpStatus: Int, mayHaveRun: Bool) {
        self.status = status
        self.reason = reason
        self.httpStatus = httpStatus
        self.mayHaveRun = mayHaveRun
    }
}
