import COpenSSL

/// Authenticated encryption with AES-256 in Galois/counter mode (NIST SP 800-38D) under one key.
///
/// Each message gets 96 random bits as nonce, so one key should seal at most 2^32 messages (SP 800-38D, section 8.3).
public struct AES256GCM: Sendable {
    /// Bytes that sealing adds: a nonce of 12 before and a tag of 16 behind the ciphertext.
    public static let overhead = Self.nonceBytes + Self.tagBytes

    private static let nonceBytes = 12
    private static let tagBytes = 16
    /// libcrypto counts with C's `int`; half a gigabyte at a time is far from its end.
    private static let maximumBytes = 1 << 29

    private let key: SecretBytes

    /// Takes a key of 32 bytes.
    ///
    /// - Throws: ``CryptographyError`` with code `invalidKey` for another length.
    public init(key: SecretBytes) throws(CryptographyError) {
        guard key.count == 32 else {
            throw CryptographyError(.invalidKey, message: "a key for AES-256 has 32 bytes, not \(key.count)")
        }
        self.key = key
    }

    /// Encrypts a message and binds it to `context`, which is not part of the result.
    ///
    /// - Parameters:
    ///   - plaintext: The message, up to 512 MiB.
    ///   - context: What must be the same at opening, such as the id of the row that the result is kept in; up to 512 MiB.
    /// - Returns: Nonce (12 bytes), ciphertext (as long as the message) and tag (16 bytes), one behind the other.
    /// - Throws: ``CryptographyError`` with code `invalidLength`, `randomUnavailable` or `libraryFailure`.
    public func seal(_ plaintext: some Collection<UInt8>, context: some Collection<UInt8> = []) throws(CryptographyError)
        -> [UInt8]
    {
        try self.seal(plaintext, context: context, nonce: try Random.bytes(count: Self.nonceBytes))
    }

    /// Seals with a nonce that the caller guarantees to be used once, as published vectors need it.
    package func seal(
        _ plaintext: some Collection<UInt8>, context: some Collection<UInt8>, nonce: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard nonce.count == Self.nonceBytes, plaintext.count <= Self.maximumBytes, context.count <= Self.maximumBytes else {
            throw CryptographyError(.invalidLength, message: "AES-256-GCM seals up to \(Self.maximumBytes) bytes")
        }
        let cipher = try Cipher()
        try cipher.begin(.seal, key: self.key, nonce: nonce)
        var sealed = nonce
        try cipher.authenticate(context)
        try cipher.update(plaintext, appendingTo: &sealed)
        try cipher.finish()
        sealed += try cipher.tag(byteCount: Self.tagBytes)
        return sealed
    }

    /// Checks and decrypts what ``seal(_:context:)`` gave; no byte of a message is returned before all were checked.
    ///
    /// - Throws: ``CryptographyError`` with code `malformedInput` for less than 28 bytes, `authenticationFailed` when the
    ///   bytes, the context or the key are others than at sealing, `libraryFailure`.
    public func open(_ sealed: some Collection<UInt8>, context: some Collection<UInt8> = []) throws(CryptographyError) -> [UInt8]
    {
        guard sealed.count >= Self.overhead, sealed.count <= Self.maximumBytes + Self.overhead, context.count <= Self.maximumBytes
        else {
            throw CryptographyError(.malformedInput, message: "sealed bytes have a nonce and a tag around them")
        }
        let cipher = try Cipher()
        try cipher.begin(.open, key: self.key, nonce: Array(sealed.prefix(Self.nonceBytes)))
        var plaintext: [UInt8] = []
        try cipher.authenticate(context)
        try cipher.update(sealed.dropFirst(Self.nonceBytes).dropLast(Self.tagBytes), appendingTo: &plaintext)
        do throws(CryptographyError) {
            try cipher.expectTag(Array(sealed.suffix(Self.tagBytes)))
            try cipher.finish()
        } catch {
            plaintext.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
            throw CryptographyError(.authenticationFailed, message: "the sealed bytes do not belong to this key and context")
        }
        return plaintext
    }
}

/// One pass of libcrypto's cipher over one message.
private struct Cipher: ~Copyable {
    enum Direction: Int32 {
        case open = 0
        case seal = 1
    }

    private let pointer: OpaquePointer

    init() throws(CryptographyError) {
        guard let pointer = EVP_CIPHER_CTX_new() else { throw .library("no context for AES-256-GCM") }
        self.pointer = pointer
    }

    deinit { EVP_CIPHER_CTX_free(self.pointer) }

    func begin(_ direction: Direction, key: SecretBytes, nonce: [UInt8]) throws(CryptographyError) {
        let done = key.withUnsafeBytes { key in
            EVP_CipherInit_ex2(
                self.pointer, Algorithms.aes256GCM, key.assumingMemoryBound(to: UInt8.self).baseAddress, nonce,
                direction.rawValue, nil)
        }
        guard done == 1 else { throw .library("AES-256-GCM refused its key") }
    }

    func authenticate(_ context: some Collection<UInt8>) throws(CryptographyError) {
        guard !context.isEmpty else { return }
        var written: Int32 = 0
        let done = context.withContiguousBytes { bytes in
            let bytes = bytes.assumingMemoryBound(to: UInt8.self)
            return EVP_CipherUpdate(self.pointer, nil, &written, bytes.baseAddress, Int32(bytes.count))
        }
        guard done == 1 else { throw .library("AES-256-GCM refused its context") }
    }

    func update(_ input: some Collection<UInt8>, appendingTo output: inout [UInt8]) throws(CryptographyError) {
        guard !input.isEmpty else { return }
        let done = input.withContiguousBytes { input in
            let input = input.assumingMemoryBound(to: UInt8.self)
            let transformed = [UInt8](unsafeUninitializedCapacity: input.count) { buffer, count in
                var written: Int32 = 0
                let done = EVP_CipherUpdate(self.pointer, buffer.baseAddress, &written, input.baseAddress, Int32(input.count))
                count = done == 1 ? Int(written) : 0
            }
            output += transformed
            return transformed.count == input.count
        }
        guard done else { throw .library("AES-256-GCM failed") }
    }

    func finish() throws(CryptographyError) {
        var none: UInt8 = 0
        var written: Int32 = 0
        guard EVP_CipherFinal_ex(self.pointer, &none, &written) == 1 else { throw .library("AES-256-GCM failed") }
    }

    func tag(byteCount: Int) throws(CryptographyError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: byteCount)
        guard EVP_CIPHER_CTX_ctrl(self.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(byteCount), &tag) == 1 else {
            throw .library("AES-256-GCM gave no tag")
        }
        return tag
    }

    func expectTag(_ tag: [UInt8]) throws(CryptographyError) {
        var tag = tag
        guard EVP_CIPHER_CTX_ctrl(self.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1 else {
            throw .library("AES-256-GCM refused a tag")
        }
    }
}
