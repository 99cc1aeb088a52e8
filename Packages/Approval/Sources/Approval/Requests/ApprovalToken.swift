public import Cryptography

/// The secret that spends an approval: 32 random bytes as base64url, 43 characters (`approval_token`).
///
/// It is told once, to the caller, and kept nowhere. Descriptions do not show it.
public struct ApprovalToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret itself, for the answer to the caller.
    public let text: String

    /// Draws a token.
    ///
    /// - Throws: `CryptographyError` without random bytes.
    public init() throws(CryptographyError) {
        self.text = try Random.base64URLToken()
    }

    /// Takes a token that was presented, or returns nil for what cannot be one.
    public init?(_ text: String) {
        guard ApprovalHandle.isWellFormed(text) else { return nil }
        self.text = text
    }

    /// What the token is known by: base64url(SHA-256(token)).
    public var handle: ApprovalHandle {
        ApprovalHandle(unchecked: Base64URL.encode(SHA256.hash(self.text.utf8).bytes))
    }

    /// Not the token.
    public var description: String { "<approval token>" }

    /// Not the token.
    public var debugDescription: String { self.description }

    /// Shows nothing, so that `dump` does not either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The public name of an approval: base64url(SHA-256(approval token)), 43 characters.
///
/// It is the `token` of the table, of lists, of paths and of the key in Redis. It finds an approval and cannot spend it.
public struct ApprovalHandle: Sendable, Hashable, CustomStringConvertible {
    /// The name, plain ASCII.
    public let text: String

    /// Takes a name from a column that only we write.
    public init(unchecked text: String) {
        self.text = text
    }

    /// Takes a name from outside, or returns nil for what cannot be one.
    public init?(_ text: String) {
        guard Self.isWellFormed(text) else { return nil }
        self.text = text
    }

    /// The name.
    public var description: String { self.text }

    static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == 43 && Base64URL.decode(text)?.count == 32
    }
}

/// What a client names an approval by: its handle or its token.
public struct ApprovalReference: Sendable {
    /// Under which handles it may be: the text itself, and what it is the token of.
    let handles: [ApprovalHandle]

    /// Takes what a client sent, or returns nil when it can be neither handle nor token.
    public init?(_ text: String) {
        guard let handle = ApprovalHandle(text), let token = ApprovalToken(text) else { return nil }
        self.handles = [handle, token.handle]
    }

    /// Names an approval by its handle.
    public init(_ handle: ApprovalHandle) {
        self.handles = [handle]
    }
}
