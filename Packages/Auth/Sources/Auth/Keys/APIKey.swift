import Checksums
public import Cryptography
public import Identity

/// A key in Gatehouse's own format (DESIGN §7), as its owner holds it.
///
/// ```
/// gth_ + 8 base62 of public id + 32 base62 of secret + 6 base62 of the CRC-32 over the 44 characters before
/// ```
///
/// The public id may be shown and logged; the whole is shown once, to its owner, and never stored: what is stored is
/// ``digest``. The 32 characters hold 190 random bits, so a digest that is quick to compute is safe.
public struct APIKey: Sendable {
    /// What every key of this format begins with.
    public static let prefix = "gth_"
    private static let publicIDCount = 8
    private static let secretCount = 32
    private static let checksumCount = 6
    private static let bodyCount = prefix.utf8.count + publicIDCount + secretCount

    /// The whole text, the secret included.
    public let text: String

    /// Makes a new key.
    ///
    /// - Throws: `CryptographyError` when the system gives no random numbers.
    public init() throws(CryptographyError) {
        let body = Self.prefix + (try Random.base62Text(count: Self.publicIDCount + Self.secretCount))
        self.text = body + Self.checksum(of: body.utf8)
    }

    /// Takes a key as it was presented.
    ///
    /// - Returns: `nil` when the text has not the form or its tail does not fit: it was never a key, and no store needs
    ///   to be asked.
    public init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(Self.bodyCount + Self.checksumCount + 1))
        guard bytes.count == Self.bodyCount + Self.checksumCount, bytes.starts(with: Self.prefix.utf8),
            bytes.dropFirst(Self.prefix.utf8.count).allSatisfy(Self.isBase62)
        else { return nil }
        let body = bytes.prefix(Self.bodyCount)
        guard bytes.dropFirst(Self.bodyCount).elementsEqual(Self.checksum(of: body).utf8) else { return nil }
        self.text = text
    }

    /// The part that names the key without giving it away.
    public var publicID: KeyID {
        KeyID(unchecked: String(self.text.dropFirst(Self.prefix.count).prefix(Self.publicIDCount)))
    }

    /// What is stored of the key.
    public var digest: SHA256Digest { SHA256.hash(self.text.utf8) }

    private static func isBase62(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    static func checksum(of body: some Collection<UInt8>) -> String {
        guard let digits = Base62.encode(CRC32.checksum(of: body), width: Self.checksumCount) else {
            preconditionFailure("six digits of base 62 hold any number of 32 bits")
        }
        return digits
    }
}

extension APIKey: CustomStringConvertible, CustomReflectable {
    /// The public id without the secret.
    public var description: String { "\(Self.prefix)\(self.publicID)…" }

    /// The public id only, so that no dump shows the secret.
    public var customMirror: Mirror { Mirror(self, children: ["publicID": self.publicID]) }
}
