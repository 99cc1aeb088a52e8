import Cryptography
public import Identity
import StrictJSON

/// Who has deposited credentials.
///
/// Tables hold keyed digests of owners only: a session's text is all that it takes to act as its client.
public struct CredentialOwner: Sendable, Hashable {
    private let parts: [String]

    /// Whether nobody is known behind it.
    public let isSession: Bool

    /// A known caller, whatever key it shows.
    ///
    /// - Returns: `nil` for the anonymous caller, which many share.
    public static func caller(_ caller: Caller) -> CredentialOwner? {
        guard !caller.isAnonymous else { return nil }
        let parts = ["caller", caller.kind.rawValue, caller.id.text, caller.organisation.text]
        return CredentialOwner(parts: parts, isSession: false)
    }

    /// An anonymous client that comes again under the text of a session.
    public static func session(_ id: String) -> CredentialOwner {
        CredentialOwner(parts: ["session", id], isSession: true)
    }

    private init(parts: [String], isSession: Bool) {
        self.parts = parts
        self.isSession = isSession
    }

    /// The digest by one secret; it begins with the name of the secret.
    func digest(by keyring: SecretKeyring) throws(CryptographyError) -> [UInt8] {
        let text = JSONValue.array(self.parts.map { .string($0) }).compactBytes()
        return try keyring.sign(text, for: KeyPurpose("credential-owner"))
    }

    /// The digests by each secret of the ring, that of the current one first.
    func digests(by keyring: SecretKeyring) throws(CryptographyError) -> [[UInt8]] {
        var digests: [[UInt8]] = []
        for secret in [keyring.current] + keyring.older { digests.append(try self.digest(by: SecretKeyring(current: secret))) }
        return digests
    }
}
