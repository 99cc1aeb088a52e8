/// What a reader makes of a text that a plain comparison does not: letters that stand apart, digits for letters, base64.
///
/// A language model reads `i g n o r e`, `1gn0re` and `aWdub3Jl` as what they stand for. These forms are judged in calls alone: in
/// answers they would hide more than they find.
enum Readings {
    /// Which readings a text may have, found in one pass.
    private struct Hints {
        var hasApartLetters = false
        var hasDigitLetters = false
        var hasBase64 = false
    }

    /// The readings of a text, none for most.
    static func all(of text: String) -> [String] {
        text.withUTF8Bytes { bytes in
            let hints = self.hints(bytes)
            var readings: [String] = []
            if hints.hasApartLetters, let joined = self.withJoinedLetters(bytes) { readings.append(joined) }
            if hints.hasDigitLetters { readings += self.withLetters(bytes) }
            if hints.hasBase64, var decoded = self.decodedBase64(bytes) {
                readings.append(decoded)
                for _ in 1..<self.deepestBase64 {
                    guard let inner = decoded.withUTF8Bytes(self.decodedBase64) else { break }
                    decoded = inner
                    readings.append(decoded)
                }
            }
            return readings
        }
    }

    // MARK: Kinds of bytes

    /// What a byte may be; plain numbers, as every byte of every text is asked.
    private enum Kind {
        static var letter: UInt8 { 1 }
        /// Stands for a letter: `1gn0re`, `p@$$`.
        static var standIn: UInt8 { 2 }
        static var base64: UInt8 { 4 }
        /// Belongs to a word: letters, digits, stand-ins, and all beyond ASCII.
        static var word: UInt8 { 8 }
    }

    private static let kinds: [UInt8] = (0...255).map { value in
        let byte = UInt8(value)
        let standIn = Self.letter(for: byte, one: 0) == nil ? 0 : Kind.standIn | Kind.word
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            return Kind.letter | Kind.base64 | Kind.word
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return Kind.base64 | Kind.word | standIn
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"): return Kind.base64
        case 0x80...: return Kind.word
        default: return standIn
        }
    }

    private static func has(_ byte: UInt8, _ kind: UInt8) -> Bool { self.kinds[Int(byte)] & kind != 0 }

    private static func letter(for byte: UInt8, one: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0"): UInt8(ascii: "o")
        case UInt8(ascii: "1"): one
        case UInt8(ascii: "3"): UInt8(ascii: "e")
        case UInt8(ascii: "4"), UInt8(ascii: "@"): UInt8(ascii: "a")
        case UInt8(ascii: "5"), UInt8(ascii: "$"): UInt8(ascii: "s")
        case UInt8(ascii: "7"): UInt8(ascii: "t")
        case UInt8(ascii: "!"): UInt8(ascii: "i")
        default: nil
        }
    }

    private static func hints(_ bytes: UnsafeBufferPointer<UInt8>) -> Hints {
        var hints = Hints()
        var word: UInt8 = 0
        var length = 0
        var run = 0
        // Letters that stand alone, in a row, and where the last of them stood.
        var apart = 0
        var lastApart = -8
        let (shortestBase64, shortestWord, reach) = (self.shortestBase64, self.shortestWord, self.widestGap + 1)
        self.kinds.withUnsafeBufferPointer { kinds in
            for index in 0...bytes.count {
                let kind = index < bytes.count ? kinds[Int(bytes[index])] : 0
                if kind & Kind.base64 != 0 {
                    run &+= 1
                    if run == shortestBase64 { hints.hasBase64 = true }
                } else {
                    run = 0
                }
                if kind & Kind.word != 0 {
                    word |= kind
                    length &+= 1
                } else if length > 0 {
                    if length >= shortestWord, word & Kind.letter != 0, word & Kind.standIn != 0 { hints.hasDigitLetters = true }
                    if length == 1, word & Kind.letter != 0 {
                        apart = index &- 1 &- lastApart <= reach ? apart &+ 1 : 1
                        lastApart = index &- 1
                        if apart == self.fewestLetters { hints.hasApartLetters = true }
                    } else {
                        apart = 0
                    }
                    word = 0
                    length = 0
                }
            }
        }
        return hints
    }

    // MARK: Letters apart

    private static let fewestLetters = 3
    /// Blanks or marks between two letters of one word.
    private static let widestGap = 3

    /// The text in which letters that stand alone in a row and equally far apart are one word, if three or more do anywhere.
    private static func withJoinedLetters(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var hasChanged = false
        var index = 0
        func isWord(_ index: Int) -> Bool { index >= 0 && index < bytes.count && self.has(bytes[index], Kind.word) }
        func isAlone(_ index: Int) -> Bool {
            index < bytes.count && self.has(bytes[index], Kind.letter) && !isWord(index - 1) && !isWord(index + 1)
        }
        /// The next letter that stands alone, with no word between.
        func following(_ index: Int) -> Int? {
            var next = index + 1
            while next < bytes.count, next - index <= self.widestGap + 1, !isWord(next) { next += 1 }
            return isAlone(next) && next - index <= self.widestGap + 1 ? next : nil
        }
        while index < bytes.count {
            guard isAlone(index) else {
                output.append(bytes[index])
                index += 1
                continue
            }
            var letters = [bytes[index]]
            var last = index
            var step: Int?
            while let next = following(last), step == nil || step == next - last {
                // A letter that is nearer to the one behind it begins another word.
                if step == nil, let behind = following(next), behind - next < next - last { break }
                step = next - last
                letters.append(bytes[next])
                last = next
            }
            if letters.count >= self.fewestLetters { hasChanged = true }
            output += letters
            index = last + 1
        }
        return hasChanged ? String(decoding: output, as: UTF8.self) : nil
    }

    // MARK: Digits for letters

    private static let shortestWord = 3

    /// The text with letters for digits and marks in words that have letters; in two forms where a `1` may be an `i` or an `l`.
    private static func withLetters(_ bytes: UnsafeBufferPointer<UInt8>) -> [String] {
        var forms = [self.withLetters(bytes, one: UInt8(ascii: "i"))]
        if bytes.contains(UInt8(ascii: "1")) { forms.append(self.withLetters(bytes, one: UInt8(ascii: "l"))) }
        return forms
    }

    private static func withLetters(_ bytes: UnsafeBufferPointer<UInt8>, one: UInt8) -> String {
        var output = Array(bytes)
        var start = 0
        while start < bytes.count {
            guard self.has(bytes[start], Kind.word) else {
                start += 1
                continue
            }
            var end = start
            var word: UInt8 = 0
            while end < bytes.count, self.has(bytes[end], Kind.word) {
                word |= self.kinds[Int(bytes[end])]
                end += 1
            }
            if end - start >= self.shortestWord, word & Kind.letter != 0, word & Kind.standIn != 0 {
                for index in start..<end {
                    // At the end of a word it is a mark.
                    if bytes[index] == UInt8(ascii: "!"), index == end - 1 { continue }
                    if let letter = self.letter(for: bytes[index], one: one) { output[index] = letter }
                }
            }
            start = end
        }
        return String(decoding: output, as: UTF8.self)
    }

    // MARK: Base64

    /// The shortest run that is tried, which stands for 18 bytes.
    private static let shortestBase64 = 24
    /// How deep it may stand inside itself.
    private static let deepestBase64 = 3

    /// The texts that runs of base64, of either alphabet and also in lines, stand for, one in a line; nil when there are none.
    private static func decodedBase64(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var found: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard self.has(bytes[index], Kind.base64) else {
                index += 1
                continue
            }
            var digits: [UInt8] = []
            var lineStart = index
            while index < bytes.count {
                if self.has(bytes[index], Kind.base64) {
                    digits.append(bytes[index])
                    index += 1
                    continue
                }
                // A full line goes on in the next.
                var next = index
                while next < bytes.count, next - index < 2, bytes[next] == 0x0D || bytes[next] == 0x0A { next += 1 }
                guard next > index, index - lineStart >= 60, next < bytes.count, self.has(bytes[next], Kind.base64)
                else { break }
                index = next
                lineStart = next
            }
            guard digits.count >= self.shortestBase64, let text = self.decoded(digits) else { continue }
            if !found.isEmpty { found.append(UInt8(ascii: "\n")) }
            found += text
        }
        return found.isEmpty ? nil : String(decoding: found, as: UTF8.self)
    }

    /// What digits of base64 stand for, if that is a text.
    private static func decoded(_ digits: [UInt8]) -> [UInt8]? {
        var text: [UInt8] = []
        text.reserveCapacity(digits.count / 4 * 3)
        var (value, bits) = (UInt32(0), 0)
        var unprintable = 0
        for digit in digits {
            guard let six = self.six(digit) else { return nil }
            value = (value << 6 | six) & 0xFFFF
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            let byte = UInt8(truncatingIfNeeded: value >> UInt32(bits))
            if byte < 0x20 && !(0x09...0x0D).contains(byte) || byte == 0x7F { unprintable += 1 }
            text.append(byte)
            // Nearly everything that is none shows so at once.
            if unprintable > 2, unprintable * 16 > text.count { return nil }
        }
        guard unprintable * 16 <= text.count, String(validating: text, as: UTF8.self) != nil else { return nil }
        return text
    }

    private static func six(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
