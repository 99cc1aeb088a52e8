public import HTTPTypes
public import Identity
public import StrictJSON

/// Remembers what came of writes that clients named by an ``IdempotencyKey``; declared here for the feature that has a store.
///
/// Each ``claim(_:)`` that returns a ticket is followed by exactly one ``settle(_:_:)``, unless the process dies in between.
public protocol IdempotencyKeeper: Sendable {
    /// Claims a key, or finds out what came of it; called after limits and validation, before the handler.
    ///
    /// - Returns: Whether the handler runs.
    /// - Throws: ``Problem`` for a key that must not run now, or never again: 409, 422 or 429; 503 when the store is away.
    ///   `CancellationError` when the task was cancelled; nothing is claimed then.
    func claim(_ request: IdempotentRequest) async throws -> IdempotencyClaim

    /// Notes what came of a claimed key.
    ///
    /// It neither fails nor ends early when the task is cancelled. A key that it cannot settle stays claimed, and is never run
    /// again.
    func settle(_ ticket: IdempotencyTicket, _ ending: IdempotencyEnding) async
}

/// A write that a client gave a name.
public struct IdempotentRequest: Sendable {
    /// The name.
    public let key: IdempotencyKey
    /// Who calls; never the anonymous caller.
    public let caller: Caller
    /// The method of the operation.
    public let method: HTTPRequest.Method
    /// The path of the operation with parameters in braces.
    public let path: String
    /// Path and query values in normal form, by name.
    public let parameters: JSONValue
    /// The body in normal form; `null` when there is none.
    public let body: JSONValue
    /// How long the handler may take before it is cancelled.
    public let deadline: Duration

    /// Creates a request, as tests of keepers do.
    ///
    /// - Parameters:
    ///   - key: The name that the client gave.
    ///   - caller: Who calls.
    ///   - method: The method of the operation.
    ///   - path: The path of the operation with parameters in braces.
    ///   - parameters: Path and query values in normal form, by name.
    ///   - body: The body in normal form.
    ///   - deadline: How long the handler may take.
    public init(
        key: IdempotencyKey, caller: Caller, method: HTTPRequest.Method, path: String, parameters: JSONValue = [:],
        body: JSONValue = .null, deadline: Duration
    ) {
        self.key = key
        self.caller = caller
        self.method = method
        self.path = path
        self.parameters = parameters
        self.body = body
        self.deadline = deadline
    }
}

/// What is to be done about a write with a key.
public enum IdempotencyClaim: Sendable {
    /// The handler runs, and what comes of it is told under this ticket.
    case run(IdempotencyTicket)
    /// The handler does not run: this was answered before.
    case replay(OperationResponse)
}

/// Names one claim of a key.
public struct IdempotencyTicket: Sendable, Hashable {
    /// The name, chosen by the keeper; it tells nothing about the key.
    public let id: String

    /// Names a claim.
    public init(id: String) {
        self.id = id
    }
}

/// What came of a write with a key.
public enum IdempotencyEnding: Sendable {
    /// An answer for good: below 500 and neither 429 nor 1xx.
    case answered(OperationResponse)
    /// An answer that asks the client to come again: 429, or 500 and above.
    case refused
    /// The handler threw this, and it stands for no answer for good; it may tell that the effect may have happened.
    case failed(any Error)
}
