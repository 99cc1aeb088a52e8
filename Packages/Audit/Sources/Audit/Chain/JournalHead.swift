import Cryptography

extension KeyPurpose {
    /// Heads of the audit journal.
    static let auditHead = KeyPurpose("audit-head")
}

/// The newest record of a writer.
struct JournalHead: Sendable, Hashable {
    var writer: String
    /// 0 when there is no record yet: a writer has a head before its first record.
    var sequence: Int64
    var hash: SHA256Digest

    /// The head of a writer that has written nothing.
    init(beginning writer: String) {
        self.init(writer: writer, sequence: 0, hash: JournalEntry.genesis(of: writer))
    }

    init(writer: String, sequence: Int64, hash: SHA256Digest) {
        self.writer = writer
        self.sequence = sequence
        self.hash = hash
    }

    /// A code that only a server with the secret can make: over the framed parts `gatehouse/1/audit-head`, writer, sequence, hash.
    ///
    /// - Throws: `CryptographyError` when libcrypto fails.
    func code(by keyring: SecretKeyring) throws(CryptographyError) -> [UInt8] {
        try keyring.sign(self.message, for: .auditHead)
    }

    /// Whether a server with the secret made the code for this head.
    func isAttested(by code: [UInt8], _ keyring: SecretKeyring) -> Bool {
        (try? keyring.isValid(code, for: self.message, purpose: .auditHead)) ?? false
    }

    private var message: [UInt8] {
        var framed = FramedBytes(domain: "gatehouse/1/audit-head")
        framed.append(self.writer.utf8)
        framed.append(self.sequence)
        framed.append(self.hash)
        return framed.bytes
    }
}
