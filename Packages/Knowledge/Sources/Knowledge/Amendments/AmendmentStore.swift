#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import ContentScreening
public import Cryptography
public import Persistence

/// Keeps proposals to improve traces.
public struct AmendmentStore: Sendable {
    /// The most amendments on a page.
    public static let maximumLimit = 100

    let database: any Database
    private let keyring: SecretKeyring

    /// Creates a store over a migrated database.
    ///
    /// - Parameters:
    ///   - database: Where the chain `knowledge` is up to date.
    ///   - keyring: The server's secrets, which sign cursors.
    public init(database: any Database, keyring: SecretKeyring) {
        self.database = database
        self.keyring = keyring
    }

    /// Stores an amendment; when this returns, it survives a crash.
    ///
    /// - Parameters:
    ///   - draft: What its author sent, once a `ContentGate` has admitted it.
    ///   - traceID: The trace: a UUID in any spelling; anything else is no trace's id.
    ///   - submitterID: Who proposes it, a user.
    /// - Returns: The amendment; `nil` when no trace has the id, or it was removed.
    /// - Throws: `PersistenceError`; `foreignKeyViolation` when no such user exists.
    public func add(
        _ draft: Screened<AmendmentDraft>, to traceID: String, from submitterID: String
    ) async throws -> Amendment? {
        let submitter = try UUID(userID: submitterID)
        guard let traceID = UUID(sqlText: traceID) else { return nil }
        let amendment = Amendment(
            id: UUID().sqlText, originalTraceID: traceID.sqlText, submitterID: submitter.sqlText,
            improvedSolution: draft.content.improvedSolution, explanation: draft.content.explanation, createdAt: .now())
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            // A removal at the same time comes before or after, not between.
            guard try LockedTrace(traceID, on: connection) != nil else { return nil }
            try connection.execute(
                """
                INSERT INTO amendments (\(Amendment.columns))
                VALUES (\(amendment.id), \(traceID), \(submitter), \(amendment.improvedSolution), \(amendment.explanation),
                    \(amendment.createdAt))
                """)
            return amendment
        }
    }

    /// A page of a trace's amendments, the newest first.
    ///
    /// Costs the same wherever a page begins and however many there are.
    ///
    /// - Parameters:
    ///   - traceID: The trace: a UUID in any spelling; anything else is no trace's id.
    ///   - limit: The most that are wanted, 1 to ``maximumLimit``.
    ///   - cursor: Where the page before ended; `nil` for the first.
    /// - Returns: The page; `nil` when no trace has the id, or it was removed.
    /// - Throws: ``KnowledgeError`` with code `invalidPage`; `PersistenceError`.
    public func amendments(of traceID: String, limit: Int = 50, after cursor: String? = nil) async throws -> AmendmentPage? {
        guard (1...Self.maximumLimit).contains(limit) else {
            throw KnowledgeError(.invalidPage, message: "a page has 1 to \(Self.maximumLimit) amendments")
        }
        guard let traceID = UUID(sqlText: traceID) else { return nil }
        let list = Array("gatehouse/1/amendments/\(traceID.sqlText)".utf8)
        var behind: SQL = ""
        if let cursor {
            let place = try self.place(cursor, in: list)
            behind = "AND (created_at, id) < (\(place.time), \(place.id))"
        }
        let condition = behind
        let found: [Amendment]? = try await self.database.read { connection in
            let trace = try connection.queryOne("SELECT 1 AS n FROM traces WHERE id = \(traceID) AND removed_at IS NULL")
            guard trace != nil else { return nil }
            // One more than is shown tells whether anything follows.
            return try connection.query(
                """
                SELECT \(Amendment.columns) FROM amendments WHERE original_trace_id = \(traceID) \(condition)
                ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)
                """
            ).map { try Amendment($0) }
        }
        guard let found else { return nil }
        let shown = Array(found.prefix(limit))
        guard found.count > limit, let last = shown.last, let id = UUID(sqlText: last.id) else {
            return AmendmentPage(amendments: shown, next: nil)
        }
        let next = try PageCursor([last.createdAt.microseconds] + id.halves).text(for: list, by: self.keyring)
        return AmendmentPage(amendments: shown, next: next)
    }

    private func place(_ cursor: String, in list: [UInt8]) throws -> (time: Timestamp, id: UUID) {
        guard let cursor = try PageCursor(cursor, numbers: 3, for: list, by: self.keyring),
            let time = Timestamp(microseconds: cursor.numbers[0])
        else { throw KnowledgeError(.invalidPage, message: "the cursor was not made for this list") }
        return (time, UUID(halves: cursor.numbers[1], cursor.numbers[2]))
    }
}

/// Some amendments, and how to get those after them.
public struct AmendmentPage: Sendable, Hashable {
    /// The newest first.
    public let amendments: [Amendment]
    /// The cursor of the next page, opaque, at most 128 characters; nil when there is none.
    public let next: String?
}
