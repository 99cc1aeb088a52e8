import Cryptography
public import Identity

/// The one key of all administrators that the setting `ADMIN_API_KEY` may name, for older clients that present it as
/// `X-Admin-Key` (CONTRACTS §1.4).
///
/// Who presents it is an administrator of the organisation `default` without a person, so four-eyes rules see all its holders as
/// one. Only its SHA-256 is kept in memory.
public struct AdminAPIKey: Sendable {
    /// By which name the holders go; no gateway caller can be made with it, and keys of a row of `api_keys` that another tool made
    /// with it are not valid: nobody else is taken for the holders, nor they for somebody else.
    public static let callerID = CallerID(unchecked: "admin-api-key")

    private let digest: SHA256Digest

    /// Takes the setting's value.
    ///
    /// - Returns: `nil` for an empty text, which switches the key off.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        self.digest = SHA256.hash(text.utf8)
    }

    /// The caller of a credential, or `nil` for every other text; the time does not depend on how much of it is right.
    public func caller(presenting credential: String) async throws -> Caller? {
        // Digests are compared in constant time.
        guard SHA256.hash(credential.utf8) == self.digest else { return nil }
        return Caller(id: Self.callerID, kind: .gatewayCaller, role: .admin, trustLevel: .admin)
    }
}
