import COpenSSL

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1) under one key, for any number of messages.
public struct HMACSHA256: Sendable {
    private let template: Context

    /// Prepares a key of any length; 32 random bytes are the best choice.
    ///
    /// - Throws: ``CryptographyError`` with code `libraryFailure` when libcrypto refuses the key.
    public init(key: SecretBytes) throws(CryptographyError) {
        self.template = try Context(key: key)
    }

    /// The code of a message.
    ///
    /// - Throws: ``CryptographyError`` with code `libraryFailure`.
    public func code(for message: some Collection<UInt8>) throws(CryptographyError) -> SHA256Digest {
        try message.withContiguousBytes { (bytes) throws(CryptographyError) in try self.template.code(for: bytes) }
    }

    /// Whether `code` belongs to the message; takes the same time wherever a wrong code differs.
    ///
    /// - Throws: ``CryptographyError`` with code `libraryFailure`.
    public func isValid(_ code: SHA256Digest, for message: some Collection<UInt8>) throws(CryptographyError) -> Bool {
        try self.code(for: message) == code
    }
}

extension HMACSHA256 {
    /// Owns a keyed context of libcrypto.
    ///
    /// Unchecked, because the pointer is not sendable: the context is never changed after `init`; every message uses a copy.
    private final class Context: @unchecked Sendable {
        private let pointer: OpaquePointer

        init(key: SecretBytes) throws(CryptographyError) {
            guard let pointer = EVP_MAC_CTX_new(Algorithms.hmac) else { throw .library("no context for HMAC") }
            self.pointer = pointer
            var name = Array("SHA256".utf8CString)
            let done = name.withUnsafeMutableBufferPointer { name in
                let parameters = [Parameter.text("digest", name), OSSL_PARAM_construct_end()]
                return key.withUnsafeBytes { key in
                    EVP_MAC_init(pointer, key.assumingMemoryBound(to: UInt8.self).baseAddress, key.count, parameters)
                }
            }
            guard done == 1 else { throw .library("HMAC refused its key") }
        }

        deinit { EVP_MAC_CTX_free(self.pointer) }

        func code(for message: UnsafeRawBufferPointer) throws(CryptographyError) -> SHA256Digest {
            guard let copy = EVP_MAC_CTX_dup(self.pointer) else { throw .library("no context for HMAC") }
            defer { EVP_MAC_CTX_free(copy) }
            let bytes = message.assumingMemoryBound(to: UInt8.self)
            var digest = SHA256Digest()
            var length = 0
            let done = digest.withMutableBytes { output in
                bytes.isEmpty || EVP_MAC_update(copy, bytes.baseAddress, bytes.count) == 1
                    ? EVP_MAC_final(copy, output.assumingMemoryBound(to: UInt8.self).baseAddress, &length, output.count) : 0
            }
            guard done == 1, length == SHA256Digest.byteCount else { throw .library("HMAC failed") }
            return digest
        }
    }
}
