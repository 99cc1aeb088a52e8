import Cryptography

/// The secret that a sender and a receiver share, such as `whsec_MfKQ…aLaSw`: 24 to 64 bytes.
///
/// Every description is redacted. Source: Standard Webhooks 1.0.0, "Signature scheme".
public struct WebhookSecret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private static let prefix = "whsec_"
    private static let byteCounts = 24...64

    let key: SecretBytes

    /// Reads a secret from its text form.
    ///
    /// - Throws: ``WebhookError`` with code `invalidSecret`; the text is not quoted.
    public init(parsing text: String) throws(WebhookError) {
        guard text.utf8.starts(with: Self.prefix.utf8), text.utf8.count <= 128,
            let bytes = Base64.decode(String(text.utf8.dropFirst(Self.prefix.utf8.count)) ?? ""),
            Self.byteCounts.contains(bytes.count)
        else {
            throw WebhookError(
                .invalidSecret, message: "the secret of a webhook is whsec_ and the base64 form of 24 to 64 bytes")
        }
        self.key = SecretBytes(bytes)
    }

    private init(key: SecretBytes) {
        self.key = key
    }

    /// Makes a secret of 32 random bytes.
    ///
    /// - Throws: ``WebhookError`` with code `libraryFailure` when the system has no random bytes.
    public static func random() throws(WebhookError) -> WebhookSecret {
        do throws(CryptographyError) {
            return WebhookSecret(key: try SecretBytes.random(count: 32))
        } catch {
            throw WebhookError(.libraryFailure, message: "no secret for a webhook could be made", cause: error)
        }
    }

    /// The text form, to be stored sealed and shown once.
    public var text: String { Self.prefix + self.key.withUnsafeBytes { Base64.encode($0) } }

    /// `whsec_…`, never the rest.
    public var description: String { "whsec_…" }

    /// `whsec_…`, never the rest.
    public var debugDescription: String { self.description }

    /// Shows nothing, so that `dump` does not either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
