/// The 32 bytes that SHA-256 or HMAC-SHA256 gives.
///
/// Two digests are compared in constant time.
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// The number of bytes of a digest: 32.
    public static let byteCount = 32

    // Words in memory order: the bytes of the digest are the bytes of the struct.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init() {}

    /// Takes a digest that was kept as bytes; nil unless there are 32 of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.withMutableBytes { $0.copyBytes(from: bytes) }
    }

    /// Takes a digest that was kept as text; nil unless it has 64 hexadecimal digits of either case.
    public init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// The digest as bytes.
    public var bytes: [UInt8] {
        self.withUnsafeBytes { Array($0) }
    }

    /// The digest as 64 hexadecimal digits in lower case, such as `ba7816bf…f20015ad`.
    public var hex: String {
        self.withUnsafeBytes { Hex.encode($0) }
    }

    /// The same as ``hex``.
    public var description: String { self.hex }

    /// Lends the 32 bytes without copying them to the heap.
    public func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try Swift.withUnsafeBytes(of: self.words, body)
    }

    mutating func withMutableBytes<Value>(_ body: (UnsafeMutableRawBufferPointer) -> Value) -> Value {
        withUnsafeMutableBytes(of: &self.words, body)
    }

    /// Compares in constant time.
    public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        // Words are combined without a branch, so that the time tells nothing about where they differ.
        (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
            | (left.words.3 ^ right.words.3) == 0
    }

    /// Hashes the 32 bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.words.0)
        hasher.combine(self.words.1)
        hasher.combine(self.words.2)
        hasher.combine(self.words.3)
    }
}
