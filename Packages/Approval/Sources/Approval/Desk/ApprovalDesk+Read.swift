public import Identity
import Persistence
import StrictJSON

extension ApprovalDesk {
    /// A request without its arguments, or nil when the organisation has none of this name.
    ///
    /// A pending one comes from the cache, if there is one; everything else from the table. A request whose time is over is
    /// written down as expired before it is told to be.
    ///
    /// - Parameters:
    ///   - reference: The request, by handle or by token.
    ///   - organisation: Whose it must be, wherever it comes from.
    /// - Throws: `PersistenceError`.
    public func request(
        _ reference: ApprovalReference, in organisation: OrganisationID
    ) async throws -> ApprovalRequest? {
        if let cached = await self.cache?.request(reference, at: self.now()) {
            return cached.requester.organisation == organisation ? cached : nil
        }
        return try await self.current(reference, in: organisation)
    }

    /// All that an approver has to see of a request, or nil when the organisation has none of this name.
    ///
    /// - Parameters:
    ///   - reference: The request, by handle or by token.
    ///   - organisation: Whose it must be.
    /// - Throws: ``ApprovalError`` with code `unreadable` when what is sealed cannot be opened; `PersistenceError`.
    public func detail(
        _ reference: ApprovalReference, in organisation: OrganisationID
    ) async throws -> ApprovalDetail? {
        guard let request = try await self.current(reference, in: organisation) else { return nil }
        let arguments = request.status == .pending ? try await self.opened(.arguments, of: request.handle) : nil
        let output =
            request.status.isOpen && request.scope == .outputRelease
            ? try await self.opened(.output, of: request.handle) : nil
        return ApprovalDetail(
            request: request, votes: try await self.votes(request.handle), arguments: arguments.map { ArgumentView($0) },
            output: output.map { ArgumentView($0) })
    }

    private func current(_ reference: ApprovalReference, in organisation: OrganisationID) async throws -> ApprovalRequest? {
        guard let stored = try await self.stored(reference), stored.request.requester.organisation == organisation else {
            return nil
        }
        let now = self.now()
        await self.expireIfDue([stored])
        return stored.current(at: now)
    }

    /// The votes on a request, the oldest first.
    func votes(_ handle: ApprovalHandle) async throws -> [ApprovalVote] {
        try await self.database.query(ApprovalTable.votes(handle)).map { try ApprovalVote($0) }
    }

    /// A sealed part; nil when it was shredded.
    func opened(_ part: SealedPart, of handle: ApprovalHandle) async throws -> JSONValue? {
        let rows = try await self.database.query(ApprovalTable.sealedParts(handle))
        guard let sealed = try rows.lazy.compactMap({ try Sealing.Sealed($0, part) }).first else { return nil }
        return try Sealing(keyring: self.keyring).open(sealed, part, of: handle)
    }
}
