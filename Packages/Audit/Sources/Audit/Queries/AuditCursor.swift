import Cryptography
import Identity
import Persistence

/// Where a page ended, as text that only this server makes and that fits only the query it was made for: base64url of
/// `01`, time and id of the last event (8 bytes each), 16 bytes of a digest of the query, and a signature.
struct AuditCursor {
    let time: Timestamp
    let id: Int64

    private static let version: UInt8 = 1
    private static let payloadBytes = 33

    init(time: Timestamp, id: Int64) {
        self.time = time
        self.id = id
    }

    /// Reads a cursor.
    ///
    /// - Throws: ``AuditError`` with code `invalidCursor`; `CryptographyError` when libcrypto fails.
    init(_ text: String, for query: AuditQuery, by keyring: SecretKeyring) throws {
        guard text.utf8.count <= 128, let bytes = Base64URL.decode(text),
            bytes.count == Self.payloadBytes + SecretKeyring.signatureBytes
        else { throw Self.refused }
        let payload = bytes.prefix(Self.payloadBytes)
        guard try keyring.isValid(bytes.dropFirst(Self.payloadBytes), for: payload, purpose: .cursor),
            payload.first == Self.version, payload.suffix(16).elementsEqual(Self.digest(of: query)),
            let time = Timestamp(microseconds: Self.number(payload.dropFirst(1).prefix(8)))
        else { throw Self.refused }
        self.init(time: time, id: Self.number(payload.dropFirst(9).prefix(8)))
    }

    func text(for query: AuditQuery, by keyring: SecretKeyring) throws(CryptographyError) -> String {
        var payload = [Self.version]
        withUnsafeBytes(of: self.time.microseconds.bigEndian) { payload.append(contentsOf: $0) }
        withUnsafeBytes(of: self.id.bigEndian) { payload.append(contentsOf: $0) }
        payload.append(contentsOf: Self.digest(of: query))
        return Base64URL.encode(payload + (try keyring.sign(payload, for: .cursor)))
    }

    private static var refused: AuditError {
        AuditError(.invalidCursor, message: "the cursor was not made for this query")
    }

    /// What must be the same from page to page; the limit may change.
    private static func digest(of query: AuditQuery) -> ArraySlice<UInt8> {
        var framed = FramedBytes(domain: "gatehouse/1/audit-query")
        let texts = [query.organisation?.text, query.requestID?.text, query.callerID, query.decision, query.toolName]
        for text in texts + [query.from?.rfc3339, query.until?.rfc3339] {
            framed.append(text == nil ? 0 : 1)
            framed.append((text ?? "").utf8)
        }
        return SHA256.hash(framed.bytes).bytes.prefix(16)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }
}
