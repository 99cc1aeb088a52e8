/// A value of a policy file with its place: the part of YAML that policies need.
struct PolicyNode: Sendable {
    /// A key and its value.
    struct Member: Sendable {
        let key: String
        let place: PolicyPlace
        let value: PolicyNode
    }

    enum Content: Sendable {
        /// Text, and whether it stands without quotes, so that it may mean a number, a boolean or nothing.
        case scalar(String, isPlain: Bool)
        case list([PolicyNode])
        case map([Member])
    }

    let content: Content
    let place: PolicyPlace

    /// What a scalar means by YAML's core schema; words that older YAML read as booleans mean nothing here.
    enum Meaning {
        case null
        case bool(Bool)
        case number(String)
        case text(String)
        /// `yes`, `no`, `on`, `off`: booleans to some readers, text to others.
        case doubtful(String)
    }

    /// The meaning of a scalar; nil for lists and maps.
    var meaning: Meaning? {
        guard case .scalar(let text, let isPlain) = self.content else { return nil }
        guard isPlain else { return .text(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        let lowered = text.utf8.count <= 3 ? text.lowercased() : ""
        if ["y", "n", "yes", "no", "on", "off"].contains(lowered) { return .doubtful(text) }
        return Self.looksLikeNumber(text) ? .number(text) : .text(text)
    }

    /// Whether a YAML reader may take the text for a number: digits with signs, points, exponents, or a base.
    private static func looksLikeNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
        if rest.first == UInt8(ascii: ".") {
            let word = String(Substring(rest)).lowercased()
            if word == ".inf" || word == ".nan" { return true }
            rest = rest.dropFirst()
        }
        guard let first = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        if rest.count > 2, first == UInt8(ascii: "0"), let base = rest.dropFirst().first.map({ $0 | 0x20 }) {
            let digits = rest.dropFirst(2)
            if base == UInt8(ascii: "x") || base == UInt8(ascii: "o") || base == UInt8(ascii: "b") {
                return digits.allSatisfy {
                    $0 == UInt8(ascii: "_") || UInt32(Character(Unicode.Scalar($0)).hexDigitValue ?? 16) < 16
                }
            }
        }
        var hasExponent = false
        var hasPoint = false
        for (index, byte) in rest.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): continue
            case UInt8(ascii: "."):
                if hasPoint || hasExponent { return false }
                hasPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                if hasExponent || index == rest.count - 1 { return false }
                hasExponent = true
            case UInt8(ascii: "+"), UInt8(ascii: "-"):
                if !hasExponent { return false }
            default: return false
            }
        }
        return true
    }
}
