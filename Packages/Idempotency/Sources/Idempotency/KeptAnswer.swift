import Cryptography
import HTTPCore
import HTTPTypes
import StrictJSON

/// An answer as it is kept: a line of JSON with status and fields, then the body, sealed for its claim.
///
/// Answers may hold secrets that are told once, such as a new key.
struct KeptAnswer: Sendable {
    private static let purpose = KeyPurpose("idempotency-answer")

    let response: OperationResponse

    init(_ response: OperationResponse) {
        self.response = response
    }

    private var bytes: [UInt8] {
        let fields = self.response.headers.map { field -> JSONValue in [.string(field.name.rawName), .string(field.value)] }
        let head: JSONValue = ["status": .integer(self.response.status.code), "fields": .array(fields)]
        return head.compactBytes() + [UInt8(ascii: "\n")] + self.response.body
    }

    /// - Returns: `nil` when head and body are more than `limit` bytes.
    func sealed(by keyring: SecretKeyring, for claim: String, limit: Int) throws(CryptographyError) -> [UInt8]? {
        guard self.response.body.count <= limit else { return nil }
        let bytes = self.bytes
        guard bytes.count <= limit else { return nil }
        return try keyring.seal(bytes, for: Self.purpose, context: Self.context(claim))
    }

    /// - Returns: `nil` for bytes that were not made by ``sealed(by:for:limit:)`` for this claim, or by a secret that is gone.
    init?(opening sealed: [UInt8], by keyring: SecretKeyring, for claim: String) {
        guard let bytes = try? keyring.open(sealed, for: Self.purpose, context: Self.context(claim)),
            let end = bytes.firstIndex(of: UInt8(ascii: "\n")), let head = try? JSONValue(parsing: Array(bytes[..<end])),
            let status = head["status"]?.intValue, (100...999).contains(status), let fields = head["fields"]?.arrayValue
        else { return nil }
        var response = OperationResponse.empty(HTTPResponse.Status(code: status))
        response.body = Array(bytes[(end + 1)...])
        for field in fields {
            guard let pair = field.arrayValue, pair.count == 2, let name = pair[0].stringValue.flatMap({ HTTPField.Name($0) }),
                let value = pair[1].stringValue
            else { return nil }
            response.headers.append(HTTPField(name: name, value: value))
        }
        self.response = response
    }

    /// Ties an answer to its claim, so that no other row can be given it.
    private static func context(_ claim: String) -> [UInt8] {
        Array("gatehouse/1/idempotency-answer/\(claim)".utf8)
    }
}
