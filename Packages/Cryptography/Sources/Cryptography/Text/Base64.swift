/// Base64 with the alphabet for URLs and without padding (RFC 4648, section 5).
public enum Base64URL {
    /// Three bytes as four characters out of `A–Za–z0–9-_`.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        Base64Codec.encode(bytes, last: (UInt8(ascii: "-"), UInt8(ascii: "_")), isPadded: false)
    }

    /// Reads what ``encode(_:)`` writes; nil for padding, blanks, other characters, a lone last character, and for a last
    /// character whose unused bits are not zero, so that no two texts stand for the same bytes.
    public static func decode(_ text: String) -> [UInt8]? {
        Base64Codec.decode(text.utf8, last: (UInt8(ascii: "-"), UInt8(ascii: "_")))
    }
}

/// Base64 with the usual alphabet and padding (RFC 4648, section 4).
public enum Base64 {
    /// Three bytes as four characters out of `A–Za–z0–9+/`, filled up with `=`.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        Base64Codec.encode(bytes, last: (UInt8(ascii: "+"), UInt8(ascii: "/")), isPadded: true)
    }

    /// Reads what ``encode(_:)`` writes; nil for missing or misplaced padding, blanks, other characters, and for a last
    /// character whose unused bits are not zero.
    public static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count.isMultiple(of: 4) else { return nil }
        let padding = text.utf8.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
        return Base64Codec.decode(text.utf8.dropLast(padding), last: (UInt8(ascii: "+"), UInt8(ascii: "/")))
    }
}

private enum Base64Codec {
    private static let common = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    static func encode(_ bytes: some Collection<UInt8>, last: (UInt8, UInt8), isPadded: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var bits: UInt32 = 0
        var width = 0
        func append(_ value: UInt32) {
            switch value & 0x3F {
            case 62: text.append(last.0)
            case 63: text.append(last.1)
            case let index: text.append(Self.common[Int(index)])
            }
        }
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            width += 8
            while width >= 6 {
                width -= 6
                append(bits >> UInt32(width))
            }
        }
        if width > 0 { append(bits << UInt32(6 - width)) }
        while isPadded && !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    static func decode(_ text: some Collection<UInt8>, last: (UInt8, UInt8)) -> [UInt8]? {
        let count = text.count
        guard count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var width = 0
        for character in text {
            let value: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0") + 52
            case last.0: value = 62
            case last.1: value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            width += 6
            if width >= 8 {
                width -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(width)))
                bits &= (1 << UInt32(width)) - 1
            }
        }
        return bits == 0 ? bytes : nil
    }
}
