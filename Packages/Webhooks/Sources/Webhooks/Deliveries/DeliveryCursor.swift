import Cryptography

/// Where a page of deliveries ended, as text that only this server makes and that fits only the endpoint it was made for:
/// base64url of `01`, the id of the last delivery (8 bytes), 16 bytes of a digest of the endpoint, and a signature.
struct DeliveryCursor {
    let id: Int64

    private static let version: UInt8 = 1
    private static let payloadBytes = 25

    init(id: Int64) {
        self.id = id
    }

    /// Reads a cursor.
    ///
    /// - Throws: ``WebhooksError`` with code `invalidPage`; `CryptographyError` when libcrypto fails.
    init(_ text: String, of endpointID: String, by keyring: SecretKeyring) throws {
        guard text.utf8.count <= 128, let bytes = Base64URL.decode(text),
            bytes.count == Self.payloadBytes + SecretKeyring.signatureBytes
        else { throw Self.refused }
        let payload = bytes.prefix(Self.payloadBytes)
        guard try keyring.isValid(bytes.dropFirst(Self.payloadBytes), for: payload, purpose: .cursor),
            payload.first == Self.version, payload.suffix(16).elementsEqual(Self.digest(of: endpointID))
        else { throw Self.refused }
        self.id = Int64(bitPattern: payload.dropFirst(1).prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    func text(of endpointID: String, by keyring: SecretKeyring) throws(CryptographyError) -> String {
        var payload = [Self.version]
        withUnsafeBytes(of: self.id.bigEndian) { payload.append(contentsOf: $0) }
        payload.append(contentsOf: Self.digest(of: endpointID))
        return Base64URL.encode(payload + (try keyring.sign(payload, for: .cursor)))
    }

    private static var refused: WebhooksError {
        WebhooksError(.invalidPage, message: "the cursor was not made for this list")
    }

    /// The domain keeps cursors of other lists, which are signed for the same purpose, out.
    private static func digest(of endpointID: String) -> ArraySlice<UInt8> {
        SHA256.hash(Array("gatehouse/1/webhook-deliveries/\(endpointID)".utf8)).bytes.prefix(16)
    }
}
