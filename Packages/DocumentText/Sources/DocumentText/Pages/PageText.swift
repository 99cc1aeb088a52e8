import Foundation

/// Brings the text of a page into the form that ``DocumentPage/text`` promises.
enum PageText {
    /// Makes line feeds of all other ends of lines, drops other control characters and byte order marks, and composes what can be composed.
    ///
    /// - Parameter bytes: UTF-8; what is not is replaced.
    static func normalised(_ bytes: some Collection<UInt8>) -> String {
        var isBeyondLatin = false
        // Repaired first, or what stands around a dropped character could become another one.
        var valid = String(decoding: bytes, as: UTF8.self)
        let text = valid.withUTF8 { Self.cleaned($0, isBeyondLatin: &isBeyondLatin) }
        // All characters below U+0300 stand for themselves in form C.
        return isBeyondLatin ? Self.streamSafe(text).precomposedStringWithCanonicalMapping : text
    }

    /// Most marks on one character; no language needs more than a few.
    private static let longestMarks = 30

    /// Breaks longer runs of marks by a joiner (Unicode's Stream-Safe Text Format, UAX #15), as composing takes time with the square of
    /// their length.
    private static func streamSafe(_ text: String) -> String {
        var run = 0
        var broken = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        for index in text.unicodeScalars.indices {
            guard text.unicodeScalars[index].properties.canonicalCombiningClass != .notReordered else {
                run = 0
                continue
            }
            run += 1
            guard run > Self.longestMarks else { continue }
            broken.append(contentsOf: rest[..<index])
            broken.append("\u{034F}")
            rest = rest[index...]
            run = 1
        }
        if broken.isEmpty { return text }
        broken.append(contentsOf: rest)
        return String(broken)
    }

    /// Works on bytes: the characters that change have one, two or three of them, and no others begin with these.
    private static func cleaned(_ bytes: UnsafeBufferPointer<UInt8>, isBeyondLatin: inout Bool) -> String {
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count)
        let lineFeed = UInt8(ascii: "\n")
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch byte {
            case 0x0D:
                if next != lineFeed { clean.append(lineFeed) }
            case 0x0B, 0x0C: clean.append(lineFeed)
            case 0x09, 0x0A, 0x20...0x7E: clean.append(byte)
            case 0x00...0x1F, 0x7F: break
            case 0xC2 where (0x80...0x9F).contains(next):
                if next == 0x85 { clean.append(lineFeed) }
                index += 1
            case 0xE2 where next == 0x80 && index + 2 < bytes.count && (0xA8...0xA9).contains(bytes[index + 2]):
                clean.append(lineFeed)
                index += 2
            case 0xEF where next == 0xBB && index + 2 < bytes.count && bytes[index + 2] == 0xBF:
                index += 2
            default:
                if byte >= 0xCC { isBeyondLatin = true }
                clean.append(byte)
            }
            index += 1
        }
        return String(decoding: clean, as: UTF8.self)
    }

    /// Whether a text that came from elsewhere has no control character that a page may not have.
    static func isClean(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A }
    }
}
