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
        if self == .folded {
            self.decodeSteps(text, range, into: &output)
            return
        }
        var offset = range.lowerBound
        let mark = self == .json ? UInt8(ascii: "\\") : UInt8(ascii: "%")
        let end = min(range.upperBound, text.count)
        while offset < end {
            // What stands for itself is copied in one go.
            let start = offset
            while offset < end, text.base[offset] != mark { offset &+= 1 }
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

    private func decodeSteps(_ text: ByteText, _ range: Range<Int>, into output: inout [UInt8]) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let step = self.step(text, at: offset, end: range.upperBound)
            if step.produced == 1 { output.append(UInt8(truncatingIfNeeded: step.bytes)) }
            offset &+= step.consumed
        }
    }

    /// Appends what a whole text in UTF-16 stands for, and notes now and then from where.
    func decodeWide(_ text: ByteText, into output: inout [UInt8], noting marks: inout DecodingMarks) {
        var offset = 0
        while offset < text.count {
            marks.note(position: output.count, offset: offset)
            let step = self.step(text, at: offset, end: text.count)
            var bytes = step.bytes
            for _ in 0..<step.produced {
                output.append(UInt8(truncatingIfNeeded: bytes))
                bytes >>= 8
            }
            offset &+= step.consumed
        }
    }

    /// Goes on from the last mark up to a decoded place, so that finds in a long text do not each begin at its start.
    func extend(_ marks: inout DecodingMarks, to decoded: Int, in text: ByteText, from range: Range<Int>) {
        if marks.marks.isEmpty { marks.note(position: 0, offset: range.lowerBound) }
        guard var (position, offset) = marks.marks.last else { return }
        while position < decoded, offset < range.upperBound {
            let step = self.step(text, at: offset, end: range.upperBound)
            position &+= step.produced
            offset &+= step.consumed
            marks.note(position: position, offset: offset)
        }
    }

    /// The part of a range of the escaped text that stands for a range of the decoded text, widened to whole escapes.
    ///
    /// - Parameter mark: A decoded place at or before the range, and where in the escaped text it comes from.
    func sourceRange(
        of decoded: Range<Int>, in text: ByteText, from range: Range<Int>, mark: (position: Int, offset: Int)? = nil
    ) -> Range<Int> {
        var (position, offset) = mark ?? (0, range.lowerBound)
        var lower: Int?
        while offset < range.upperBound {
            let step = self.step(text, at: offset, end: range.upperBound)
            if lower == nil, position &+ step.produced > decoded.lowerBound { lower = offset }
            if lower != nil, position &+ step.produced >= decoded.upperBound {
                return (lower ?? offset)..<(offset &+ step.consumed)
            }
            position &+= step.produced
            offset &+= step.consumed
        }
        return (lower ?? range.upperBound)..<range.upperBound
    }

    /// A range of the escaped text widened so that it begins and ends between escapes.
    func widened(_ range: Range<Int>, in text: ByteText, from outer: Range<Int>) -> Range<Int> {
        var offset = outer.lowerBound
        var lower = range.lowerBound
        while offset < range.upperBound {
            let end = offset &+ self.step(text, at: offset, end: outer.upperBound).consumed
            if offset < lower, lower < end { lower = offset }
            if end >= range.upperBound { return lower..<end }
            offset = end
        }
        return lower..<range.upperBound
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
