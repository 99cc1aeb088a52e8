/// Filters that look at a value: what cannot be a secret, and what is a stand-in for one.
enum ValueFilter {
    /// Alphabets of which an innocent sequence is a part, upper case.
    private static let alphabets: [[UInt8]] = {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        let digits = "0123456789"
        return [
            letters + letters, letters + digits, digits + letters, letters + letters + digits + "+/", digits + digits,
            digits + "ABCDEF" + digits + "ABCDEF",
        ].map { Array($0.utf8) }
    }()

    /// Words that stand in for a secret, looked for in one pass.
    private static let stopWords = KeywordAutomaton(
        words: [
            "example", "placeholder", "changeme", "change_me", "change-me", "dummy", "xxxx", "****", "redacted", "your_", "your-",
            "yourpass", "yourkey", "yourtoken", "yoursecret", "insert", "00000000", "12345678", "abcdefgh", "deadbeef", "notreal",
            "fake", "sample", "todo",
        ])

    /// Whether the older system's value filters let a value pass as harmless: sequences, UUIDs, templates, variables, no letter.
    static func isHarmless(_ text: ByteText, _ value: Range<Int>) -> Bool {
        guard value.count > 1 else { return true }
        let (first, last) = (text[value.lowerBound], text[value.upperBound - 1])
        if first == UInt8(ascii: "$") { return true }
        if first == UInt8(ascii: "{"), last == UInt8(ascii: "}") { return true }
        if first == UInt8(ascii: "<"), last == UInt8(ascii: ">") { return true }
        if !value.contains(where: { text.has(.letter, at: $0) }) { return true }
        return self.isSequence(text, value) || self.containsUUID(text, value)
    }

    /// Whole values that people write where a secret would stand, of eleven bytes at most.
    private static let standIns: [StaticString] = [
        "password", "passwd", "pass", "pw", "pwd", "secret", "token", "apikey", "api_key", "hunter2", "test", "none", "null",
        "true", "false", "string", "str", "text", "value", "key", "hidden", "required", "optional", "undefined", "changeit",
        "passphrase", "mypassword", "my-password", "mysecret", "my-secret", "foo", "bar", "foobar", "username", "user",
    ]

    /// Whether a value is a stand-in: it is or has in it a word such as "example", or has hardly any variety.
    static func isPlaceholder(_ text: ByteText, _ value: Range<Int>) -> Bool {
        let value = value.lowerBound..<min(value.upperBound, value.lowerBound + 96)
        if self.isStandIn(text, value) || TemplateFilter.isTemplate(text, value) || TemplateFilter.countsUp(text, value) {
            return true
        }
        if self.stopWords.occurs(text, in: value) { return true }
        return value.count >= 8 && self.hasHardlyAnyVariety(text, value)
    }

    /// Whether a value consists of three different bytes at most.
    private static func hasHardlyAnyVariety(_ text: ByteText, _ value: Range<Int>) -> Bool {
        let first = text[value.lowerBound]
        var (second, third) = (UInt8(0), UInt8(0))
        for offset in value {
            let byte = text[offset]
            if byte == first || byte == second || byte == third { continue }
            if second == 0 {
                second = byte
            } else if third == 0 {
                third = byte
            } else {
                return false
            }
        }
        return true
    }

    /// Whether a value is as a whole a word that people write where a secret would stand.
    static func isStandIn(_ text: ByteText, _ value: Range<Int>) -> Bool {
        value.count <= 11
            && self.standIns.contains { value.count == $0.utf8CodeUnitCount && text.matchesFolded($0, at: value.lowerBound) }
    }

    private static func isSequence(_ text: ByteText, _ value: Range<Int>) -> Bool {
        guard value.count <= 64, value.dropFirst().allSatisfy({ self.follows(text[$0 &- 1], text[$0]) }) else { return false }
        return self.alphabets.contains { alphabet in
            guard value.count <= alphabet.count else { return false }
            return (0...(alphabet.count - value.count)).contains { start in
                for index in 0..<value.count {
                    let byte = text[value.lowerBound + index]
                    let upper = byte &- UInt8(ascii: "a") < 26 ? byte & 0xDF : byte
                    if upper != alphabet[start + index] { return false }
                }
                return true
            }
        }
    }

    /// Whether one byte follows another in any of the alphabets, so that most values are done with one look.
    private static func follows(_ byte: UInt8, _ next: UInt8) -> Bool {
        let (byte, next) = (
            byte &- UInt8(ascii: "a") < 26 ? byte & 0xDF : byte, next &- UInt8(ascii: "a") < 26 ? next & 0xDF : next
        )
        if next == byte &+ 1 { return true }
        switch byte {
        case UInt8(ascii: "Z"): return next == UInt8(ascii: "A") || next == UInt8(ascii: "0")
        case UInt8(ascii: "9"): return next == UInt8(ascii: "A") || next == UInt8(ascii: "0") || next == UInt8(ascii: "+")
        case UInt8(ascii: "F"): return next == UInt8(ascii: "0")
        case UInt8(ascii: "+"): return next == UInt8(ascii: "/")
        default: return false
        }
    }

    private static func containsUUID(_ text: ByteText, _ value: Range<Int>) -> Bool {
        guard value.count >= 36 else { return false }
        // The first dash of a UUID stands behind eight digits.
        for dash in value where text[dash] == UInt8(ascii: "-") && dash - 8 >= value.lowerBound && dash + 28 <= value.upperBound {
            var isUUID = true
            for index in 0..<36 {
                let isDash = index == 8 || index == 13 || index == 18 || index == 23
                let offset = dash - 8 + index
                if isDash ? text[offset] != UInt8(ascii: "-") : !text.has(.hex, at: offset) {
                    isUUID = false
                    break
                }
            }
            if isUUID { return true }
        }
        return false
    }
}
