public import StrictJSON

/// Says that sanitising changed a string, and why; it holds a digest of the string, never the string.
public struct RedactionFlag: Hashable, Sendable {
    /// Why a string was changed; the raw value is the wire word.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// An e-mail address.
        case email = "PII_EMAIL"
        /// A number in the form of a social security number.
        case socialSecurity = "PII_SSN"
        /// A number in the form of a payment card.
        case card = "PII_CC"
        /// A credential.
        case secret = "SECRET_TOKEN"
        /// A sequence that leads up in a path.
        case traversal = "PATH_TRAVERSAL"
        /// Other personal data.
        case personal = "PII_OTHER"
        /// A string that could not be cleaned piece by piece.
        case sensitive = "SENSITIVE"
    }

    /// The innermost key above the string, as older clients know it, up to 255 bytes; of a key that was changed, the new one.
    public let field: String
    /// Why the string was changed.
    public let reason: Reason
    /// SHA-256 of the string before, as 64 hexadecimal digits; of short strings it can be guessed, so it is no secret keeper.
    public let originalHash: String
    /// The whole way to the string as a JSON pointer (RFC 6901), such as `/rows/0/email`; of more than 512 bytes its end, behind `…`.
    public let pointer: String
}

/// Arguments after sanitising.
public struct SanitizedArguments: Sendable {
    /// Most flags that are told one by one.
    public static let maximumFlags = 1_000

    /// The arguments to send, to show and to keep.
    public let arguments: JSONObject
    /// What was changed, in the order of the arguments; of one string each reason once, and at most ``maximumFlags``.
    public let flags: [RedactionFlag]
    /// How many changes are beyond those that are told.
    public let omittedFlags: Int
    /// Whether everything could be looked at; if not, the arguments must not be sent.
    public let isComplete: Bool
}
