import Cryptography
import Persistence

/// Where a page ended, as text that only this server makes and that fits only the query it was made for: base64url of
/// `01`, time and number of the last request (8 bytes each), 16 bytes of a digest of the query, and a signature.
struct ApprovalCursor {
    let time: Timestamp
    let number: Int64

    private static let version: UInt8 = 1
    private static let payloadBytes = 33

    init(time: Timestamp, number: Int64) {
        self.time = time
        self.number = number
    }

    /// Reads a cursor.
    ///
    /// - Throws: ``ApprovalError`` with code `invalidCursor`; `CryptographyError` when libcrypto fails.
    init(_ text: String, for query: ApprovalQuery, by keyring: SecretKeyring) throws {
        guard text.utf8.count <= 160, let bytes = Base64URL.decode(text),
            bytes.count == Self.payloadBytes + SecretKeyring.signatureBytes
        else { throw Self.refused }
        let payload = bytes.prefix(Self.payloadBytes)
        guard try keyring.isValid(bytes.dropFirst(Self.payloadBytes), for: payload, purpose: .cursor),
            payload.first == Self.version, payload.suffix(16).elementsEqual(query.digest),
            let time = Timestamp(microseconds: Self.number(payload.dropFirst(1).prefix(8)))
        else { throw Self.refused }
        self.init(time: time, number: Self.number(payload.dropFirst(9).prefix(8)))
    }

    func text(for query: ApprovalQuery, by keyring: SecretKeyring) throws(CryptographyError) -> String {
        var payload = [Self.version]
        withUnsafeBytes(of: self.time.microseconds.bigEndian) { payload.append(contentsOf: $0) }
        withUnsafeBytes(of: self.number.bigEndian) { payload.append(contentsOf: $0) }
        payload.append(contentsOf: query.digest)
        return Base64URL.encode(payload + (try keyring.sign(payload, for: .cursor)))
    }

    private static var refused: ApprovalError {
        ApprovalError(.invalidCursor, message: "the cursor was not made for this query")
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }
}
