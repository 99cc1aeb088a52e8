import COpenSSL

/// Bytes that must not be seen: a key or a password.
///
/// The memory is overwritten when the last copy goes away, copies share it, and every description is redacted. Comparison
/// takes constant time for secrets of one length.
public struct SecretBytes: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let storage: Storage

    /// Copies the bytes; the caller's own copy stays as it is.
    public init(_ bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Fills fresh zeroed memory.
    init(count: Int, filling fill: (UnsafeMutableRawBufferPointer) -> Void) {
        self.storage = Storage(count: count)
        fill(self.storage.buffer)
    }

    /// Makes a key of random bytes.
    ///
    /// - Throws: ``CryptographyError`` with code `randomUnavailable`.
    public static func random(count: Int = 32) throws(CryptographyError) -> SecretBytes {
        var filled = false
        let secret = SecretBytes(count: count) { filled = Random.fill($0) }
        guard filled else { throw .noRandomBytes() }
        return secret
    }

    /// The number of bytes.
    public var count: Int { self.storage.buffer.count }

    /// Lends the bytes; they must not be copied to where nobody wipes them.
    public func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { withExtendedLifetime(self.storage) {} }
        return try body(UnsafeRawBufferPointer(self.storage.buffer))
    }

    /// Compares in constant time for secrets of one length.
    public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { right in constantTimeEquals(left, right) } }
    }

    /// The length, never the bytes.
    public var description: String { "<\(self.count) secret bytes>" }

    /// The length, never the bytes.
    public var debugDescription: String { self.description }

    /// Shows nothing, so that `dump` does not either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SecretBytes {
    /// Owns the memory.
    ///
    /// Unchecked, because a pointer is not sendable: the bytes are written only before the owner is shared.
    private final class Storage: @unchecked Sendable {
        let buffer: UnsafeMutableRawBufferPointer

        init(count: Int) {
            self.buffer = .allocate(byteCount: count, alignment: 16)
            self.buffer.initializeMemory(as: UInt8.self, repeating: 0)
        }

        deinit {
            OPENSSL_cleanse(self.buffer.baseAddress, self.buffer.count)
            self.buffer.deallocate()
        }
    }
}
