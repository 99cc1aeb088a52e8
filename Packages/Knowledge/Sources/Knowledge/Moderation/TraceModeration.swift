#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Identity
public import Logging
public import Persistence

/// What moderators see and do: traces that were reported, removing and restoring them, and taking flags away.
///
/// Who is a moderator is for the caller to check. Every change is told to a ledger first; see ``ModerationLedger``.
public struct TraceModeration: Sendable {
    /// The most traces on a page.
    public static let maximumLimit = 100
    /// The most flagged traces that a page may pass over.
    public static let maximumOffset = 10_000

    let database: any Database
    let ledger: any ModerationLedger
    let logger: Logger

    /// Creates the moderators' side over a migrated database.
    ///
    /// - Parameters:
    ///   - database: Where the chain `knowledge` is up to date.
    ///   - ledger: Where changes are recorded.
    ///   - logger: Hears of changes that were made, and whose outcome could not be recorded.
    public init(database: any Database, ledger: any ModerationLedger, logger: Logger) {
        self.database = database
        self.ledger = ledger
        self.logger = logger
    }

    /// Traces that were reported and not removed, the newest flag first.
    ///
    /// - Parameters:
    ///   - limit: The most that are wanted, 1 to ``maximumLimit``.
    ///   - offset: How many are passed over, 0 to ``maximumOffset``.
    /// - Throws: ``KnowledgeError`` with code `invalidPage`; `PersistenceError`.
    public func flagged(limit: Int = 50, offset: Int = 0) async throws -> [Trace] {
        try Self.check(limit: limit)
        guard (0...Self.maximumOffset).contains(offset) else {
            throw KnowledgeError(.invalidPage, message: "a page passes over 0 to \(Self.maximumOffset) traces")
        }
        return try await self.database.read { connection in
            // Their ids first, so that nothing but them is put in order and passed over.
            let rows = try connection.query(
                """
                SELECT id FROM traces WHERE is_flagged AND removed_at IS NULL
                ORDER BY flagged_at DESC NULLS LAST, id DESC LIMIT \(limit) OFFSET \(offset)
                """)
            var places: [String: Int] = [:]
            var ids: [UUID] = []
            for row in rows {
                let id: UUID = try row.decode("id")
                places[id.sqlText] = ids.count
                ids.append(id)
            }
            if ids.isEmpty { return [] }
            let traces = try Trace.query("WHERE id IN \(list: ids)", on: connection)
            return traces.sorted { places[$0.id, default: 0] < places[$1.id, default: 0] }
        }
    }

    /// Removes a trace: nobody is shown it any more, and its row stays with the votes and amendments on it.
    ///
    /// - Returns: Whether there was one to remove.
    /// - Throws: ``KnowledgeError`` with code `unrecorded`, and then nothing was changed; `PersistenceError`.
    public func remove(_ traceID: String, by author: ModerationAuthor) async throws -> Bool {
        // A caller of the gateway may bear a name that is some user's id.
        let remover = author.caller.kind == .user ? UUID(sqlText: author.caller.id.text) : nil
        let now = Timestamp.now()
        return try await self.recording(.remove, on: traceID, by: author) { connection, id in
            try connection.execute(
                "UPDATE traces SET removed_at = \(now), removed_by = \(remover) WHERE id = \(id) AND removed_at IS NULL")
        }
    }

    /// Brings a removed trace back as it was, flag included.
    ///
    /// - Returns: Whether there was one to bring back.
    /// - Throws: ``KnowledgeError`` with code `unrecorded`, and then nothing was changed; `PersistenceError`.
    public func restore(_ traceID: String, by author: ModerationAuthor) async throws -> Bool {
        try await self.recording(.restore, on: traceID, by: author) { connection, id in
            try connection.execute(
                "UPDATE traces SET removed_at = NULL, removed_by = NULL WHERE id = \(id) AND removed_at IS NOT NULL")
        }
    }

    /// Takes the flag from a trace and closes its reports.
    ///
    /// - Returns: Whether there was a flagged trace that is not removed.
    /// - Throws: ``KnowledgeError`` with code `unrecorded`, and then nothing was changed; `PersistenceError`.
    public func unflag(_ traceID: String, by author: ModerationAuthor) async throws -> Bool {
        let now = Timestamp.now()
        return try await self.recording(.unflag, on: traceID, by: author) { connection, id in
            let count = try connection.execute(
                """
                UPDATE traces SET is_flagged = \(false), flagged_at = NULL, updated_at = \(now)
                WHERE id = \(id) AND is_flagged AND removed_at IS NULL
                """)
            guard count > 0 else { return 0 }
            try connection.execute("UPDATE trace_flags SET closed_at = \(now) WHERE trace_id = \(id) AND closed_at IS NULL")
            return count
        }
    }

    static func check(limit: Int) throws(KnowledgeError) {
        guard (1...Self.maximumLimit).contains(limit) else {
            throw KnowledgeError(.invalidPage, message: "a page has 1 to \(Self.maximumLimit) entries")
        }
    }
}
