/// Where a page of a list ended, as opaque text that only this server makes, and that fits only the list that it was made for.
///
/// ```swift
/// let next = try PageCursor([row.time, row.id]).text(for: query, by: ring)
/// let start = try PageCursor(next, numbers: 2, for: query, by: ring)  // nil for any other text or list
/// ```
///
/// The text is base64url of `01`, the numbers (8 bytes each, the most significant first), 16 bytes of the SHA-256 of the list, and a
/// signature of all that with the purpose `cursor`.
public struct PageCursor: Hashable, Sendable {
    /// What orders the list, of the last entry on the page.
    public let numbers: [Int64]

    private static let version: UInt8 = 1
    private static let digestBytes = 16

    /// Creates a cursor behind an entry.
    ///
    /// - Parameter numbers: What orders the list.
    public init(_ numbers: [Int64]) {
        self.numbers = numbers
    }

    /// Reads a cursor.
    ///
    /// - Parameters:
    ///   - text: What ``text(for:by:)`` gave, with any text allowed.
    ///   - count: How many numbers order the list.
    ///   - list: Names the list and everything that must be the same from page to page; its first bytes are of this list alone.
    ///   - keyring: The server's secrets.
    /// - Returns: `nil` for text that was not made by this server for this list.
    /// - Throws: ``CryptographyError`` with code `libraryFailure`.
    public init?(
        _ text: String, numbers count: Int, for list: some Collection<UInt8>, by keyring: SecretKeyring
    ) throws(CryptographyError) {
        let payloadBytes = 1 + 8 * count + Self.digestBytes
        // Base64 needs four characters for three bytes; longer text is not even decoded.
        guard text.utf8.count <= (payloadBytes + SecretKeyring.signatureBytes) * 4 / 3 + 4, let bytes = Base64URL.decode(text),
            bytes.count == payloadBytes + SecretKeyring.signatureBytes
        else { return nil }
        let payload = bytes.prefix(payloadBytes)
        guard try keyring.isValid(bytes.dropFirst(payloadBytes), for: payload, purpose: .cursor),
            payload.first == Self.version, payload.suffix(Self.digestBytes).elementsEqual(Self.digest(of: list))
        else { return nil }
        self.numbers = (0..<count).map { index in
            Int64(bitPattern: payload.dropFirst(1 + 8 * index).prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    /// The cursor as text of letters, digits, `-` and `_`.
    ///
    /// - Parameters:
    ///   - list: Names the list and everything that must be the same from page to page.
    ///   - keyring: The server's secrets.
    /// - Throws: ``CryptographyError`` with code `libraryFailure`.
    public func text(for list: some Collection<UInt8>, by keyring: SecretKeyring) throws(CryptographyError) -> String {
        var payload = [Self.version]
        for number in self.numbers { withUnsafeBytes(of: number.bigEndian) { payload.append(contentsOf: $0) } }
        payload.append(contentsOf: Self.digest(of: list))
        return Base64URL.encode(payload + (try keyring.sign(payload, for: .cursor)))
    }

    private static func digest(of list: some Collection<UInt8>) -> ArraySlice<UInt8> {
        SHA256.hash(Array(list)).bytes.prefix(Self.digestBytes)
    }
}
