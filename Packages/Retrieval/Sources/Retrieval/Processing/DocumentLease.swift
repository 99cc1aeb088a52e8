#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Cryptography
import Persistence

/// A document that belongs to this server for a while.
struct DocumentLease: Sendable {
    let id: UUID
    /// The number of the owner.
    let owner: Int64
    let filename: String
    let contentType: String
    /// What tells this lease from all others.
    let token: String
    /// Which try this is, 1 or more.
    let attempt: Int
    /// Whether the document is to be removed rather than processed.
    let isDeleting: Bool
}

/// What the worker asks of the queue of documents and tells it.
struct DocumentLeases: Sendable {
    let database: any Database
    let server: UUID
    let configuration: RetrievalConfiguration

    /// Makes documents this server's own that are due: to be processed those whose files are here, to be removed any.
    ///
    /// Of several servers that try, each gets others. Of one owner one document at a time is processed, and owners take turns: the one
    /// whose last document ended longest ago comes first, so that nobody's many documents keep others waiting.
    func take(_ limit: Int, at now: Timestamp) async throws -> [DocumentLease] {
        let token = Hex.encode(try Random.bytes(count: 16))
        let end = now.advanced(by: self.configuration.leaseTime)
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { [server] connection in
            // Rows that another server is taking at this moment are passed over instead of waited for.
            let lock: SQL = connection.dialect == .postgres ? "FOR UPDATE SKIP LOCKED" : ""
            let ids = try connection.query(
                """
                SELECT d.id FROM documents d
                WHERE d.due_at <= \(now) AND (d.lease_until IS NULL OR d.lease_until <= \(now))
                    AND (d.server = \(server) OR d.status = 'deleting')
                    AND (d.status = 'deleting' OR NOT EXISTS (
                        SELECT 1 FROM documents b
                        WHERE b.owner_number = d.owner_number AND b.status = 'processing' AND b.id <> d.id
                            AND (b.lease_until > \(now) OR b.due_at <= \(now) AND b.server = d.server
                                AND (b.due_at < d.due_at OR b.due_at = d.due_at AND b.id < d.id))
                    ))
                ORDER BY (
                    SELECT max(f.updated_at) FROM documents f
                    WHERE f.owner_number = d.owner_number AND f.status IN ('ready', 'failed')
                ) NULLS FIRST, d.due_at
                LIMIT \(limit) \(lock)
                """
            ).compactMap { $0["id"] }
            guard !ids.isEmpty else { return [] }
            // The conditions stand here again: on SQLite the transaction alone keeps others out.
            try connection.execute(
                """
                UPDATE documents SET lease = \(token), lease_until = \(end), attempts = attempts + 1
                WHERE id IN \(list: ids) AND due_at <= \(now) AND (lease_until IS NULL OR lease_until <= \(now))
                """)
            return try connection.query(
                """
                SELECT id, owner_number, filename, content_type, attempts, status FROM documents
                WHERE id IN \(list: ids) AND lease = \(token)
                """
            ).map { row in
                DocumentLease(
                    id: try row.decode("id"), owner: try row.decode("owner_number"), filename: try row.decode("filename"),
                    contentType: try row.decode("content_type"), token: token, attempt: try row.decode("attempts"),
                    isDeleting: try row.decode("status", as: String.self) == "deleting")
            }
        }
    }

    /// What came of processing.
    struct Outcome: Sendable {
        let pages: Int?
        let passages: Int
        let findings: FindingCounts
    }

    /// Lets a document be found.
    ///
    /// - Returns: Whether it was still this server's.
    func finish(_ lease: DocumentLease, _ outcome: Outcome) async throws -> Bool {
        let now = Timestamp.now()
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            let count = try connection.execute(
                """
                UPDATE documents SET status = 'ready', reason = NULL, pages = \(outcome.pages), passages = \(outcome.passages),
                    findings = \(outcome.findings.json), due_at = NULL, lease = NULL, lease_until = NULL, updated_at = \(now)
                WHERE id = \(lease.id) AND lease = \(lease.token) AND status = 'processing'
                """)
            guard count > 0 else { return false }
            try connection.execute(
                "UPDATE document_owners SET passages = passages + \(outcome.passages) WHERE number = \(lease.owner)")
            return true
        }
    }

    /// Gives a document up, for a reason in words for its owner.
    ///
    /// - Returns: Whether it was still this server's.
    func fail(_ lease: DocumentLease, _ reason: String) async throws -> Bool {
        let now = Timestamp.now()
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try connection.execute(
                """
                UPDATE documents SET status = 'failed', reason = \(reason), due_at = NULL, lease = NULL, lease_until = NULL,
                    updated_at = \(now)
                WHERE id = \(lease.id) AND lease = \(lease.token) AND status = 'processing'
                """) > 0
        }
    }

    /// Leaves a document for later.
    func postpone(_ lease: DocumentLease, until next: Timestamp) async throws {
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try connection.execute(
                """
                UPDATE documents SET due_at = \(next), lease = NULL, lease_until = NULL
                WHERE id = \(lease.id) AND lease = \(lease.token)
                """)
        }
    }

    /// Gives a document back that was begun and not ended through no fault of its own; the attempt does not count.
    func giveBack(_ lease: DocumentLease) async throws {
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try connection.execute(
                """
                UPDATE documents SET lease = NULL, lease_until = NULL, attempts = attempts - 1
                WHERE id = \(lease.id) AND lease = \(lease.token)
                """)
        }
    }

    /// Lets documents of other servers fail that have waited for longer than a server is away.
    func failAbandoned(at now: Timestamp) async throws {
        let oldest = now.advanced(by: .zero - self.configuration.abandonTime)
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { [server] connection in
            try connection.execute(
                """
                UPDATE documents SET status = 'failed', reason = 'the server that held the file is gone; upload it again',
                    due_at = NULL, lease = NULL, lease_until = NULL, updated_at = \(now)
                WHERE status = 'processing' AND server <> \(server) AND due_at <= \(oldest)
                    AND (lease_until IS NULL OR lease_until <= \(oldest))
                """)
        }
    }

    /// Takes documents out of sight whose anonymous sessions are over; a worker removes them. Each upload prolongs a session.
    func hideExpired(at now: Timestamp) async throws {
        let oldest = now.advanced(by: .zero - self.configuration.anonymousLifetime)
        while true {
            let count = try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
                let expired = try connection.query(
                    """
                    SELECT d.id, d.owner_number FROM document_owners o JOIN documents d ON d.owner_number = o.number
                    WHERE o.owner >= \(DocumentOwner.anonymousPrefix) AND o.owner < \(DocumentOwner.anonymousEnd)
                        AND d.created_at <= \(oldest) AND d.status <> 'deleting' AND NOT EXISTS (
                            SELECT 1 FROM documents n WHERE n.owner_number = d.owner_number AND n.created_at > \(oldest)
                        )
                    ORDER BY d.owner_number, d.id LIMIT \(PassageTable.batch)
                    """)
                for row in expired {
                    guard let number = row["owner_number"] else { continue }
                    _ = try DocumentStore.hide(row.decode("id"), ofOwner: number, on: connection)
                }
                return expired.count
            }
            if count < PassageTable.batch { return }
            try Task.checkCancellation()
        }
    }

    /// Which of these documents are still to be processed from a file of this server.
    func awaited(_ ids: [UUID]) async throws -> Set<UUID> {
        var awaited: Set<UUID> = []
        for start in stride(from: 0, to: ids.count, by: PassageTable.batch) {
            let part = ids[start..<min(start + PassageTable.batch, ids.count)]
            let rows = try await self.database.query(
                "SELECT id FROM documents WHERE id IN \(list: part) AND status = 'processing'")
            for row in rows { awaited.insert(try row.decode("id")) }
        }
        return awaited
    }
}
