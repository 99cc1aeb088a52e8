import COpenSSL

/// HKDF with SHA-256 (RFC 5869): makes independent keys out of one secret.
public enum HKDFSHA256 {
    /// Extracts and expands.
    ///
    /// - Parameters:
    ///   - secret: The input keying material, at least as random as the key that is wanted.
    ///   - salt: A value that need not be secret; may be empty.
    ///   - info: What the key is for; different texts give independent keys. At most 1024 bytes.
    ///   - count: Bytes of the key, 1 to 8160 (255 times 32).
    /// - Throws: ``CryptographyError`` with code `invalidLength` for a `count` or `info` out of range, `libraryFailure` when
    ///   libcrypto refuses.
    public static func deriveKey(
        from secret: SecretBytes, salt: [UInt8] = [], info: [UInt8], count: Int = 32
    ) throws(CryptographyError) -> SecretBytes {
        guard (1...8160).contains(count), info.count <= 1024 else {
            throw CryptographyError(.invalidLength, message: "HKDF-SHA256 gives 1 to 8160 bytes for up to 1024 bytes of info")
        }
        guard let context = EVP_KDF_CTX_new(Algorithms.hkdf) else { throw .library("no context for HKDF") }
        defer { EVP_KDF_CTX_free(context) }
        var digest = Array("SHA256".utf8CString)
        var done: Int32 = 0
        let key = SecretBytes(count: count) { output in
            digest.withUnsafeMutableBufferPointer { digest in
                salt.withUnsafeBytes { salt in
                    info.withUnsafeBytes { info in
                        secret.withUnsafeBytes { secret in
                            var parameters = [Parameter.text("digest", digest), Parameter.bytes("key", secret)]
                            if !salt.isEmpty { parameters.append(Parameter.bytes("salt", salt)) }
                            if !info.isEmpty { parameters.append(Parameter.bytes("info", info)) }
                            parameters.append(OSSL_PARAM_construct_end())
                            let bytes = output.assumingMemoryBound(to: UInt8.self)
                            done = EVP_KDF_derive(context, bytes.baseAddress, bytes.count, parameters)
                        }
                    }
                }
            }
        }
        guard done == 1 else { throw .library("HKDF refused its input") }
        return key
    }
}
