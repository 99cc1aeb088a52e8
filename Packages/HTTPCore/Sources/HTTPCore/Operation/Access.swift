/// Who may call an operation, as a plain value: HTTPCore knows no keys and no roles of its own.
public enum Access: Sendable, Hashable {
    /// Everybody; no credential is looked at.
    case anyone
    /// Everybody; but a credential that is sent is looked at, so that its caller is known, and one that is not valid gets 401.
    case anyoneIdentified
    /// As ``anyoneIdentified``, but who sends no credential must run on the machine of the server; everybody else gets 401.
    ///
    /// The peer itself has to be a loopback address: what a proxy says of its client does not count, so a proxy on the same machine has
    /// to send `X-Forwarded-For`. Browsers name the page that sends a write in `Origin`; with that header a credential is needed, as
    /// a page of another site must not use that the browser runs here.
    case callerOrLocal
    /// Every caller with a valid credential; everybody else gets 401.
    case caller
    /// Callers that hold one of the roles; other callers get 403, with the refusal as its text or one that names the roles.
    case role([String], refusal: String? = nil)

    /// Whether credentials are looked at.
    var looksAtCredentials: Bool { self != .anyone }

    /// Whether every caller is known.
    var needsCredential: Bool {
        switch self {
        case .anyone, .anyoneIdentified, .callerOrLocal: false
        case .caller, .role: true
        }
    }
}
