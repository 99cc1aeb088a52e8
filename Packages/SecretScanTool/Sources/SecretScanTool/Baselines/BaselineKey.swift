public import Cryptography

/// The key of a project, under which its baseline keeps secrets.
///
/// A plain hash of a weak password can be guessed by whoever sees the baseline; with a key that is kept elsewhere it cannot.
public struct BaselineKey: Sendable {
    private let authenticator: HMACSHA256

    /// Prepares a key; 32 random bytes are the best choice.
    ///
    /// - Throws: ``CryptographyError`` with code `libraryFailure`.
    public init(_ key: SecretBytes) throws(CryptographyError) {
        self.authenticator = try HMACSHA256(key: key)
    }

    /// The fingerprint of a value: HMAC-SHA256 of `gatehouse/baseline/1`, NUL, the rule, NUL and the value.
    ///
    /// It does not depend on where the value stands, so moving a line changes nothing.
    ///
    /// - Parameters:
    ///   - value: The secret itself.
    ///   - rule: The rule that found it, without NUL.
    /// - Throws: ``CryptographyError`` with code `libraryFailure`.
    public func fingerprint(of value: some Collection<UInt8>, rule: String) throws(CryptographyError) -> SHA256Digest {
        try self.authenticator.code(for: Array("gatehouse/baseline/1\0\(rule)\0".utf8) + Array(value))
    }

    /// Sixteen hexadecimal digits by which a baseline knows its key.
    ///
    /// - Throws: ``CryptographyError`` with code `libraryFailure`.
    public func id() throws(CryptographyError) -> String {
        String(try self.authenticator.code(for: Array("gatehouse/baseline/1/key".utf8)).hex.prefix(16))
    }
}
