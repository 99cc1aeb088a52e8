import HTTPTypes

/// The name that a client gives to one attempt at a write, in `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
///
/// ```
/// Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324
/// Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324"
/// ```
///
/// Both forms above are the same key. The quoted one is a string of structured fields (RFC 9651 §3.3.3), as the draft has it.
public struct IdempotencyKey: Sendable, Hashable {
    /// The key without quotes: 1 to 255 visible ASCII characters.
    public let text: String

    /// The rule that keys keep.
    static let rule = "1 to 255 visible ASCII characters, plain or in double quotes, once"

    /// Reads the value of the header.
    ///
    /// - Returns: `nil` for a value that breaks the rule: another length, blanks, control or other characters, broken quotes.
    public init?(_ value: String) {
        var bytes = Array(value.utf8)
        if bytes.first == UInt8(ascii: "\"") {
            guard let unquoted = Self.unquoted(bytes) else { return nil }
            bytes = unquoted
        }
        guard (1...255).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    private static func unquoted(_ bytes: [UInt8]) -> [UInt8]? {
        var rest = bytes.dropFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                return rest.isEmpty ? text : nil
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst(), escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else {
                    return nil
                }
                text.append(escaped)
            default:
                text.append(byte)
            }
        }
        return nil
    }

    /// The key of a request, or `nil` when it has none.
    ///
    /// - Throws: ``Problem`` with status 422 that names the header and the rule.
    init?(in headers: HTTPFields) throws(Problem) {
        let values = headers[values: .idempotencyKey]
        guard let value = values.first else { return nil }
        guard values.count == 1, let key = IdempotencyKey(value) else {
            let location: [Violation.Step] = [.name("header"), .name("idempotency-key")]
            throw .validation([
                Violation(at: location, type: "idempotency_key", message: "Idempotency-Key should be \(Self.rule)")
            ])
        }
        self = key
    }
}
