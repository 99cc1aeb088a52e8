import COpenSSL

/// Signatures with Ed25519 (RFC 8032), without prehash and context.
public enum Ed25519 {
    /// Bytes of a signature: 64.
    public static let signatureBytes = 64

    /// A key that signs.
    public struct PrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
        private let key: Key
        /// The key that checks this key's signatures.
        public let publicKey: PublicKey

        /// Makes a key of random bytes.
        ///
        /// - Throws: ``CryptographyError`` with code `randomUnavailable` or `libraryFailure`.
        public init() throws(CryptographyError) {
            try self.init(seed: try SecretBytes.random(count: 32))
        }

        /// Takes the 32 bytes that RFC 8032 calls the private key.
        ///
        /// - Throws: ``CryptographyError`` with code `invalidKey` for another length.
        public init(seed: SecretBytes) throws(CryptographyError) {
            guard seed.count == 32 else {
                throw CryptographyError(.invalidKey, message: "a private key for Ed25519 has 32 bytes, not \(seed.count)")
            }
            let pointer = seed.withUnsafeBytes { seed in
                EVP_PKEY_new_raw_private_key(
                    EVP_PKEY_ED25519, nil, seed.assumingMemoryBound(to: UInt8.self).baseAddress, seed.count)
            }
            guard let pointer else { throw .library("libcrypto refused a private key") }
            self.key = Key(owning: pointer)
            var raw = [UInt8](repeating: 0, count: 32)
            var count = raw.count
            guard EVP_PKEY_get_raw_public_key(pointer, &raw, &count) == 1 else { throw .library("libcrypto gave no public key") }
            self.publicKey = try PublicKey(bytes: raw)
        }

        /// Signs a message; the same message gets the same signature.
        ///
        /// - Returns: The 64 bytes of the signature.
        /// - Throws: ``CryptographyError`` with code `libraryFailure`.
        public func sign(_ message: some Collection<UInt8>) throws(CryptographyError) -> [UInt8] {
            guard let context = EVP_MD_CTX_new() else { throw .library("no context for Ed25519") }
            defer { EVP_MD_CTX_free(context) }
            var signature = [UInt8](repeating: 0, count: Ed25519.signatureBytes)
            var count = signature.count
            let done = message.withContiguousBytes { message in
                let message = message.assumingMemoryBound(to: UInt8.self)
                return EVP_DigestSignInit_ex(context, nil, nil, nil, nil, self.key.pointer, nil) == 1
                    && EVP_DigestSign(context, &signature, &count, message.baseAddress, message.count) == 1
            }
            guard done, count == Ed25519.signatureBytes else { throw .library("Ed25519 did not sign") }
            return signature
        }

        /// The public key, never the private one.
        public var description: String { "<private key of \(self.publicKey)>" }

        /// Shows nothing, so that `dump` does not either.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// A key that checks signatures.
    public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
        private let key: Key
        /// The 32 bytes of the key, which RFC 8032 calls the public key.
        public let bytes: [UInt8]

        /// Takes the 32 bytes of a public key; whether they are a point of the curve shows only at the first check.
        ///
        /// - Throws: ``CryptographyError`` with code `invalidKey` for another length.
        public init(bytes: [UInt8]) throws(CryptographyError) {
            guard bytes.count == 32 else {
                throw CryptographyError(.invalidKey, message: "a public key for Ed25519 has 32 bytes, not \(bytes.count)")
            }
            guard let pointer = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count) else {
                throw .library("libcrypto refused a public key")
            }
            self.key = Key(owning: pointer)
            self.bytes = bytes
        }

        /// Whether this key's private half made the signature of exactly this message; false for anything else, whatever its
        /// length or form.
        public func isValid(_ signature: some Collection<UInt8>, for message: some Collection<UInt8>) -> Bool {
            guard let context = EVP_MD_CTX_new() else { return false }
            defer { EVP_MD_CTX_free(context) }
            let isValid = message.withContiguousBytes { message in
                signature.withContiguousBytes { signature in
                    let message = message.assumingMemoryBound(to: UInt8.self)
                    let signature = signature.assumingMemoryBound(to: UInt8.self)
                    return EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, self.key.pointer, nil) == 1
                        && EVP_DigestVerify(context, signature.baseAddress, signature.count, message.baseAddress, message.count)
                            == 1
                }
            }
            ERR_clear_error()
            return isValid
        }

        /// Compares the 32 bytes.
        public static func == (left: PublicKey, right: PublicKey) -> Bool { left.bytes == right.bytes }

        /// Hashes the 32 bytes.
        public func hash(into hasher: inout Hasher) { hasher.combine(self.bytes) }

        /// The 32 bytes as base64url.
        public var description: String { Base64URL.encode(self.bytes) }
    }

    /// Owns a key of libcrypto, which wipes private parts when it frees them.
    ///
    /// Unchecked, because the pointer is not sendable: the key is never changed after `init`, and libcrypto locks what it
    /// caches inside of it.
    private final class Key: @unchecked Sendable {
        let pointer: OpaquePointer

        init(owning pointer: OpaquePointer) {
            self.pointer = pointer
        }

        deinit { EVP_PKEY_free(self.pointer) }
    }
}
