public import StrictJSON

/// Keeps what is pending where reading is quick. The table is the truth: no decision goes by what is kept here.
public protocol ApprovalCache: Sendable {
    /// Keeps a value, unless its handle was forgotten before.
    ///
    /// - Parameters:
    ///   - value: The request without its arguments.
    ///   - handle: The request.
    ///   - timeToLive: How long, longer than zero.
    /// - Throws: When the time is zero or negative, or it is not known whether the value is kept.
    func store(_ value: JSONValue, for handle: ApprovalHandle, timeToLive: Duration) async throws

    /// The value of a handle, if there is one.
    ///
    /// - Throws: When it cannot be told.
    func value(for handle: ApprovalHandle) async throws -> JSONValue?

    /// Removes a value for good: a ``store(_:for:timeToLive:)`` that is late must not bring it back.
    ///
    /// - Parameters:
    ///   - handle: The request.
    ///   - duration: For how long the handle stays forgotten, longer than zero.
    /// - Throws: When it is not known whether the value is gone.
    func forget(_ handle: ApprovalHandle, for duration: Duration) async throws
}
