/// Who may call an operation, as a plain value: HTTPCore knows no keys and no roles of its own.
public enum Access: Sendable, Hashable {
    /// Everybody; no credential is looked at.
    case anyone
    /// Every caller with a valid credential; everybody else gets 401.
    case caller
    /// Callers that hold one of the roles; other callers get 403, with the refusal as its text or one that names the roles.
    case role([String], refusal: String? = nil)
}
