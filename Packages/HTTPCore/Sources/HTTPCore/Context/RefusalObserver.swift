public import HTTPTypes
public import Identity

/// A call that was turned away, without anything of what it carried: no path values, no query, no body.
public struct HTTPRefusal: Sendable {
    /// The status of the answer: 401, 403, 413, 422 or 429.
    public let status: HTTPResponse.Status
    /// The kind of the problem.
    public let code: ProblemCode
    /// The `id` of the operation, such as `listAuditEvents`.
    public let operation: String
    /// The operation's path template, such as `/v1/audit/{request_id}`.
    public let path: String
    /// The method.
    public let method: HTTPRequest.Method
    /// Who called, or nil when that was not proven.
    public let caller: Caller?
    /// Where the call came from, behind trusted proxies.
    public let clientAddress: IPAddress?
    /// The id that the answer names in `X-Request-ID`; clients may choose it.
    public let requestID: String

    /// Creates a refusal, as tests of observers do.
    ///
    /// - Parameters:
    ///   - status: The status of the answer.
    ///   - code: The kind of the problem.
    ///   - operation: The `id` of the operation.
    ///   - path: The operation's path template.
    ///   - method: The method.
    ///   - caller: Who called, if that was proven.
    ///   - clientAddress: Where the call came from.
    ///   - requestID: The id that the answer names.
    public init(
        status: HTTPResponse.Status, code: ProblemCode, operation: String, path: String, method: HTTPRequest.Method,
        caller: Caller?, clientAddress: IPAddress?, requestID: String
    ) {
        self.status = status
        self.code = code
        self.operation = operation
        self.path = path
        self.method = method
        self.caller = caller
        self.clientAddress = clientAddress
        self.requestID = requestID
    }
}

/// Hears of each call that was turned away with 401, 403, 413, 422 or 429 by an operation with ``Operation/recordsRefusals``.
///
/// It is called once per attempt, before the answer leaves, and cannot change the answer; so it must not take long.
public protocol RefusalObserver: Sendable {
    /// Notes a refusal.
    func note(_ refusal: HTTPRefusal) async
}
