import COpenSSL

/// SHA-256 (FIPS 180-4) over bytes that come in parts; for bytes that are all there use ``hash(_:)``.
///
/// ```swift
/// var hash = SHA256()
/// hash.update("ab".utf8)
/// hash.update("c".utf8)
/// hash.finalize().hex  // ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
/// ```
public struct SHA256: Sendable {
    private var context: Context

    /// Begins with no bytes.
    public init() {
        self.context = Context()
    }

    /// Takes further bytes.
    public mutating func update(_ bytes: some Collection<UInt8>) {
        if !isKnownUniquelyReferenced(&self.context) { self.context = Context(copying: self.context) }
        bytes.withContiguousBytes { self.context.update($0) }
    }

    /// The digest of all bytes so far; more may follow.
    public func finalize() -> SHA256Digest {
        Context(copying: self.context).finish()
    }

    /// The digest of `bytes`.
    @inlinable
    public static func hash(_ bytes: some Collection<UInt8>) -> SHA256Digest {
        bytes.withContiguousBytes { self.hash(contiguous: $0) }
    }

    @usableFromInline
    static func hash(contiguous bytes: UnsafeRawBufferPointer) -> SHA256Digest {
        var digest = SHA256Digest()
        let done = digest.withMutableBytes { output in
            EVP_Digest(
                bytes.baseAddress, bytes.count, output.assumingMemoryBound(to: UInt8.self).baseAddress, nil, Algorithms.sha256,
                nil)
        }
        precondition(done == 1, "hashing needs only memory")
        return digest
    }
}

extension SHA256 {
    /// Owns a context of libcrypto.
    ///
    /// Unchecked, because the pointer is not sendable: the struct around it changes the context only while it holds the only
    /// reference, and copies it otherwise.
    private final class Context: @unchecked Sendable {
        private let pointer: OpaquePointer

        init() {
            self.pointer = Self.allocate()
            precondition(EVP_DigestInit_ex2(self.pointer, Algorithms.sha256, nil) == 1, "hashing needs only memory")
        }

        init(copying other: Context) {
            self.pointer = Self.allocate()
            precondition(EVP_MD_CTX_copy_ex(self.pointer, other.pointer) == 1, "hashing needs only memory")
        }

        deinit { EVP_MD_CTX_free(self.pointer) }

        func update(_ bytes: UnsafeRawBufferPointer) {
            precondition(EVP_DigestUpdate(self.pointer, bytes.baseAddress, bytes.count) == 1, "hashing needs only memory")
        }

        /// Ends the computation; the context is of no use afterwards.
        func finish() -> SHA256Digest {
            var digest = SHA256Digest()
            let done = digest.withMutableBytes { output in
                EVP_DigestFinal_ex(self.pointer, output.assumingMemoryBound(to: UInt8.self).baseAddress, nil)
            }
            precondition(done == 1, "hashing needs only memory")
            return digest
        }

        private static func allocate() -> OpaquePointer {
            guard let pointer = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
            return pointer
        }
    }
}
