public import Identity

/// Names one request in the audit trail, such as `req-123`; it is taken once and never again.
public struct AuditRequestID: TextIdentifier {
    /// The name as it was given.
    public let text: String

    /// Takes text that was checked before; see `TextIdentifier/init(unchecked:)`.
    public init(unchecked text: String) {
        self.text = text
    }
}
