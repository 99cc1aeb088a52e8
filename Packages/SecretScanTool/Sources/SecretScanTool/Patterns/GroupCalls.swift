/// Calls of groups in patterns, also of the pattern by itself: `(?R)`, `(?1)`, `(?-1)`, `(?+1)`, `(?&name)`, `(?P>name)`,
/// `\g<name>`, `\g'name'`.
///
/// Nothing in the pattern bounds how deep they go, so each search could take all the work that one may take. A class that holds
/// their letters counts, too: it can be written in another order, and nothing needs to be parsed.
enum GroupCalls {
    /// Whether a pattern has any.
    static func stand(in pattern: String) -> Bool {
        var rest = Array(pattern.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\") {
                let isName = rest.popFirst() == UInt8(ascii: "g")
                if isName, rest.first == UInt8(ascii: "<") || rest.first == UInt8(ascii: "'") { return true }
            } else if byte == UInt8(ascii: "("), Self.isCall(rest) {
                return true
            }
        }
        return false
    }

    /// Whether what follows a parenthesis makes it a call.
    private static func isCall(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "?") else { return false }
        let text = text.dropFirst()
        guard let kind = text.first else { return false }
        switch kind {
        case UInt8(ascii: "R"), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "0")...UInt8(ascii: "9"): return true
        case UInt8(ascii: "-"): return text.dropFirst().first.map { (48...57).contains($0) } == true
        case UInt8(ascii: "P"): return text.dropFirst().first == UInt8(ascii: ">")
        default: return false
        }
    }
}
