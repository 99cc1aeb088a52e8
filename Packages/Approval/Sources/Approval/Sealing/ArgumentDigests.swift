import Cryptography
import StrictJSON

/// Keyed digests that bind an approval to values: HMAC-SHA256 of the sorted form (CONTRACTS, Appendix A) with a key of its own
/// for each use, so that neither the table nor two digests in it say what the values are.
struct ArgumentDigests: Sendable {
    enum Use {
        case received, sent, output

        var purpose: KeyPurpose {
            switch self {
            case .received: KeyPurpose("approval-arguments-received")
            case .sent: KeyPurpose("approval-arguments-sent")
            case .output: KeyPurpose("approval-output")
            }
        }
    }

    let keyring: SecretKeyring

    /// 41 bytes, which name the server secret that made them.
    func digest(_ value: JSONValue, for use: Use) throws(CryptographyError) -> [UInt8] {
        try self.keyring.sign(value.sortedBytes(), for: use.purpose)
    }

    /// Whether a digest belongs to a value, whichever secret of the ring made it.
    func matches(_ digest: [UInt8], _ value: JSONValue, for use: Use) throws(CryptographyError) -> Bool {
        try self.keyring.isValid(digest, for: value.sortedBytes(), purpose: use.purpose)
    }
}
