/// What is counted: a tuple of byte strings, such as a tenant and a user.
///
/// The parts are joined with a length before each, so `("a", "bc")` and `("ab", "c")` differ, whatever bytes the parts hold:
///
/// ```
/// ("user", "é:1")  →  04 75 73 65 72  04 C3 A9 3A 31
/// ```
///
/// A length is a little-endian base-128 number. Parts are compared as bytes; no Unicode form is equal to another. A key whose joined
/// form has at most ``inlineByteCount`` bytes lives without a heap allocation.
public struct RateLimitKey: Sendable {
    /// The longest joined form, in bytes; four kilobytes.
    public static let maximumByteCount = 4_096
    /// The longest joined form that needs no allocation: 22 bytes, or one part of 21.
    public static let inlineByteCount = 22
    /// How many bytes of a longer key stand in its record; the rest is stored apart.
    static let headByteCount = 18

    /// Three words: the first bytes of the joined form, little-endian, and its length in the two highest bytes of the last.
    let words: (UInt64, UInt64, UInt64)
    /// A keyed hash of the whole joined form.
    let hash: UInt64
    /// The whole joined form when it is longer than ``inlineByteCount``.
    let spill: [UInt8]?

    /// Creates a key of one part.
    ///
    /// - Throws: ``RateLimitError`` with code `invalidKey` when the joined form is longer than ``maximumByteCount``.
    public init(_ part: String) throws(RateLimitError) {
        var joiner = KeyJoiner()
        joiner.count(part.utf8.count)
        guard joiner.isShort else {
            self = try joiner.joinLong { writer in writer.append(part) }
            return
        }
        var gathered = KeyWords()
        gathered.append(part)
        self.init(words: gathered.words(byteCount: joiner.total))
    }

    /// Creates a key of two parts, such as a kind and an id.
    ///
    /// - Throws: ``RateLimitError`` with code `invalidKey` when the joined form is longer than ``maximumByteCount``.
    public init(_ first: String, _ second: String) throws(RateLimitError) {
        var joiner = KeyJoiner()
        joiner.count(first.utf8.count)
        joiner.count(second.utf8.count)
        guard joiner.isShort else {
            self = try joiner.joinLong { writer in
                writer.append(first)
                writer.append(second)
            }
            return
        }
        var gathered = KeyWords()
        gathered.append(first)
        gathered.append(second)
        self.init(words: gathered.words(byteCount: joiner.total))
    }

    /// Creates a key of one part that is given as bytes.
    ///
    /// - Throws: ``RateLimitError`` with code `invalidKey` when the joined form is longer than ``maximumByteCount``.
    public init(bytes: UnsafeRawBufferPointer) throws(RateLimitError) {
        var joiner = KeyJoiner()
        joiner.count(bytes.count)
        guard joiner.isShort else {
            self = try joiner.joinLong { writer in writer.append(bytes) }
            return
        }
        var gathered = KeyWords()
        gathered.append(bytes)
        self.init(words: gathered.words(byteCount: joiner.total))
    }

    /// Creates a key of any number of parts, each any bytes.
    ///
    /// - Throws: ``RateLimitError`` with code `invalidKey` when the joined form is longer than ``maximumByteCount``.
    public init(parts: [[UInt8]]) throws(RateLimitError) {
        var joiner = KeyJoiner()
        for part in parts { joiner.count(part.count) }
        guard joiner.isShort else {
            self = try joiner.joinLong { writer in
                for part in parts { part.withUnsafeBytes { writer.append($0) } }
            }
            return
        }
        var gathered = KeyWords()
        for part in parts { part.withUnsafeBytes { gathered.append($0) } }
        self.init(words: gathered.words(byteCount: joiner.total))
    }

    @inline(__always)
    private init(words: (UInt64, UInt64, UInt64), spill: [UInt8]?, hash: UInt64) {
        self.words = words
        self.spill = spill
        self.hash = hash
    }

    /// The same key with a hash that makes its counter under `rule` hash like that of `other` under `otherRule`; tests of collisions
    /// need it, as nobody can find one otherwise.
    package func colliding(under rule: RateLimitRule, with other: RateLimitKey, under otherRule: RateLimitRule) -> RateLimitKey {
        let hash = KeyedHash.counterpart(of: other.hash, identity: otherRule.identity, under: rule.identity)
        return RateLimitKey(words: self.words, spill: self.spill, hash: hash)
    }

    @inline(__always)
    init(words: (UInt64, UInt64, UInt64)) {
        self.init(words: words, spill: nil, hash: Self.hash(ofWords: words))
    }

    init(words: (UInt64, UInt64, UInt64), spill: [UInt8]) {
        self.init(words: words, spill: spill, hash: spill.withUnsafeBytes { Self.hash(ofBytes: $0) })
    }

    /// The joined form's length in bytes.
    public var byteCount: Int { Int(self.words.2 >> 48) }

    /// The joined form: each part behind its length.
    public var joinedBytes: [UInt8] {
        if let spill { return spill }
        return withUnsafeBytes(of: (self.words.0.littleEndian, self.words.1.littleEndian, self.words.2.littleEndian)) {
            Array($0.prefix(self.byteCount))
        }
    }

    /// The parts, taken apart again.
    public var parts: [[UInt8]] {
        let bytes = self.joinedBytes
        var parts: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            var length = 0
            var shift = 0
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                length |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            let end = min(position + length, bytes.count)
            parts.append(Array(bytes[position..<end]))
            position = end
        }
        return parts
    }

    @inline(__always)
    static func hash(ofWords words: (UInt64, UInt64, UInt64)) -> UInt64 {
        var hash = KeyedHash()
        hash.combine(words.0)
        hash.combine(words.1)
        hash.combine(words.2)
        return hash.finalize()
    }

    static func hash(ofBytes bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = KeyedHash()
        var position = 0
        while position < bytes.count {
            var word: UInt64 = 0
            for offset in 0..<min(8, bytes.count - position) {
                word |= UInt64(bytes[position + offset]) << UInt64(8 * offset)
            }
            hash.combine(word)
            position += 8
        }
        hash.combine(UInt64(bytes.count))
        return hash.finalize()
    }
}

extension RateLimitKey: Hashable {
    /// Compares all bytes of all parts.
    public static func == (left: RateLimitKey, right: RateLimitKey) -> Bool {
        left.words == right.words && left.spill == right.spill
    }

    /// Feeds the keyed hash of the key.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.hash)
    }
}

extension RateLimitKey: CustomStringConvertible {
    /// The parts as text with `:` between them, for people; two keys may read alike.
    public var description: String {
        self.parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ":")
    }
}
