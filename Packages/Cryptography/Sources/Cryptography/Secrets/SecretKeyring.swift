/// The server's secrets: the current one, which seals and signs, and older ones, whose work stays readable during a rotation.
///
/// ```swift
/// let ring = try SecretKeyring(parsing: text)  // GATEHOUSE_SECRET_KEY, such as "new,old"
/// let sealed = try ring.seal(arguments, for: .approval, context: Array("request-1".utf8))
/// let opened = try ring.open(sealed, for: .approval, context: Array("request-1".utf8))
/// ```
///
/// Sealed bytes: version `01`, the secret's id (8 bytes), nonce (12), ciphertext, tag (16). Signatures: version `01`, the
/// secret's id (8), HMAC-SHA256 (32). The head of either is authenticated together with the rest. To rotate, put a new
/// secret in front; drop an old one when nothing that it sealed is wanted any more.
public struct SecretKeyring: Sendable, CustomStringConvertible {
    /// Bytes that sealing adds: 37.
    public static let sealingOverhead = Self.headBytes + AES256GCM.overhead
    /// Bytes of a signature: 41.
    public static let signatureBytes = Self.headBytes + SHA256Digest.byteCount

    private static let version: UInt8 = 1
    private static let headBytes = 1 + ServerSecretID.byteCount

    /// The secret that seals and signs.
    public let current: ServerSecret
    /// Secrets that only open and check.
    public let older: [ServerSecret]

    /// Creates a ring.
    public init(current: ServerSecret, older: [ServerSecret] = []) {
        self.current = current
        self.older = older
    }

    /// Reads secrets as base64, separated by commas, the current one first; blanks around them are ignored.
    ///
    /// - Throws: ``CryptographyError`` with code `invalidKey`, whose message names the position of the bad one and never its
    ///   text; also when one stands there twice.
    public init(parsing text: String) throws(CryptographyError) {
        try self.init(parsing: text.split(separator: ",", omittingEmptySubsequences: false))
    }

    init(parsing texts: [Substring]) throws(CryptographyError) {
        var secrets: [ServerSecret] = []
        for (index, text) in texts.enumerated() {
            let secret: ServerSecret
            do throws(CryptographyError) {
                secret = try ServerSecret(base64: text.trimmingASCIIWhitespace())
            } catch {
                throw CryptographyError(
                    error.code, message: "secret \(index + 1) of \(texts.count): \(error.message)", cause: error.cause)
            }
            guard !secrets.contains(where: { $0.id == secret.id }) else {
                throw CryptographyError(.invalidKey, message: "secret \(index + 1) of \(texts.count) stands there twice")
            }
            secrets.append(secret)
        }
        guard let current = secrets.first else { throw CryptographyError(.invalidKey, message: "there is no server secret") }
        self.init(current: current, older: Array(secrets.dropFirst()))
    }

    /// Encrypts a message with the current secret.
    ///
    /// - Parameters:
    ///   - plaintext: The message, up to 512 MiB.
    ///   - purpose: What it is for; opening it for another purpose fails.
    ///   - context: What must be the same at opening, such as the id of the row that the result is kept in.
    /// - Throws: ``CryptographyError`` as ``AES256GCM/seal(_:context:)``.
    public func seal(
        _ plaintext: some Collection<UInt8>, for purpose: KeyPurpose, context: [UInt8] = []
    ) throws(CryptographyError) -> [UInt8] {
        let head = self.head
        return head + (try self.current.cipher(for: purpose).seal(plaintext, context: head + context))
    }

    /// Checks and decrypts what ``seal(_:for:context:)`` gave, with whichever secret of the ring sealed it.
    ///
    /// - Throws: ``CryptographyError`` with code `malformedInput` for bytes of another layout, `unknownKey` when the secret is
    ///   not on the ring, `authenticationFailed` when bytes, purpose or context are others than at sealing.
    public func open(
        _ sealed: some Collection<UInt8>, for purpose: KeyPurpose, context: [UInt8] = []
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= Self.sealingOverhead, sealed.first == Self.version else {
            throw CryptographyError(.malformedInput, message: "these bytes were not sealed by this server")
        }
        let head = Array(sealed.prefix(Self.headBytes))
        guard let secret = self.secret(named: head) else {
            throw CryptographyError(.unknownKey, message: "the secret that sealed these bytes is not on the ring")
        }
        return try secret.cipher(for: purpose).open(sealed.dropFirst(Self.headBytes), context: head + context)
    }

    /// Whether bytes were sealed with an older secret, so that it is time to seal them anew.
    public func isSealedWithOlderSecret(_ sealed: some Collection<UInt8>) -> Bool {
        let head = Array(sealed.prefix(Self.headBytes))
        return head.first == Self.version && self.older.contains { $0.id == Self.id(in: head) }
    }

    /// Signs a message with the current secret; the same message gets the same signature, so it also serves as a keyed digest.
    ///
    /// - Returns: 41 bytes.
    /// - Throws: ``CryptographyError`` with code `libraryFailure`.
    public func sign(_ message: some Collection<UInt8>, for purpose: KeyPurpose) throws(CryptographyError) -> [UInt8] {
        self.head + (try self.current.authenticator(for: purpose).code(for: message).bytes)
    }

    /// Whether a secret of the ring signed this message for this purpose; false for bytes of any other length or form.
    ///
    /// - Throws: ``CryptographyError`` with code `libraryFailure`.
    public func isValid(
        _ signature: some Collection<UInt8>, for message: some Collection<UInt8>, purpose: KeyPurpose
    ) throws(CryptographyError) -> Bool {
        guard signature.count == Self.signatureBytes, signature.first == Self.version,
            let secret = self.secret(named: Array(signature.prefix(Self.headBytes))),
            let code = SHA256Digest(bytes: signature.dropFirst(Self.headBytes))
        else { return false }
        return try secret.authenticator(for: purpose).isValid(code, for: message)
    }

    /// The ids, never the secrets.
    public var description: String {
        "<keyring of \(([self.current] + self.older).map(\.id.description).joined(separator: ", "))>"
    }

    private var head: [UInt8] { [Self.version] + self.current.id.bytes }

    private func secret(named head: [UInt8]) -> ServerSecret? {
        let id = Self.id(in: head)
        return self.current.id == id ? self.current : self.older.first { $0.id == id }
    }

    private static func id(in head: [UInt8]) -> ServerSecretID {
        ServerSecretID(bytes: head.dropFirst())
    }
}
