/// A string that is equal, and hashes, by its UTF-8 bytes.
///
/// `String` itself holds that "é" in one scalar and in two are the same; in JSON they are two keys.
struct UTF8Key: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: UTF8Key, right: UTF8Key) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(self.text.utf8.count)
        self.text.withContiguousUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Whether both strings have the same UTF-8 bytes.
    func hasSameBytes(as other: String) -> Bool {
        // Canonical equality is a quick test that equal bytes always pass.
        self.utf8.count == other.utf8.count && self == other && self.utf8.elementsEqual(other.utf8)
    }

    /// Whether the UTF-8 bytes of this string come before those of the other, which is the order of Unicode code points.
    func precedesByCodePoint(_ other: String) -> Bool {
        self.precedes(other) { $0 }
    }

    /// Whether the UTF-16 code units of this string come before those of the other, as RFC 8785 section 3.2.3 sorts keys.
    ///
    /// Where two valid UTF-8 strings part, UTF-16 orders as the bytes do, save that code points from U+10000 (lead bytes F0 to
    /// F4) begin with a surrogate and so come before U+E000 to U+FFFF (lead bytes EE and EF).
    func precedesByCodeUnit(_ other: String) -> Bool {
        self.precedes(other) { $0 == 0xEE || $0 == 0xEF ? $0 | 0x10 : $0 }
    }

    private func precedes(_ other: String, weight: (UInt8) -> UInt8) -> Bool {
        self.withContiguousUTF8 { left in
            other.withContiguousUTF8 { right in
                for index in 0..<min(left.count, right.count) where left[index] != right[index] {
                    return weight(left[index]) < weight(right[index])
                }
                return left.count < right.count
            }
        }
    }

    /// Lends the UTF-8 bytes, which only strings bridged from Objective-C have to be copied for.
    func withContiguousUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = self.utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = self
        return copy.withUTF8(body)
    }
}
