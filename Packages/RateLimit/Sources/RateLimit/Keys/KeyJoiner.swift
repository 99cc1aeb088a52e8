/// Measures the parts of a key, and joins those of a long one.
struct KeyJoiner {
    private(set) var total = 0

    /// Announces a part; all are announced before they are joined.
    @inline(__always)
    mutating func count(_ partByteCount: Int) {
        var prefix = 1
        var rest = partByteCount >> 7
        while rest > 0 {
            prefix += 1
            rest >>= 7
        }
        self.total = self.total &+ prefix &+ partByteCount
    }

    /// Whether the joined form fits the words of a key.
    var isShort: Bool { @inline(__always) get { self.total <= RateLimitKey.inlineByteCount } }

    /// Joins what does not fit the words of a key.
    @inline(never)
    func joinLong(_ write: (inout KeyWriter) -> Void) throws(RateLimitError) -> RateLimitKey {
        guard self.total <= RateLimitKey.maximumByteCount else {
            throw RateLimitError(
                .invalidKey, message: "a key of \(self.total) bytes is too long; allowed are \(RateLimitKey.maximumByteCount)"
            )
        }
        let spill = [UInt8](unsafeUninitializedCapacity: self.total) { buffer, count in
            var writer = KeyWriter(target: UnsafeMutableRawBufferPointer(buffer))
            write(&writer)
            count = writer.position
        }
        var head = KeyWords()
        spill.withUnsafeBytes { head.copy(UnsafeRawBufferPointer(rebasing: $0.prefix(RateLimitKey.headByteCount))) }
        return RateLimitKey(words: head.words(byteCount: self.total), spill: spill)
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
        guard !part.isEmpty else { return }
        UnsafeMutableRawBufferPointer(rebasing: self.target[self.position...]).copyMemory(from: part)
        self.position += part.count
    }
}
