import Cryptography
public import Identity
import Persistence

extension ApprovalDesk {
    /// The most characters (Unicode scalars) that a note may have: 2 000.
    public static let longestNote = 2_000

    /// Says yes or no to a request.
    ///
    /// The first no ends it; a yes does when as many persons as its quorum have said so who may still decide then. Nobody decides
    /// their own request, and nobody votes twice: persons are compared, and registrations where no person is known. Whether the
    /// caller may decide, with the key of this request, is looked at within the transaction of the vote.
    ///
    /// - Parameters:
    ///   - reference: The request, by handle or by token.
    ///   - verdict: Yes or no.
    ///   - caller: Who decides; only requests of the same organisation are found.
    ///   - note: Why, up to ``longestNote`` characters without NUL; empty is none.
    ///   - requestID: The request by which it is decided, for the record.
    ///   - receipt: Where it is noted whether the outcome is recorded.
    /// - Returns: The request as it is now, or why the vote does not count.
    /// - Throws: ``ApprovalError`` with code `invalidRequest` for the note, `unrecorded`; `PersistenceError`; what the directory
    ///   throws.
    public func decide(
        _ reference: ApprovalReference, _ verdict: ApprovalVote.Verdict, by caller: Caller, note: String? = nil,
        requestID: String? = nil, receipt: ApprovalReceipt? = nil
    ) async throws -> DecisionOutcome {
        let note = try Self.checked(note)
        let action: ApprovalEvent.Action = verdict == .approve ? .approve : .deny
        let party = ApprovalParty(caller)
        var attempt = try Attempt(action, on: reference.handles.first, by: party, requestID: requestID, receipt: receipt)
        let found = try await self.asking(for: attempt) { try await self.stored(reference) }
        guard let stored = found, stored.request.requester.organisation == party.organisation else {
            return .refused(await self.refuse(attempt, .unknown))
        }
        attempt.name(stored.request)
        if let refusal = Self.refusal(ofVoteBy: party, on: stored, at: self.now()) {
            return .refused(await self.refuse(attempt, stored, refusal))
        }
        if caller.isAnonymous { return .refused(await self.refuse(attempt, .notApprover)) }
        if stored.request.requiresNote, note == nil { return .refused(await self.refuse(attempt, .noteMissing)) }
        let effect = try await self.perform(attempt, forgetting: stored.request) { table -> Effect<ApprovalRequest> in
            let standing = try self.directory.standing(of: party, presenting: caller.keyID, in: table.connection)
            guard case .mayDecide(let person) = standing else { return .refused(.notApprover) }
            let vote = ApprovalVote(voter: party.with(person: person), verdict: verdict, note: note, votedAt: self.now())
            return try self.apply(vote, to: stored.request, in: table)
        }
        switch effect {
        case .refused(let refusal):
            return .refused(await self.ended(stored, refusal))
        case .done(let request, let status):
            if status != .pending { await self.notifier.notify(self.notice(.decided, request)) }
            return .recorded(request)
        }
    }

    private func apply(
        _ vote: ApprovalVote, to request: ApprovalRequest, in table: ApprovalTable
    ) throws -> Effect<ApprovalRequest> {
        let handle = request.handle
        guard try table.insertVote(vote, on: handle) else {
            let found = try table.request(handle)
            return .refused(
                found.map { Self.refusal(ofVoteBy: vote.voter, on: $0, at: vote.votedAt) ?? .alreadyVoted } ?? .unknown)
        }
        let isDecided: Bool
        switch vote.verdict {
        case .deny:
            isDecided = try table.deny(by: vote, on: handle)
        case .approve:
            // The votes on a request take turns from here on, so these are all of them.
            let votes = request.quorum > 1 ? try table.votes(handle) : [vote]
            let approvers = try self.validApprovers(votes, knowing: vote.voter, of: request, in: table)
            isDecided = try table.approve(by: vote, approvers: approvers, on: handle)
        }
        if isDecided {
            try table.shred(vote.verdict == .approve ? [.arguments] : SealedPart.allCases, of: handle)
        }
        guard let found = try table.request(handle) else { return .refused(.unknown) }
        if isDecided { try self.outbox?.write(self.notice(.decided, found.request), on: table.connection) }
        return .done(found.request, found.request.status)
    }

    /// Those who said yes and may still do so, as far as they are different humans and none of them asked or spends.
    ///
    /// - Parameters:
    ///   - votes: The votes, the oldest first.
    ///   - voter: Whose standing was asked already in this transaction.
    ///   - request: What they voted on.
    ///   - party: Who spends it, if it is spent now.
    func validApprovers(
        _ votes: [ApprovalVote], knowing voter: ApprovalParty? = nil, of request: ApprovalRequest,
        spentBy party: ApprovalParty? = nil, in table: ApprovalTable
    ) throws -> [ApprovalParty] {
        var approvers: [ApprovalParty] = []
        for vote in votes where vote.verdict == .approve {
            var names = [vote.voter]
            if voter?.isSameRegistration(as: vote.voter) != true {
                let standing = try self.directory.standing(of: vote.voter, presenting: nil, in: table.connection)
                guard case .mayDecide(let person) = standing else { continue }
                // Either name of the human may be the one that others have.
                names.append(vote.voter.with(person: person))
            }
            let others = [request.requester] + [party].compactMap { $0 } + approvers
            guard !names.contains(where: { name in others.contains { $0.isSamePerson(as: name) } }) else { continue }
            approvers.append(names[names.count - 1])
        }
        return approvers
    }

    /// Why a party cannot vote on a request, as far as the request itself says.
    private static func refusal(
        ofVoteBy voter: ApprovalParty, on stored: StoredApproval, at now: Timestamp
    ) -> ApprovalRefusal? {
        let request = stored.current(at: now)
        if request.status != .pending { return .decided(request.status) }
        return request.requester.isSamePerson(as: voter) ? .ownRequest : nil
    }

    /// - Throws: ``ApprovalError`` with code `invalidRequest`.
    private static func checked(_ note: String?) throws(ApprovalError) -> String? {
        guard let note, !note.isEmpty else { return nil }
        guard note.unicodeScalars.count <= Self.longestNote, !note.utf8.contains(0) else {
            throw ApprovalError(.invalidRequest, message: "note must have at most \(Self.longestNote) characters and no NUL")
        }
        return note
    }

    /// Refuses an attempt on a request, which may have come to its end meanwhile.
    func refuse(_ attempt: Attempt, _ stored: StoredApproval, _ refusal: ApprovalRefusal) async -> ApprovalRefusal {
        await self.ended(stored, await self.refuse(attempt, refusal))
    }

    /// Writes down that a request has expired before somebody is told so.
    func ended(_ stored: StoredApproval, _ refusal: ApprovalRefusal) async -> ApprovalRefusal {
        await self.expireIfDue([stored])
        return refusal
    }
}
