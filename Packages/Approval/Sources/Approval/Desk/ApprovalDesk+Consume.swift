import Cryptography
import Identity
import Persistence
import StrictJSON

extension ApprovalDesk {
    /// Spends a yes on exactly what was approved, once.
    ///
    /// Caller, organisation, scope, server, tool, policy revision and both forms of the arguments have to be those for which it
    /// was asked; a value of another type, a further argument or one other byte is another call, the order of keys is not. Those
    /// who said yes and are still allowed to, as the transaction of the use has it, must be as many different humans as are
    /// needed, none of them the caller.
    ///
    /// The intent is recorded first; when it is not kept, nothing is spent.
    ///
    /// - Returns: Who approved, with the output that waited for its release; or why the call must not happen.
    /// - Throws: ``ApprovalError`` with code `invalidRequest` for a request id that is none, `unrecorded` or `unreadable`, all of
    ///   them before anything is spent; `PersistenceError`, of which `outcomeUnknown` means that it may have been spent; what the
    ///   directory throws.
    public func consume(_ use: ApprovalUse) async throws -> ConsumeOutcome {
        guard PlainName(use.requestID) != nil else {
            throw ApprovalError(.invalidRequest, message: "requestID must have 1 to 255 bytes of visible text")
        }
        let party = ApprovalParty(use.caller)
        let handle = ApprovalToken(use.token)?.handle
        var attempt = try Attempt(.consume, on: handle, by: party, requestID: use.requestID)
        attempt.scope = use.scope
        attempt.server = PlainName(use.server)?.text
        attempt.tool = PlainName(use.tool)?.text
        guard let handle else { return .refused(await self.refuse(attempt, .unknown)) }
        let found = try await self.asking(for: attempt) { try await self.storedWithVotes(handle) }
        guard let (stored, votes) = found, stored.request.requester.organisation == party.organisation else {
            return .refused(await self.refuse(attempt, .unknown))
        }
        attempt.name(stored.request)
        if let refusal = try self.refusal(of: use, on: stored, at: self.now()) {
            return .refused(await self.refuse(attempt, stored, refusal))
        }
        let output: JSONValue?
        switch try await self.asking(for: attempt, { try await self.withheldOutput(of: stored, for: use) }) {
        case .opened(let value): output = value
        case .refused(let refusal): return .refused(await self.refuse(attempt, stored, refusal))
        }
        let id = attempt.id
        let isOneStatement =
            self.database.dialect == .postgres && self.outbox == nil && !self.directory.restsOnDatabase
            && stored.request.scope == .execution
        let effect = try await self.perform(attempt, forgetting: nil, isOneStatement: isOneStatement) {
            table -> Effect<Consumption> in
            let approvers = try self.validApprovers(votes, of: stored.request, spentBy: party, in: table)
            let consumption = Consumption(
                handle: handle, approvedRequestID: stored.request.requestID, approvers: approvers,
                decidedAt: stored.request.decidedAt, output: output, id: id, party: party, requestID: use.requestID)
            return try self.spend(consumption, of: stored, use, in: table)
        }
        switch effect {
        case .refused(let refusal):
            return .refused(await self.ended(stored, refusal))
        case .done(let consumption, _):
            await self.notifier.notify(self.notice(.decided, stored.request.with(.used)))
            return .consumed(consumption)
        }
    }

    private enum WithheldOutput {
        case opened(JSONValue?)
        case refused(ApprovalRefusal)
    }

    /// The output that is going to be released, if there is one.
    ///
    /// It is opened before it is spent, so that a yes is not lost to an output that cannot be read.
    private func withheldOutput(
        of stored: StoredApproval, for use: ApprovalUse
    ) async throws -> WithheldOutput {
        guard stored.request.scope == .outputRelease else { return .opened(nil) }
        let handle = stored.request.handle
        if let output = try await self.opened(.output, of: handle) { return .opened(output) }
        // Whoever was quicker has shredded it.
        guard let found = try await self.stored(ApprovalReference(handle)) else { return .refused(.unknown) }
        if let refusal = try self.refusal(of: use, on: found, at: self.now()) { return .refused(refusal) }
        throw ApprovalError(.unreadable, message: "the sealed output of an approval is gone")
    }

    private func spend(
        _ consumption: Consumption, of stored: StoredApproval, _ use: ApprovalUse, in table: ApprovalTable
    ) throws -> Effect<Consumption> {
        let now = self.now()
        guard try table.consume(stored, use, approvers: consumption.approvers, id: consumption.id, at: now) else {
            guard let found = try table.request(consumption.handle) else { return .refused(.unknown) }
            return .refused(try self.refusal(of: use, on: found, at: now) ?? .approverGone)
        }
        if stored.request.scope == .outputRelease { try table.shred([.output], of: consumption.handle) }
        try self.outbox?.write(self.notice(.decided, stored.request.with(.used)), on: table.connection)
        return .done(consumption, .used)
    }

    /// Takes back a use whose call failed before any byte of it was sent, so that the yes can be spent again until it expires.
    ///
    /// - Warning: Only the sender knows that no byte was sent; a call that may have arrived must stay spent.
    /// - Parameter consumption: The use; each can be taken back once, and only while it is the last one.
    /// - Returns: Whether the yes is whole again. An output that was released cannot be taken back.
    /// - Throws: ``ApprovalError`` with code `unrecorded`; `PersistenceError`.
    public func giveBack(_ consumption: Consumption) async throws -> ReturnOutcome {
        var attempt = try Attempt(
            .giveBack, on: consumption.handle, by: consumption.party, requestID: consumption.requestID)
        let found = try await self.asking(for: attempt) { try await self.stored(ApprovalReference(consumption.handle)) }
        guard let stored = found else { return .refused(await self.refuse(attempt, .unknown)) }
        attempt.name(stored.request)
        let now = self.now()
        let effect = try await self.perform(attempt, forgetting: nil) { table -> Effect<Void> in
            guard try table.giveBack(consumption, at: now) else { return .refused(.notReturnable) }
            try self.outbox?.write(self.notice(.decided, stored.request.with(.approved)), on: table.connection)
            return .done((), .approved)
        }
        switch effect {
        case .refused(let refusal):
            return .refused(refusal)
        case .done:
            await self.notifier.notify(self.notice(.decided, stored.request.with(.approved)))
            return .returned
        }
    }

    /// Why a request cannot be spent on a call, as far as the request itself says.
    private func refusal(of use: ApprovalUse, on stored: StoredApproval, at now: Timestamp) throws -> ApprovalRefusal? {
        let request = stored.current(at: now)
        guard request.isOwned(by: ApprovalParty(use.caller)) else { return .otherCaller }
        switch request.status {
        case .approved: break
        case .pending: return .notDecided
        case .denied, .expired, .used, .cancelled: return .decided(request.status)
        }
        guard request.scope == use.scope else { return .otherScope }
        guard request.server.utf8.elementsEqual(use.server.utf8), request.tool.utf8.elementsEqual(use.tool.utf8) else {
            return .otherTool
        }
        guard request.policyRevision.utf8.elementsEqual(use.policyRevision.utf8) else { return .otherPolicy }
        let digests = ArgumentDigests(keyring: self.keyring)
        guard try digests.matches(stored.receivedDigest, use.receivedArguments, for: .received),
            try digests.matches(stored.sentDigest, use.sentArguments, for: .sent)
        else { return .otherArguments }
        return nil
    }
}
