import Checksums

/// Text with placeholders in place of whatever looks like a credential, so that no scanner is alarmed by the rules themselves.
///
/// | placeholder | becomes |
/// | --- | --- |
/// | `⟨a36⟩` | 36 letters and digits; `u` base32 in upper case, `h` and `H` hexadecimal, `d` digits, `l` lower-case letters, `n` lower-case letters and digits, `t` also `_` and `-`, `b` base64 |
/// | `⟨crc36⟩` | 36 letters and digits of which the last six are the CRC-32 of the others in base 62 |
/// | `⟨jwt⟩` | a JSON Web Token |
/// | `⟨64:text⟩` | the text in base64 |
/// | `⟨⟩` | nothing; keeps two halves of a word apart |
public struct ExampleTemplate: Sendable {
    private let template: String

    /// Takes the text with its placeholders.
    public init(_ template: String) {
        self.template = template
    }

    /// Fills the placeholders; the same seed gives the same text.
    public func text(seed: UInt64) -> String {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
        var output = ""
        var rest = self.template[...]
        while let open = rest.firstIndex(of: "⟨"), let close = rest[open...].firstIndex(of: "⟩") {
            output += rest[..<open]
            output += Self.filling(String(rest[rest.index(after: open)..<close]), &state)
            rest = rest[rest.index(after: close)...]
        }
        return output + rest
    }

    private static let alphabets: [Character: String] = {
        let (upper, lower, digits) = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789")
        return [
            "a": upper + lower + digits, "u": upper + "234567", "U": upper + digits, "h": digits + "abcdef",
            "H": digits + "ABCDEF",
            "d": digits, "l": lower, "n": lower + digits, "t": upper + lower + digits + "_-", "b": upper + lower + digits + "+/",
        ]
    }()

    private static func filling(_ name: String, _ state: inout UInt64) -> String {
        if name == "jwt" {
            return self.base64(#"{"alg":"HS256","typ":"JWT"}"#) + "." + self.base64(#"{"sub":"42","iat":1700000000}"#) + "."
                + self.random("t", 43, &state)
        }
        if name.hasPrefix("64:") { return self.base64(String(name.dropFirst(3))) }
        if name.hasPrefix("crc"), let count = Int(name.dropFirst(3)), count > 6 {
            let body = self.random("a", count - 6, &state)
            return body + Base62.encode(CRC32.checksum(of: body.utf8))
        }
        guard let kind = name.first, let count = Int(name.dropFirst()) else { return "" }
        return self.random(kind, count, &state)
    }

    private static func random(_ kind: Character, _ count: Int, _ state: inout UInt64) -> String {
        guard let alphabet = self.alphabets[kind].map({ Array($0) }) else { return "" }
        var text = ""
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text.append(alphabet[Int((state >> 33) % UInt64(alphabet.count))])
        }
        return text
    }

    private static func base64(_ text: String) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var (output, bits, count) = ("", 0, 0)
        for byte in text.utf8 {
            bits = (bits << 8 | Int(byte)) & 0xFFFF
            count += 8
            while count >= 6 {
                count -= 6
                output.append(digits[bits >> count & 63])
            }
        }
        if count > 0 { output.append(digits[bits << (6 - count) & 63]) }
        return output
    }
}
