/// Escaped text that is decoded step by step, and whose decoded offsets are led back to the escaped text the same way.
enum Unescaping {
    /// The escapes of JSON strings; what is no escape stands for itself.
    case json
    /// Percent codes of RFC 3986; what is none stands for itself.
    case percent
    /// Characters that are invisible or stand for one of ASCII, see ``Folding``.
    case folded
    /// UTF-16 with the low byte first; what is none becomes U+FFFD.
    case utf16Little
    /// UTF-16 with the low byte last.
    case utf16Big

    /// One step: so many bytes stand for so many others, packed into a number with the first byte lowest.
    private struct Step {
        var consumed = 1
        var produced = 1
        var bytes: UInt32
    }

    /// Appends what a range stands for.
    func decode(_ text: ByteText, _ range: Range<Int>, into output: inout [UInt8]) {
        var offset = range.lowerBound
        let end = min(range.upperBound, text.count)
        while offset < end {
            // What stands for itself is copied in one go.
            let start = offset
            while offset < end, self.isPlain(text.base[offset]) { offset &+= 1 }
            output.append(contentsOf: UnsafeBufferPointer(start: text.base + start, count: offset &- start))
            guard offset < end else { return }
            let step = self.step(text, at: offset, end: end)
            var bytes = step.bytes
            for _ in 0..<step.produced {
                output.append(UInt8(truncatingIfNeeded: bytes))
                bytes >>= 8
            }
            offset &+= step.consumed
        }
    }

    /// Appends what a whole text in UTF-16 stands for.
    func decodeWide(_ text: ByteText, into output: inout [UInt8]) {
        var offset = 0
        while offset < text.count {
            let step = self.step(text, at: offset, end: text.count)
            var bytes = step.bytes
            for _ in 0..<step.produced {
                output.append(UInt8(truncatingIfNeeded: bytes))
                bytes >>= 8
            }
            offset &+= step.consumed
        }
    }

    /// A decoded place, and the step in the escaped text that makes it.
    typealias Place = (position: Int, offset: Int)

    /// What stands for itself is passed over by so many bytes at once; fewer than lie between two marks.
    private static let longestStride = 64

    /// Goes on from a known place to the step that makes a decoded one, or to the end.
    private func advance(from place: Place, to decoded: Int, in text: ByteText, end: Int, _ visit: (Place) -> Void) -> Place {
        var (position, offset) = place
        while offset < end {
            if self.isPlain(text[offset]) {
                let bound = offset &+ min(decoded &- position, end &- offset, Self.longestStride)
                let start = offset
                while offset < bound, self.isPlain(text[offset]) { offset &+= 1 }
                if offset == start { break }
                position &+= offset &- start
            } else {
                let step = self.step(text, at: offset, end: end)
                if position &+ step.produced > decoded { break }
                position &+= step.produced
                offset &+= step.consumed
            }
            visit((position, offset))
        }
        return (position, offset)
    }

    /// The parts of the escaped text that stand for places in the decoded text, widened to whole escapes.
    ///
    /// - Parameters:
    ///   - decoded: A match and the secret in it.
    ///   - range: The part of the text that was decoded.
    ///   - marks: Known places, of which the nearest is gone on from, so that finds in a long text do not each begin at its start.
    func source(
        of decoded: ScanState.Places, in text: ByteText, from range: Range<Int>, _ marks: inout DecodingMarks
    ) -> ScanState.Places {
        let end = range.upperBound
        let lower = min(decoded.whole.lowerBound, decoded.secret.lowerBound)
        let start = self.advance(from: marks.before(lower), to: lower, in: text, end: end) { marks.note($0) }
        marks.cursor = start
        func place(_ position: Int, from place: Place) -> Place {
            self.advance(from: place, to: position, in: text, end: end) { _ in }
        }
        func upper(_ place: Place) -> Int {
            place.offset < end ? min(place.offset &+ self.step(text, at: place.offset, end: end).consumed, end) : end
        }
        let (wholeStart, secretStart) = (
            place(decoded.whole.lowerBound, from: start), place(decoded.secret.lowerBound, from: start)
        )
        let secretEnd = place(decoded.secret.upperBound &- 1, from: secretStart)
        let isWithin = decoded.secret.upperBound <= decoded.whole.upperBound
        let wholeEnd = place(decoded.whole.upperBound &- 1, from: isWithin ? secretEnd : wholeStart)
        return ScanState.Places(
            whole: wholeStart.offset..<max(upper(wholeEnd), wholeStart.offset),
            secret: secretStart.offset..<max(upper(secretEnd), secretStart.offset))
    }

    /// A range of the escaped text widened so that it begins and ends between escapes, and the last step's place before it.
    ///
    /// - Parameter outer: The escaped text from a place on that lies between escapes.
    func widened(_ range: Range<Int>, in text: ByteText, from outer: Range<Int>) -> (range: Range<Int>, boundary: Int) {
        var (offset, boundary) = (outer.lowerBound, outer.lowerBound)
        var lower = range.lowerBound
        while offset < range.upperBound {
            if offset <= range.lowerBound { boundary = offset }
            let end = offset &+ (self.isPlain(text[offset]) ? 1 : self.step(text, at: offset, end: outer.upperBound).consumed)
            if offset < lower, lower < end { lower = offset }
            if end >= range.upperBound { return (lower..<end, boundary) }
            offset = end
        }
        return (lower..<range.upperBound, boundary)
    }

    /// Whether a byte surely stands for itself.
    @inline(__always) private func isPlain(_ byte: UInt8) -> Bool {
        switch self {
        case .json: byte != UInt8(ascii: "\\")
        case .percent: byte != UInt8(ascii: "%")
        case .folded: byte < 0xC2
        case .utf16Little, .utf16Big: false
        }
    }

    private func step(_ text: ByteText, at offset: Int, end: Int) -> Step {
        let byte = text[offset]
        switch self {
        case .utf16Little, .utf16Big: return self.wide(text, at: offset, end: end)
        case .folded:
            guard byte >= 0xC2, let fold = Folding.step(text, at: offset), offset &+ fold.length <= end else {
                return Step(bytes: UInt32(byte))
            }
            return Step(consumed: fold.length, produced: fold.byte == nil ? 0 : 1, bytes: UInt32(fold.byte ?? 0))
        case .percent:
            guard byte == UInt8(ascii: "%"), offset &+ 2 < end, let high = Self.hexValue(text[offset &+ 1]),
                let low = Self.hexValue(text[offset &+ 2])
            else { return Step(bytes: UInt32(byte)) }
            return Step(consumed: 3, bytes: high << 4 | low)
        case .json:
            guard byte == UInt8(ascii: "\\"), offset &+ 1 < end else { return Step(bytes: UInt32(byte)) }
            switch text[offset &+ 1] {
            case UInt8(ascii: "n"): return Step(consumed: 2, bytes: 10)
            case UInt8(ascii: "r"): return Step(consumed: 2, bytes: 13)
            case UInt8(ascii: "t"): return Step(consumed: 2, bytes: 9)
            case UInt8(ascii: "b"): return Step(consumed: 2, bytes: 8)
            case UInt8(ascii: "f"): return Step(consumed: 2, bytes: 12)
            case UInt8(ascii: "u"): return Self.unicode(text, at: offset, end: end)
            case let other where other == UInt8(ascii: "\"") || other == UInt8(ascii: "\\") || other == UInt8(ascii: "/"):
                return Step(consumed: 2, bytes: UInt32(other))
            default: return Step(bytes: UInt32(byte))
            }
        }
    }

    private func wide(_ text: ByteText, at offset: Int, end: Int) -> Step {
        func unit(_ offset: Int) -> UInt32 {
            let (first, second) = (UInt32(text[offset]), UInt32(text[offset &+ 1]))
            return self == .utf16Little ? second << 8 | first : first << 8 | second
        }
        guard offset &+ 1 < end else { return Step(bytes: 0) }
        let first = unit(offset)
        if first < 0x80 { return Step(consumed: 2, bytes: first) }
        if first & 0xFC00 == 0xD800, offset &+ 3 < end {
            let second = unit(offset &+ 2)
            if second & 0xFC00 == 0xDC00 { return Self.encoded(0x1_0000 + (first & 0x3FF) << 10 + (second & 0x3FF), consumed: 4) }
        }
        return Self.encoded(first, consumed: 2)
    }

    /// A step to one character in UTF-8; what is no character is kept as the replacement character.
    private static func encoded(_ value: UInt32, consumed: Int) -> Step {
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        var (bytes, count) = (UInt32(0), 0)
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            bytes |= UInt32(byte) << (8 * UInt32(count))
            count += 1
        }
        return Step(consumed: consumed, produced: count, bytes: bytes)
    }

    private static func unicode(_ text: ByteText, at offset: Int, end: Int) -> Step {
        guard let unit = self.codeUnit(text, at: offset, end: end) else { return Step(bytes: UInt32(UInt8(ascii: "\\"))) }
        var (value, consumed) = (unit, 6)
        if unit & 0xFC00 == 0xD800, let second = self.codeUnit(text, at: offset &+ 6, end: end), second & 0xFC00 == 0xDC00 {
            (value, consumed) = (0x1_0000 + (unit & 0x3FF) << 10 + (second & 0x3FF), 12)
        }
        // A lone surrogate means nothing.
        return self.encoded(value, consumed: consumed)
    }

    private static func codeUnit(_ text: ByteText, at offset: Int, end: Int) -> UInt32? {
        guard offset &+ 6 <= end, text[offset] == UInt8(ascii: "\\"), text[offset &+ 1] == UInt8(ascii: "u") else { return nil }
        var unit: UInt32 = 0
        for index in 2..<6 {
            guard let digit = self.hexValue(text[offset &+ index]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    /// The value of a hexadecimal digit.
    static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
