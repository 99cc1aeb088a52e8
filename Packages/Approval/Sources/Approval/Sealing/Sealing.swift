import Cryptography
import StrictJSON

/// A part of an approval that is kept sealed.
enum SealedPart: String, CaseIterable {
    /// The arguments as they will be sent; shredded on the final decision.
    case arguments
    /// An output that is withheld; shredded when the approval comes to its end.
    case output
}

/// Seals values, each under a data key of its own (AES-256-GCM), and the data keys under the server's secret.
///
/// Who deletes the data key has shredded the value: what is left of it, in whatever copy, opens no more.
struct Sealing: Sendable {
    struct Sealed: Sendable {
        /// The data key, sealed by the keyring.
        let wrappedKey: [UInt8]
        /// The value, sealed by the data key.
        let bytes: [UInt8]
    }

    let keyring: SecretKeyring

    func seal(_ value: JSONValue, _ part: SealedPart, of handle: ApprovalHandle) throws(CryptographyError) -> Sealed {
        let key = try SecretBytes.random()
        let context = Self.context(part, handle)
        let keyring = self.keyring
        let wrappedKey = try key.withUnsafeBytes { (bytes) throws(CryptographyError) in
            try keyring.seal(bytes, for: .approval, context: context)
        }
        return Sealed(wrappedKey: wrappedKey, bytes: try AES256GCM(key: key).seal(value.sortedBytes(), context: context))
    }

    /// - Throws: ``ApprovalError`` with code `unreadable`.
    func open(_ sealed: Sealed, _ part: SealedPart, of handle: ApprovalHandle) throws(ApprovalError) -> JSONValue {
        do {
            let context = Self.context(part, handle)
            let key = SecretBytes(try self.keyring.open(sealed.wrappedKey, for: .approval, context: context))
            let bytes = try AES256GCM(key: key).open(sealed.bytes, context: context)
            let everything = JSONParsingOptions(maximumDepth: JSONParsingOptions.greatestDepth, allowsNUL: true)
            return try JSONValue(parsing: bytes, options: everything)
        } catch {
            throw ApprovalError(.unreadable, message: "the sealed \(part.rawValue) of an approval cannot be opened", cause: error)
        }
    }

    /// Ties a value to its row, so that no other row can be given it.
    private static func context(_ part: SealedPart, _ handle: ApprovalHandle) -> [UInt8] {
        Array("gatehouse/1/approval-\(part.rawValue)/\(handle.text)".utf8)
    }
}
