/// The rule for names of events, such as `approval.required`.
public enum WebhookEventType {
    /// How many names an endpoint may list.
    public static let limit = 50

    /// Whether a text is a name: 1 to 128 letters, digits, `_`, `-` and dots, with a letter or digit first.
    public static func isName(_ text: String) -> Bool {
        guard (1...128).contains(text.utf8.count), let first = text.utf8.first, Self.isAlphanumeric(first) else { return false }
        return text.utf8.allSatisfy { byte in
            Self.isAlphanumeric(byte) || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
        }
    }

    /// - Throws: ``WebhooksError`` with code `invalidEventType`.
    static func check(_ text: String) throws(WebhooksError) {
        guard Self.isName(text) else {
            throw WebhooksError(
                .invalidEventType,
                message: "the name of an event is 1 to 128 letters, digits, _, - and dots, with a letter or digit first")
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
