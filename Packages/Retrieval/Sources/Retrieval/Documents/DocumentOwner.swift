public import Cryptography
public import Identity

/// Whose documents are asked about: owners see, search and delete only their own.
public struct DocumentOwner: Sendable, Hashable {
    /// As it is kept: `user:{id}`, `caller:{id}`, or `anonymous:{keyed digest of the session}`.
    let key: String

    /// Where the documents of anonymous sessions lie among all owners.
    static let anonymousPrefix = "anonymous:"
    /// The first text behind all that begin with ``anonymousPrefix``.
    static let anonymousEnd = "anonymous;"

    /// Whether it is a session of a client without a key.
    var isAnonymous: Bool { self.key.utf8.starts(with: Self.anonymousPrefix.utf8) }

    /// The owner that a known caller is.
    ///
    /// - Returns: `nil` for the anonymous caller, which is nobody.
    public init?(_ caller: Caller) {
        switch caller.kind {
        case .user: self.key = "user:\(caller.id.text)"
        case .gatewayCaller: self.key = "caller:\(caller.id.text)"
        case .anonymous: return nil
        }
    }

    /// The owner that an anonymous session is.
    ///
    /// What is kept does not tell the session, which is a credential. When the server's secret is replaced, documents of sessions from
    /// before are not found any more.
    ///
    /// - Parameters:
    ///   - session: What the session's cookie holds.
    ///   - keyring: The server's secrets.
    /// - Throws: `CryptographyError` with code `libraryFailure`.
    public init(session: String, keyring: SecretKeyring) throws(CryptographyError) {
        let digest = try keyring.sign(session.utf8, for: KeyPurpose("retrieval.session"))
        self.key = Self.anonymousPrefix + Hex.encode(digest)
    }

    /// Compares bytes, as the database does.
    public static func == (left: DocumentOwner, right: DocumentOwner) -> Bool {
        left.key.utf8.elementsEqual(right.key.utf8)
    }

    /// Hashes bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in self.key.utf8 { hasher.combine(byte) }
    }
}
