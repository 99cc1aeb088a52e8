/// Joins the parts of a key, in place when they are short.
struct KeyJoiner {
    private var total = 0

    /// Announces a part; all are announced before ``join(_:)``.
    mutating func count(_ partByteCount: Int) {
        var prefix = 1
        var rest = partByteCount >> 7
        while rest > 0 {
            prefix += 1
            rest >>= 7
        }
        self.total = self.total &+ prefix &+ partByteCount
    }

    func join(_ write: (inout KeyWriter) -> Void) throws(RateLimitError) -> RateLimitKey {
        guard self.total <= RateLimitKey.maximumByteCount else {
            throw RateLimitError(
                .invalidKey, message: "a key of \(self.total) bytes is too long; allowed are \(RateLimitKey.maximumByteCount)"
            )
        }
        guard self.total > RateLimitKey.inlineByteCount else {
            let words = Self.words(write, byteCount: self.total)
            return RateLimitKey(words: words, spill: nil)
        }
        let spill = [UInt8](unsafeUninitializedCapacity: self.total) { buffer, count in
            var writer = KeyWriter(target: UnsafeMutableRawBufferPointer(buffer))
            write(&writer)
            count = writer.position
        }
        let head = Self.words(
            { writer in
                spill.withUnsafeBytes { writer.copy(UnsafeRawBufferPointer(rebasing: $0.prefix(RateLimitKey.headByteCount))) }
            }, byteCount: self.total)
        return RateLimitKey(words: head, spill: spill)
    }

    private static func words(_ write: (inout KeyWriter) -> Void, byteCount: Int) -> (UInt64, UInt64, UInt64) {
        var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &words) { buffer in
            var writer = KeyWriter(target: buffer)
            write(&writer)
        }
        return (
            UInt64(littleEndian: words.0), UInt64(littleEndian: words.1),
            UInt64(littleEndian: words.2) | UInt64(byteCount) << 48
        )
    }
}

/// Writes parts one behind the other into memory that was measured before.
struct KeyWriter {
    private let target: UnsafeMutableRawBufferPointer
    private(set) var position = 0

    init(target: UnsafeMutableRawBufferPointer) {
        self.target = target
    }

    mutating func append(_ part: String) {
        let wasContiguous: Void? = part.utf8.withContiguousStorageIfAvailable { self.append(UnsafeRawBufferPointer($0)) }
        if wasContiguous == nil { Array(part.utf8).withUnsafeBytes { self.append($0) } }
    }

    mutating func append(_ part: UnsafeRawBufferPointer) {
        var rest = part.count
        repeat {
            self.target[self.position] = UInt8(truncatingIfNeeded: rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)
            self.position += 1
            rest >>= 7
        } while rest > 0
        self.copy(part)
    }

    mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        UnsafeMutableRawBufferPointer(rebasing: self.target[self.position...]).copyMemory(from: bytes)
        self.position += bytes.count
    }
}
