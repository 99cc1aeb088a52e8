import Cryptography

/// Bytes over which hashes and codes are made: each part is preceded by its length, so that no two lists of parts agree.
struct FramedBytes {
    private(set) var bytes: [UInt8] = []

    /// Begins with what the bytes are for, so that a hash of one use is none of another.
    init(domain: StaticString, capacity: Int = 256) {
        self.bytes.reserveCapacity(capacity)
        domain.withUTF8Buffer { self.append($0) }
    }

    /// Appends a part of any length: eight bytes of length, most significant first, and the part.
    mutating func append(_ part: some Collection<UInt8>) {
        self.append(Int64(part.count))
        self.bytes.append(contentsOf: part)
    }

    /// Appends a number as eight bytes, most significant first.
    mutating func append(_ number: Int64) {
        withUnsafeBytes(of: number.bigEndian) { self.bytes.append(contentsOf: $0) }
    }

    /// Appends a digest as a part.
    mutating func append(_ digest: SHA256Digest) {
        digest.withUnsafeBytes { self.append($0) }
    }
}
