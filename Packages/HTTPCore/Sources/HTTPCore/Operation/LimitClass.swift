/// The name of a limit that applies to an operation, as a plain value: HTTPCore knows no rules and no counters.
///
/// Limits are counted per class and subject, not per URL (CONTRACTS decisions).
public struct LimitClass: Sendable, Hashable {
    /// Whose budget is charged.
    public enum Subject: Sendable, Hashable {
        /// The authenticated caller as `user:{id}`, else the client's address as `ip:{host}`.
        case caller
        /// The client's address, also for authenticated callers.
        case address
    }

    /// The name of the class, such as `read`; it selects the rules and shows in headers and in the API description.
    public let name: String
    /// Whose budget is charged.
    public let subject: Subject

    /// Creates a class.
    ///
    /// - Parameters:
    ///   - name: ASCII letters, digits and hyphens.
    ///   - subject: Whose budget is charged.
    public init(_ name: String, by subject: Subject = .caller) {
        self.name = name
        self.subject = subject
    }
}
