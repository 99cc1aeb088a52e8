import Identity
import Persistence
import StrictJSON

/// The statements on `approval_requests` and what belongs to it. Each change is one statement that has all its conditions in
/// itself; what it returns says whether it happened.
///
/// A change finds its row by the name. What else it asks of the row is written so that no index can serve it (`IS NOT DISTINCT
/// FROM`, which is `=` where nothing is NULL): PostgreSQL, which knows little of a table that grows, would go through everything
/// that a caller has open.
struct ApprovalTable {
    let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// The request under one of the names; the first name goes first.
    static func find(_ reference: ApprovalReference) -> SQL {
        "\(Self.selection) WHERE r.token IN \(list: reference.handles.map(\.text)) LIMIT 2"
    }

    /// The request of a handle, once for each vote on it in any order, or once without any.
    static func findWithVotes(_ handle: ApprovalHandle) -> SQL {
        """
        SELECT \(Self.columns), v.voter_kind, v.voter_id, v.voter_person, v.verdict, v.note, v.voted_at
        FROM \(Self.source) LEFT JOIN approval_votes v ON v.token = r.token WHERE r.token = \(handle.text)
        """
    }

    static func votes(_ handle: ApprovalHandle) -> SQL {
        """
        SELECT v.voter_kind, v.voter_id, v.voter_person, v.verdict, v.note, v.voted_at, r.org_id
        FROM approval_votes v JOIN approval_requests r ON r.token = v.token
        WHERE v.token = \(handle.text) ORDER BY v.voted_at, v.voter_kind, v.voter_id
        """
    }

    /// What is sealed of a request, as far as its key is there.
    static func sealedParts(_ handle: ApprovalHandle) -> SQL {
        """
        SELECT k.part, k.wrapped, a.sealed, r.output_payload FROM approval_keys k
        JOIN approval_requests r ON r.token = k.token
        LEFT JOIN approval_arguments a ON a.token = k.token
        WHERE k.token = \(handle.text)
        """
    }

    func request(_ handle: ApprovalHandle) throws -> StoredApproval? {
        try self.connection.queryOne(Self.find(ApprovalReference(handle))).map { try StoredApproval($0) }
    }

    /// A request's columns, without what is sealed.
    static let columns: SQL =
        """
        r.id, r.token, r.request_id, r.caller_id, r.tool_call, r.risk_explanation, r.created_at, r.expires_at, r.status,
            r.approver_id, r.decision_at, r.approver_note, r.org_id, r.scope, b.caller_kind, b.caller_person, b.server, b.tool,
            b.policy_revision, b.received_digest, b.sent_digest, b.risk_labels, b.risk_score, b.quorum, b.requires_note,
            b.consumption, b.used_at
        """

    /// Where ``columns`` are: `r` and `b`.
    static let source: SQL = "approval_requests r JOIN approval_bindings b ON b.token = r.token"

    /// All requests with their columns.
    static let selection: SQL = "SELECT \(Self.columns) FROM \(Self.source)"
}

// MARK: - Issuing

extension ApprovalTable {
    /// Keeps two transactions from counting what is open of one caller at the same time; a SQLite file has one writer anyway.
    func lockOpenRequests(of party: ApprovalParty, number: Int64) throws {
        guard self.connection.dialect == .postgres else { return }
        _ = try self.connection.query("SELECT pg_advisory_xact_lock(\(number))")
    }

    /// How many requests of a caller are open, at most `bound`.
    func openRequests(of party: ApprovalParty, at now: Timestamp, bound: Int) throws -> Int {
        try self.count(
            """
            SELECT 1 FROM approval_requests r JOIN approval_bindings b ON b.token = r.token
            WHERE r.org_id = \(party.organisation.text) AND r.caller_id = \(party.id.text)
                AND r.status IN ('PENDING', 'APPROVED') AND r.expires_at > \(now) AND b.caller_kind = \(party.kind.rawValue)
            LIMIT \(bound)
            """)
    }

    /// How many requests for the same call are open, at most `bound`.
    func openRequests(like new: NewApproval, at now: Timestamp, bound: Int) throws -> Int {
        let draft = new.draft
        return try self.count(
            """
            SELECT 1 FROM approval_bindings b JOIN approval_requests r ON r.token = b.token
            WHERE b.sent_digest = \(new.sentDigest) AND b.received_digest = \(new.receivedDigest)
                AND b.server = \(draft.server) AND b.tool = \(draft.tool) AND b.policy_revision = \(draft.policyRevision)
                AND b.caller_kind = \(draft.caller.kind.rawValue) AND r.caller_id = \(draft.caller.id.text)
                AND r.org_id = \(draft.caller.organisation.text) AND r.scope = \(draft.scope.rawValue)
                AND r.status IN ('PENDING', 'APPROVED') AND r.expires_at > \(now)
            LIMIT \(bound)
            """)
    }

    private func count(_ rows: SQL) throws -> Int {
        try self.connection.queryOne("SELECT count(*) AS n FROM (\(rows)) AS counted")?.decode("n") ?? 0
    }

    func insert(_ new: NewApproval) throws {
        let draft = new.draft
        let output = new.output.map { "{\"sealed\": \"\($0.base64)\"}" }
        try self.connection.execute(
            """
            INSERT INTO approval_requests (
                token, request_id, caller_id, tool_call, risk_explanation, created_at, expires_at, status, org_id, scope,
                output_payload, output_hash)
            VALUES (
                \(new.handle.text), \(draft.requestID), \(draft.caller.id.text), \(json: draft.sanitizedCall.columnText),
                \(draft.riskExplanation), \(new.createdAt), \(new.expiresAt), 'PENDING', \(draft.caller.organisation.text),
                \(draft.scope.rawValue), \(json: output), \(new.outputDigest))
            """)
        let labels = JSONValue.array(draft.riskLabels.map { .string($0) })
        try self.connection.execute(
            """
            INSERT INTO approval_bindings (
                token, caller_kind, caller_person, server, tool, policy_revision, received_digest, sent_digest, risk_labels,
                risk_score, quorum, requires_note)
            VALUES (
                \(new.handle.text), \(draft.caller.kind.rawValue), \(draft.caller.person?.text), \(draft.server), \(draft.tool),
                \(draft.policyRevision), \(new.receivedDigest), \(new.sentDigest), \(json: labels.columnText),
                \(draft.riskScore), \(draft.quorum), \(draft.requiresNote))
            """)
        try self.connection.execute(
            "INSERT INTO approval_arguments (token, sealed) VALUES (\(new.handle.text), \(new.arguments.bytes))")
        try self.insertKey(new.arguments, .arguments, of: new.handle)
        if let output = new.output { try self.insertKey(output, .output, of: new.handle) }
    }

    private func insertKey(_ sealed: Sealing.Sealed, _ part: SealedPart, of handle: ApprovalHandle) throws {
        try self.connection.execute(
            """
            INSERT INTO approval_keys (token, part, wrapped) VALUES (\(handle.text), \(part.rawValue), \(sealed.wrappedKey))
            """)
    }
}

// MARK: - Deciding

extension ApprovalTable {
    private static let isOpen: SQL = "(status IS NOT DISTINCT FROM 'PENDING' OR status IS NOT DISTINCT FROM 'APPROVED')"

    /// Notes what a person says, if the request is pending and not their own and they have not said anything yet.
    func insertVote(_ vote: ApprovalVote, on handle: ApprovalHandle) throws -> Bool {
        let voter = vote.voter
        let isAnotherPerson: SQL =
            voter.person.map { "AND (b.caller_person IS NULL OR b.caller_person <> \($0.text))" } ?? ""
        // Votes on one request take turns, so that the one which completes the quorum sees all others.
        let lock: SQL = self.connection.dialect == .postgres ? "FOR UPDATE OF r" : ""
        return try self.connection.execute(
            """
            INSERT INTO approval_votes (token, voter_kind, voter_id, voter_person, verdict, note, voted_at)
            SELECT r.token, \(voter.kind.rawValue), \(voter.id.text), \(voter.person?.text), \(vote.verdict.rawValue),
                \(vote.note), \(vote.votedAt)
            FROM approval_requests r JOIN approval_bindings b ON b.token = r.token
            WHERE r.token = \(handle.text) AND r.status IS NOT DISTINCT FROM 'PENDING' AND r.expires_at > \(vote.votedAt)
                AND r.org_id IS NOT DISTINCT FROM \(voter.organisation.text)
                AND NOT (b.caller_kind = \(voter.kind.rawValue) AND r.caller_id = \(voter.id.text)) \(isAnotherPerson)
            \(lock)
            ON CONFLICT DO NOTHING
            """) == 1
    }

    /// Approves if the given voters' yeses are as many as the quorum says; false while more are needed.
    ///
    /// - Parameter approvers: Who may decide at this moment; only their votes count.
    func approve(by vote: ApprovalVote, approvers: [ApprovalParty], on handle: ApprovalHandle) throws -> Bool {
        if approvers.isEmpty { return false }
        return try self.decide(
            .approved, by: vote, on: handle,
            if: "EXISTS (SELECT 1 FROM approval_bindings b WHERE b.token = \(handle.text) AND \(Self.hasQuorum(of: approvers)))")
    }

    /// Denies what is pending.
    func deny(by vote: ApprovalVote, on handle: ApprovalHandle) throws -> Bool {
        try self.decide(.denied, by: vote, on: handle, if: "1 = 1")
    }

    private func decide(
        _ status: ApprovalStatus, by vote: ApprovalVote, on handle: ApprovalHandle, if condition: SQL
    ) throws -> Bool {
        try self.connection.execute(
            """
            UPDATE approval_requests SET status = \(status.rawValue), approver_id = \(vote.voter.id.text),
                decision_at = \(vote.votedAt), approver_note = \(vote.note)
            WHERE token = \(handle.text) AND status IS NOT DISTINCT FROM 'PENDING' AND expires_at > \(vote.votedAt)
                AND org_id IS NOT DISTINCT FROM \(vote.voter.organisation.text) AND \(condition)
            """) == 1
    }

    /// That as many of some voters said yes to a binding `b` as its quorum says.
    private static func hasQuorum(of voters: [ApprovalParty]) -> SQL {
        let votes = voters.map { voter -> SQL in
            "(v.voter_kind = \(voter.kind.rawValue) AND v.voter_id = \(voter.id.text))"
        }
        return """
            b.quorum <= (SELECT count(*) FROM approval_votes v WHERE v.token = b.token AND v.verdict = 'APPROVE'
                AND (\(votes.joined(separator: " OR "))))
            """
    }

    /// The votes on a request, the oldest first.
    func votes(_ handle: ApprovalHandle) throws -> [ApprovalVote] {
        try self.connection.query(Self.votes(handle)).map { try ApprovalVote($0) }
    }

    /// Cancels what is open.
    ///
    /// - Parameter party: Whose request it must be; nil for an administrator.
    func cancel(
        _ handle: ApprovalHandle, in organisation: OrganisationID, ownedBy party: ApprovalParty?, at now: Timestamp
    ) throws -> Bool {
        let isOwned: SQL =
            party.map {
                """
                AND caller_id IS NOT DISTINCT FROM \($0.id.text) AND EXISTS (SELECT 1 FROM approval_bindings b
                    WHERE b.token = \(handle.text) AND b.caller_kind = \($0.kind.rawValue))
                """
            } ?? ""
        return try self.connection.execute(
            """
            UPDATE approval_requests SET status = 'CANCELLED', decision_at = COALESCE(decision_at, \(now))
            WHERE token = \(handle.text) AND \(Self.isOpen) AND expires_at > \(now)
                AND org_id IS NOT DISTINCT FROM \(organisation.text) \(isOwned)
            """) == 1
    }

    /// Ends what is open although its time is over.
    func expire(_ handle: ApprovalHandle, at now: Timestamp) throws -> Bool {
        try self.connection.execute(
            """
            UPDATE approval_requests SET status = 'EXPIRED'
            WHERE token = \(handle.text) AND \(Self.isOpen) AND expires_at <= \(now)
            """) == 1
    }

    /// Deletes data keys, and what they open.
    ///
    /// SQLite is told to overwrite what it deletes; PostgreSQL's vacuum gives the room away in its own time.
    func shred(_ parts: [SealedPart], of handle: ApprovalHandle) throws {
        if self.connection.dialect == .sqlite { _ = try self.connection.query("PRAGMA secure_delete = ON") }
        try self.connection.execute(
            "DELETE FROM approval_keys WHERE token = \(handle.text) AND part IN \(list: parts.map(\.rawValue))")
        if parts.contains(.arguments) {
            try self.connection.execute("DELETE FROM approval_arguments WHERE token = \(handle.text)")
        }
        if parts.contains(.output) {
            try self.connection.execute(
                "UPDATE approval_requests SET output_payload = NULL WHERE token = \(handle.text) AND output_payload IS NOT NULL")
        }
    }
}

// MARK: - Spending

extension ApprovalTable {
    /// Spends a yes if everything is as it was approved.
    ///
    /// - Parameters:
    ///   - stored: The request as it was read, whose digests were held against the call.
    ///   - approvers: Who said yes and may still do so at this moment; only their votes count.
    ///   - id: Names the use.
    func consume(
        _ stored: StoredApproval, _ use: ApprovalUse, approvers: [ApprovalParty], id: String, at now: Timestamp
    ) throws -> Bool {
        if approvers.isEmpty { return false }
        let handle = stored.request.handle.text
        let spending: SQL =
            """
            UPDATE approval_requests SET status = 'USED' FROM approval_bindings b
            WHERE approval_requests.token = \(handle) AND b.token = approval_requests.token
                AND status IS NOT DISTINCT FROM 'APPROVED' AND expires_at > \(now)
                AND org_id IS NOT DISTINCT FROM \(use.caller.organisation.text)
                AND caller_id IS NOT DISTINCT FROM \(use.caller.id.text) AND scope = \(use.scope.rawValue)
                AND b.caller_kind = \(use.caller.kind.rawValue) AND b.server = \(use.server) AND b.tool = \(use.tool)
                AND b.policy_revision = \(use.policyRevision) AND b.received_digest = \(stored.receivedDigest)
                AND b.sent_digest IS NOT DISTINCT FROM \(stored.sentDigest) AND \(Self.hasQuorum(of: approvers))
            """
        let noting: SQL = "UPDATE approval_bindings SET consumption = \(id), used_at = \(now)"
        switch self.connection.dialect {
        case .postgres:
            // Together they need no second round trip.
            return try self.connection.execute(
                """
                WITH spent AS (\(spending) RETURNING approval_requests.token)
                \(noting) FROM spent WHERE approval_bindings.token = spent.token
                """) == 1
        case .sqlite:
            guard try self.connection.execute(spending) == 1 else { return false }
            try self.connection.execute("\(noting) WHERE token = \(handle)")
            return true
        }
    }

    /// Makes what a use has spent good again.
    func giveBack(_ consumption: Consumption, at now: Timestamp) throws -> Bool {
        let returned = try self.connection.execute(
            """
            UPDATE approval_requests SET status = 'APPROVED'
            WHERE token = \(consumption.handle.text) AND status IS NOT DISTINCT FROM 'USED' AND scope = 'EXECUTION' AND expires_at > \(now)
                AND EXISTS (SELECT 1 FROM approval_bindings b
                    WHERE b.token = approval_requests.token AND b.consumption = \(consumption.id))
            """)
        guard returned == 1 else { return false }
        try self.connection.execute(
            "UPDATE approval_bindings SET consumption = NULL, used_at = NULL WHERE token = \(consumption.handle.text)")
        return true
    }
}
