import Cryptography
public import Identity
import Persistence

extension ApprovalDesk {
    /// Withdraws a request that is pending, or approved and not used yet.
    ///
    /// - Parameters:
    ///   - reference: The request, by handle or by token.
    ///   - caller: Who withdraws it; only requests of the same organisation are found.
    ///   - isAdministrator: Whether the caller may withdraw what others asked for.
    ///   - requestID: The request by which it is withdrawn, for the record.
    ///   - receipt: Where it is noted whether the outcome is recorded.
    /// - Returns: The request as it is now, or why nothing happened.
    /// - Throws: ``ApprovalError`` with code `unrecorded`; `PersistenceError`.
    public func cancel(
        _ reference: ApprovalReference, by caller: Caller, isAdministrator: Bool, requestID: String? = nil,
        receipt: ApprovalReceipt? = nil
    ) async throws -> DecisionOutcome {
        let party = ApprovalParty(caller)
        var attempt = try Attempt(.cancel, on: reference.handles.first, by: party, requestID: requestID, receipt: receipt)
        let found = try await self.asking(for: attempt) { try await self.stored(reference) }
        guard let stored = found, stored.request.requester.organisation == party.organisation else {
            return .refused(await self.refuse(attempt, .unknown))
        }
        attempt.name(stored.request)
        guard isAdministrator || stored.request.isOwned(by: party) else {
            return .refused(await self.refuse(attempt, .notOwner))
        }
        let now = self.now()
        let current = stored.current(at: now)
        guard current.status.isOpen else {
            return .refused(await self.refuse(attempt, stored, .decided(current.status)))
        }
        let effect = try await self.perform(attempt, forgetting: stored.request) { table -> Effect<ApprovalRequest> in
            let isDone = try table.cancel(
                current.handle, in: party.organisation, ownedBy: isAdministrator ? nil : party, at: now)
            guard isDone else {
                return .refused(try table.request(current.handle).map { .decided($0.current(at: now).status) } ?? .unknown)
            }
            try table.shred(SealedPart.allCases, of: current.handle)
            guard let found = try table.request(current.handle) else { return .refused(.unknown) }
            try self.outbox?.write(self.notice(.decided, found.request), on: table.connection)
            return .done(found.request, .cancelled)
        }
        switch effect {
        case .refused(let refusal):
            return .refused(await self.ended(stored, refusal))
        case .done(let request, _):
            await self.notifier.notify(self.notice(.decided, request))
            return .recorded(request)
        }
    }
}
