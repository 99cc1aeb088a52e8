import Synchronization

/// One secret of the server, 32 random bytes, of which all its keys are derived.
///
/// Nothing is ever sealed or signed with the secret itself: HKDF makes one key for every purpose and use. Copies share the
/// derived keys.
public struct ServerSecret: Sendable, CustomStringConvertible, CustomReflectable {
    private let keys: DerivedKeys

    /// Eight bytes that name the secret in what it sealed and signed, and tell nothing about it.
    public let id: ServerSecretID

    /// Makes a secret of random bytes.
    ///
    /// - Throws: ``CryptographyError`` with code `randomUnavailable` or `libraryFailure`.
    public static func random() throws(CryptographyError) -> ServerSecret {
        try ServerSecret(try SecretBytes.random(count: 32))
    }

    /// Takes 32 bytes.
    ///
    /// - Throws: ``CryptographyError`` with code `invalidKey` for another length; `libraryFailure`.
    public init(_ bytes: SecretBytes) throws(CryptographyError) {
        guard bytes.count == 32 else {
            throw CryptographyError(.invalidKey, message: "a server secret has 32 bytes, not \(bytes.count)")
        }
        self.keys = DerivedKeys(secret: bytes)
        self.id = try ServerSecretID(of: bytes)
    }

    /// Reads base64 of 32 bytes: 44 characters with padding, in the usual alphabet or the one for URLs, padding optional.
    ///
    /// - Throws: ``CryptographyError`` with code `invalidKey`, whose message says what is wrong without the text.
    public init(base64 text: String) throws(CryptographyError) {
        guard !text.isEmpty else { throw CryptographyError(.invalidKey, message: "the server secret is empty") }
        var urlText = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        if urlText.count == 44, urlText.last == UInt8(ascii: "=") { urlText.removeLast() }
        guard var bytes = Base64URL.decode(String(decoding: urlText, as: UTF8.self)) else {
            throw CryptographyError(.invalidKey, message: "the server secret is no valid base64 (\(text.utf8.count) characters)")
        }
        defer { bytes.wipe() }
        try self.init(SecretBytes(bytes))
    }

    /// The derived key for a use of the caller's own, such as the seed of a signature key.
    ///
    /// - Returns: 32 bytes that depend on the secret and the purpose alone.
    /// - Throws: ``CryptographyError`` with code `libraryFailure`.
    public func key(for purpose: KeyPurpose) throws(CryptographyError) -> SecretBytes {
        try self.keys.derive("key", purpose)
    }

    func cipher(for purpose: KeyPurpose) throws(CryptographyError) -> AES256GCM {
        try self.keys.all(for: purpose).cipher
    }

    func authenticator(for purpose: KeyPurpose) throws(CryptographyError) -> HMACSHA256 {
        try self.keys.all(for: purpose).authenticator
    }

    /// The id, never the secret.
    public var description: String { "<server secret \(self.id)>" }

    /// Shows the id only.
    public var customMirror: Mirror { Mirror(self, children: ["id": self.id]) }
}

/// Names a ``ServerSecret`` in what it sealed and signed: eight bytes derived from it by HKDF.
public struct ServerSecretID: Hashable, Sendable, CustomStringConvertible {
    static let byteCount = 8

    let bytes: [UInt8]

    init(of secret: SecretBytes) throws(CryptographyError) {
        let derived = try HKDFSHA256.deriveKey(from: secret, info: Array("gatehouse/1/id".utf8), count: Self.byteCount)
        self.bytes = derived.withUnsafeBytes { Array($0) }
    }

    /// Takes the id that stands in sealed or signed bytes.
    init(bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// 16 hexadecimal digits.
    public var description: String { Hex.encode(self.bytes) }
}

/// The keys of one secret, derived at first use; purposes come from the program text, so there are few.
private final class DerivedKeys: Sendable {
    struct Keys {
        let cipher: AES256GCM
        let authenticator: HMACSHA256
    }

    private let secret: SecretBytes
    private let known = Mutex<[KeyPurpose: Keys]>([:])

    init(secret: SecretBytes) {
        self.secret = secret
    }

    func all(for purpose: KeyPurpose) throws(CryptographyError) -> Keys {
        if let keys = self.known.withLock({ $0[purpose] }) { return keys }
        let keys = Keys(
            cipher: try AES256GCM(key: try self.derive("seal", purpose)),
            authenticator: try HMACSHA256(key: try self.derive("sign", purpose)))
        self.known.withLock { $0[purpose] = keys }
        return keys
    }

    func derive(_ use: String, _ purpose: KeyPurpose) throws(CryptographyError) -> SecretBytes {
        try HKDFSHA256.deriveKey(from: self.secret, info: Array("gatehouse/1/\(use)/\(purpose.label)".utf8))
    }
}
