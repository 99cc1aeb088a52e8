import Cryptography

/// The three header fields of a webhook.
///
/// ```
/// webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek
/// webhook-timestamp: 1614265330
/// webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,…
/// ```
public struct WebhookHeaders: Hashable, Sendable {
    /// The name of the field with the id.
    public static let idName = "webhook-id"
    /// The name of the field with the timestamp.
    public static let timestampName = "webhook-timestamp"
    /// The name of the field with the signatures.
    public static let signatureName = "webhook-signature"

    /// The id of the message, the same for every attempt.
    public let id: String
    /// The time of the attempt, in seconds since 1970, as decimal digits.
    public let timestamp: String
    /// The signatures, `VERSION,BASE64` each, with blanks between them.
    public let signature: String

    /// Takes the fields of a request as they came; nothing is checked yet.
    public init(id: String, timestamp: String, signature: String) {
        self.id = id
        self.timestamp = timestamp
        self.signature = signature
    }

    /// Names and values in the order of the standard, to be put into a request.
    public var fields: [(name: String, value: String)] {
        [(Self.idName, self.id), (Self.timestampName, self.timestamp), (Self.signatureName, self.signature)]
    }

    /// A dot would let one signature stand for two messages.
    static func checkID(_ id: String) throws(WebhookError) {
        let isFine = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isFine, (1...64).contains(id.utf8.count) else {
            throw WebhookError(.invalidID, message: "the id of a webhook is 1 to 64 letters, digits, _ and -")
        }
    }

    static func signedBytes(id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
        Array("\(id).\(timestamp).".utf8) + body
    }

    func seconds() throws(WebhookError) -> Int64 {
        let digits = self.timestamp.utf8
        guard (1...12).contains(digits.count), digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let seconds = Int64(self.timestamp)
        else {
            throw WebhookError(.invalidTimestamp, message: "the timestamp of a webhook is a number of seconds")
        }
        return seconds
    }

    /// The signatures of version 1; others, and what is no signature, are passed over, as the standard wants it.
    func signatures() throws(WebhookError) -> [SHA256Digest] {
        guard self.signature.utf8.count <= 4_096 else {
            throw WebhookError(.invalidSignatures, message: "the signatures of a webhook have more than 4096 bytes")
        }
        let entries = self.signature.utf8.split(separator: UInt8(ascii: " "), maxSplits: 32)
        guard entries.count <= 32 else {
            throw WebhookError(.invalidSignatures, message: "a webhook has more than 32 signatures")
        }
        return entries.compactMap { entry in
            guard entry.starts(with: "v1,".utf8) else { return nil }
            return Base64.decode(String(Substring(entry.dropFirst(3)))).flatMap { SHA256Digest(bytes: $0) }
        }
    }
}

extension SHA256Digest {
    var base64: String { Base64.encode(self.bytes) }
}
