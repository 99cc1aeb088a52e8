import Cryptography
import Persistence

extension ApprovalDesk {
    /// Asks for a yes.
    ///
    /// The request waits until somebody decides or its time is over. As many as ``ApprovalConfiguration/maximumOpenPerBinding``
    /// may be open for one call at a time, whoever asks where: the same caller, scope, server, tool, policy revision and
    /// arguments.
    ///
    /// - Returns: The token, which is nowhere else from now on; or `refused` with ``ApprovalRefusal/tooMany``.
    /// - Throws: ``ApprovalError`` with code `invalidRequest` or `tooLarge` for a draft that breaks a rule, and `unrecorded`;
    ///   `PersistenceError`; `CryptographyError`.
    public func issue(_ draft: ApprovalDraft) async throws -> IssueOutcome {
        let new = try NewApproval(draft, self.configuration, keyring: self.keyring, at: self.now())
        let request = new.request
        var attempt = try Attempt(.issue, on: new.handle, by: request.requester, requestID: draft.requestID)
        attempt.name(request)
        try await self.announce(attempt)
        let refusal: ApprovalRefusal?
        do {
            refusal = try await self.insert(new)
        } catch {
            await self.settle(attempt, .failed)
            if let error = error as? PersistenceError, error.code == .unencodable {
                throw ApprovalError(.invalidRequest, message: "sanitizedCall must have no NUL", cause: error)
            }
            throw error
        }
        if let refusal { return .refused(await self.refuse(attempt, refusal)) }
        // Only what has a row is cached. Whoever decided on the row meanwhile has left a mark that keeps this value out.
        await self.cache?.store(request, at: self.now())
        await self.settle(attempt, .done(.pending))
        await self.notifier.notify(self.notice(.required, request))
        return .issued(IssuedApproval(token: new.token, handle: new.handle, expiresAt: new.expiresAt))
    }

    private func insert(_ new: NewApproval) async throws -> ApprovalRefusal? {
        let configuration = self.configuration
        let party = ApprovalParty(new.draft.caller)
        let notice = self.notice(.required, new.request)
        let outbox = self.outbox
        return try await self.database.transaction(isolation: .readCommitted, retries: 5) { connection in
            let table = ApprovalTable(connection)
            try table.lockOpenRequests(of: party, number: new.lockNumber)
            let same = try table.openRequests(like: new, at: new.createdAt, bound: configuration.maximumOpenPerBinding)
            if same >= configuration.maximumOpenPerBinding { return .tooMany }
            let all = try table.openRequests(of: party, at: new.createdAt, bound: configuration.maximumOpenPerCaller)
            if all >= configuration.maximumOpenPerCaller { return .tooMany }
            try table.insert(new)
            try outbox?.write(notice, on: connection)
            return nil
        }
    }
}
