import COpenSSL

/// The algorithms of libcrypto, looked up once: a look-up takes longer than hashing a short text.
///
/// The objects are reference-counted by the library, immutable once fetched, and kept until the process ends.
enum Algorithms {
    nonisolated(unsafe) static let sha256: OpaquePointer = Self.require(EVP_MD_fetch(Self.context, "SHA256", nil), "SHA-256")
    nonisolated(unsafe) static let hmac: OpaquePointer = Self.require(EVP_MAC_fetch(Self.context, "HMAC", nil), "HMAC")
    nonisolated(unsafe) static let hkdf: OpaquePointer = Self.require(EVP_KDF_fetch(Self.context, "HKDF", nil), "HKDF")
    nonisolated(unsafe) static let aes256GCM: OpaquePointer =
        Self.require(EVP_CIPHER_fetch(Self.context, "AES-256-GCM", nil), "AES-256-GCM")

    /// The default context, once the library is told not to tear itself down at exit: other threads may still be using it then.
    nonisolated(unsafe) private static let context: OpaquePointer? = {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
        return nil
    }()

    private static func require(_ algorithm: OpaquePointer?, _ name: String) -> OpaquePointer {
        guard let algorithm else { preconditionFailure("every build of libcrypto 3 has \(name)") }
        return algorithm
    }
}
