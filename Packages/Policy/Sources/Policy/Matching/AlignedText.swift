import TextFolding

/// A text with its disguises taken off, in which every byte knows where it came from, so that what is found in it can be replaced in
/// the text as sent.
///
/// Escapes are undone as by ``EscapeDecoding``; characters become what they look like, without marks; what shows nothing is left out.
/// Letters are not composed again, so this is a form to look for addresses, numbers and tokens in, which are ASCII.
struct AlignedText {
    /// The bytes, UTF-8 but for pieces that were none.
    private(set) var bytes: [UInt8]
    private var starts: [UInt32]
    private var ends: [UInt32]

    /// Whether a text may have a disguise: anything that is no ASCII, or that begins an escape.
    static func isPlain(_ text: String) -> Bool {
        text.withUTF8Bytes { bytes in
            !bytes.contains {
                $0 >= 0x80 || $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "\\")
                    || $0 < 0x20 && !(0x09...0x0D).contains($0) || $0 == 0x7F
            }
        }
    }

    /// - Returns: nil for a text without disguises.
    /// - Throws: ``EvaluationFailure`` for one that grows too far, or whose disguises stand inside each other too deep.
    init?(_ text: String) throws(EvaluationFailure) {
        guard !Self.isPlain(text) else { return nil }
        self.bytes = Array(text.utf8)
        guard let count = UInt32(exactly: self.bytes.count) else { throw FormBudget.failure }
        self.starts = Array(0..<count)
        self.ends = self.starts.map { $0 + 1 }
        let limit = TextFolding.usualExpansion(of: self.bytes.count)
        var hasChanged = false
        for round in 0...TextFolding.maximumRounds {
            var isStable = true
            if let decoded = EscapeDecoding.decoded(self.bytes, starts: self.starts, ends: self.ends) {
                (self.bytes, self.starts, self.ends) = (decoded.bytes, decoded.starts, decoded.ends)
                isStable = false
            }
            if try self.fold(atMost: limit) { isStable = false }
            if isStable { break }
            hasChanged = true
            if round == TextFolding.maximumRounds { throw FormBudget.failure }
        }
        guard hasChanged else { return nil }
    }

    /// The text; bytes that are no UTF-8 stand as question marks, so that places stay.
    var text: String { String(decoding: self.bytes, as: UTF8.self) }

    /// The part of the text as sent that a part of this one, which is not empty, was made of.
    func source(of range: Range<Int>) -> Range<Int>? {
        guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= self.bytes.count else { return nil }
        // Places rise, save within one character that became several.
        let start = Int(self.starts[range.lowerBound])
        let end = Int(self.ends[range.upperBound - 1])
        return start < end ? start..<end : nil
    }

    /// Makes characters what they look like.
    ///
    /// - Returns: Whether anything changed.
    private mutating func fold(atMost limit: Int) throws(EvaluationFailure) -> Bool {
        guard self.bytes.contains(where: { $0 >= 0x80 || $0 < 0x20 && !(0x09...0x0D).contains($0) || $0 == 0x7F }) else {
            return false
        }
        var output: [UInt8] = []
        var starts: [UInt32] = []
        var ends: [UInt32] = []
        output.reserveCapacity(self.bytes.count)
        starts.reserveCapacity(self.bytes.count)
        ends.reserveCapacity(self.bytes.count)
        var index = 0
        while index < self.bytes.count {
            let (scalar, length) = Self.scalar(at: index, in: self.bytes)
            let (start, end) = (self.starts[index], self.ends[index + length - 1])
            func append(_ byte: UInt8) {
                output.append(byte)
                starts.append(start)
                ends.append(end)
            }
            if let scalar {
                TextFolding.eachPlainCharacter(of: scalar) { plain in
                    // All bytes of a character that stays lead to the whole of it.
                    for byte in UTF8.encode(plain) ?? UTF8.encodedReplacementCharacter { append(byte) }
                }
            } else {
                append(UInt8(ascii: "?"))
            }
            index += length
            guard output.count <= limit else { throw FormBudget.failure }
        }
        let hasChanged = output != self.bytes
        (self.bytes, self.starts, self.ends) = (output, starts, ends)
        return hasChanged
    }

    /// The character at a place, and its bytes; nil and one byte for what is no UTF-8.
    private static func scalar(at index: Int, in bytes: [UInt8]) -> (Unicode.Scalar?, Int) {
        let first = bytes[index]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first < 0xF5, index + length <= bytes.count else { return (nil, 1) }
        var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for next in bytes[(index + 1)..<(index + length)] {
            guard next & 0xC0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(next & 0x3F)
        }
        let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard value >= smallest, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
        return (scalar, length)
    }
}

extension String {
    /// The text with other texts in the place of some of its bytes; of parts that overlap, the first text stands.
    func replacing(_ parts: [(range: Range<Int>, text: String)]) -> String {
        let bytes = Array(self.utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var place = 0
        for part in parts.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard part.range.upperBound <= bytes.count else { continue }
            if part.range.lowerBound >= place {
                output += bytes[place..<part.range.lowerBound]
                output += part.text.utf8
            }
            place = Swift.max(place, part.range.upperBound)
        }
        output += bytes[place...]
        return String(decoding: output, as: UTF8.self)
    }
}
