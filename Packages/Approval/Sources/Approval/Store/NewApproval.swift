import Cryptography
import Identity
import Persistence

/// A draft that was checked, with all that is drawn, sealed and reckoned for it.
struct NewApproval: Sendable {
    let draft: ApprovalDraft
    let token: ApprovalToken
    let handle: ApprovalHandle
    let createdAt: Timestamp
    let expiresAt: Timestamp
    let receivedDigest: [UInt8]
    let sentDigest: [UInt8]
    /// Hexadecimal digits, for the prescribed column.
    let outputDigest: String?
    let arguments: Sealing.Sealed
    let output: Sealing.Sealed?

    /// - Throws: ``ApprovalError`` with code `invalidRequest` or `tooLarge`; `CryptographyError`.
    init(_ draft: ApprovalDraft, _ configuration: ApprovalConfiguration, keyring: SecretKeyring, at now: Timestamp) throws {
        try draft.check(configuration)
        let digests = ArgumentDigests(keyring: keyring)
        let sealing = Sealing(keyring: keyring)
        self.draft = draft
        self.token = try ApprovalToken()
        self.handle = self.token.handle
        self.createdAt = now
        self.expiresAt = now.advanced(by: draft.lifetime ?? configuration.lifetime)
        self.receivedDigest = try digests.digest(draft.receivedArguments, for: .received)
        self.sentDigest = try digests.digest(draft.sentArguments, for: .sent)
        self.outputDigest = try draft.output.map { Hex.encode(try digests.digest($0, for: .output)) }
        self.arguments = try sealing.seal(draft.sentArguments, .arguments, of: self.handle)
        let handle = self.handle
        self.output = try draft.output.map { try sealing.seal($0, .output, of: handle) }
    }

    /// The number of the lock under which the open requests of its caller are counted.
    var lockNumber: Int64 {
        let caller = self.draft.caller
        // An identifier has no control character, so no two callers give one text.
        let text = "gatehouse/1/open-approvals\n\(caller.organisation)\n\(caller.kind.rawValue)\n\(caller.id)"
        return Int64(bitPattern: SHA256.hash(text.utf8).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    var request: ApprovalRequest {
        ApprovalRequest(
            handle: self.handle, requestID: self.draft.requestID, requester: ApprovalParty(self.draft.caller),
            scope: self.draft.scope, server: self.draft.server, tool: self.draft.tool,
            policyRevision: self.draft.policyRevision, sanitizedCall: self.draft.sanitizedCall,
            riskExplanation: self.draft.riskExplanation, riskLabels: self.draft.riskLabels, riskScore: self.draft.riskScore,
            quorum: self.draft.quorum, requiresNote: self.draft.requiresNote, createdAt: self.createdAt,
            expiresAt: self.expiresAt, status: .pending, approverID: nil, decidedAt: nil, note: nil, usedAt: nil)
    }
}
