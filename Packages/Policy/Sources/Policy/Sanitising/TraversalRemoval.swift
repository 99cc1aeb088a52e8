/// Removes what leads up in a path: two dots and a separator, plain or percent-encoded any number of times.
enum TraversalRemoval {
    /// The bytes without any such sequence, also none that removing makes anew; nil when there is none.
    ///
    /// Bytes are moved over one by one, and whenever the end of what is kept reads as a sequence, it is dropped. So the result
    /// holds none, in time linear in the text.
    static func removing(from bytes: [UInt8]) -> [UInt8]? {
        guard bytes.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "%") }) else { return nil }
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        for byte in bytes {
            kept.append(byte)
            if let start = self.sequenceStart(kept[...]) { kept.removeSubrange(start...) }
        }
        return kept.count == bytes.count ? nil : kept
    }

    /// Where a sequence begins that ends with the last byte.
    private static func sequenceStart(_ bytes: ArraySlice<UInt8>) -> Int? {
        if let separator = self.start(of: bytes, plain: [UInt8(ascii: "/"), UInt8(ascii: "\\")], encoded: ["2f", "5c"]) {
            return self.dots(bytes[..<separator])?.start
        }
        // Two dots encoded more than once are a sequence by themselves.
        guard let last = bytes.last, last | 0x20 == UInt8(ascii: "e"), let dots = self.dots(bytes), dots.isTwiceEncoded else {
            return nil
        }
        return dots.start
    }

    /// Where two dots begin that end the bytes.
    private static func dots(_ bytes: ArraySlice<UInt8>) -> (start: Int, isTwiceEncoded: Bool)? {
        let dot = [UInt8(ascii: ".")]
        guard let second = self.start(of: bytes, plain: dot, encoded: ["2e"]),
            let first = self.start(of: bytes[..<second], plain: dot, encoded: ["2e"])
        else { return nil }
        return (first, bytes.endIndex - second > 3 && second - first > 3)
    }

    /// Where a character begins that ends the bytes: as itself, or as `%xx` with `25` repeated behind the percent sign.
    private static func start(of bytes: ArraySlice<UInt8>, plain: [UInt8], encoded: [String]) -> Int? {
        guard let last = bytes.last else { return nil }
        if plain.contains(last) { return bytes.endIndex - 1 }
        guard bytes.count >= 3 else { return nil }
        let code = bytes.suffix(2)
        guard encoded.contains(where: { zip($0.utf8, code).allSatisfy { $0 == $1.asciiLowercased } }) else { return nil }
        var start = bytes.endIndex - 2
        while start - 2 >= bytes.startIndex, bytes[start - 1] == UInt8(ascii: "5"), bytes[start - 2] == UInt8(ascii: "2") {
            start -= 2
        }
        guard start > bytes.startIndex, bytes[start - 1] == UInt8(ascii: "%") else { return nil }
        return start - 1
    }
}
