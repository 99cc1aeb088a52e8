#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Cryptography
public import Persistence

/// Some traces, and how to get those after them.
public struct TracePage: Sendable, Hashable {
    /// The newest first.
    public let traces: [Trace]
    /// The cursor of the next page, opaque, at most 128 characters; nil when there is none.
    public let next: String?
}

/// Lists traces, the newest first, without those that were reported or removed.
public struct TraceList: Sendable {
    /// The most traces on a page.
    public static let maximumLimit = 50

    private let database: any Database
    private let keyring: SecretKeyring

    /// Creates a list over a migrated database.
    ///
    /// - Parameters:
    ///   - database: Where the chain `knowledge` is up to date.
    ///   - keyring: The server's secrets, which sign cursors.
    public init(database: any Database, keyring: SecretKeyring) {
        self.database = database
        self.keyring = keyring
    }

    /// A page of the list; costs the same wherever it begins.
    ///
    /// - Parameters:
    ///   - isStale: Only those of which what they speak of has moved on, or only the others; nil for both.
    ///   - limit: The most that are wanted, 1 to ``maximumLimit``.
    ///   - cursor: Where the page before ended; `nil` for the first.
    /// - Throws: ``KnowledgeError`` with code `invalidPage`; `PersistenceError`.
    public func page(isStale: Bool? = nil, limit: Int = 20, after cursor: String? = nil) async throws -> TracePage {
        guard (1...Self.maximumLimit).contains(limit) else {
            throw KnowledgeError(.invalidPage, message: "a page has 1 to \(Self.maximumLimit) traces")
        }
        let list = Array("gatehouse/1/traces/\(isStale.map { $0 ? "stale" : "fresh" } ?? "all")".utf8)
        var conditions: [SQL] = ["removed_at IS NULL", "NOT is_flagged"]
        switch isStale {
        case true?: conditions.append("is_stale")
        case false?: conditions.append("NOT is_stale")
        case nil: break
        }
        if let cursor {
            guard let cursor = try PageCursor(cursor, numbers: 3, for: list, by: self.keyring),
                let time = Timestamp(microseconds: cursor.numbers[0])
            else { throw KnowledgeError(.invalidPage, message: "the cursor was not made for this list") }
            conditions.append("(created_at, id) < (\(time), \(UUID(halves: cursor.numbers[1], cursor.numbers[2])))")
        }
        let condition = conditions.joined(separator: " AND ")
        // One more than is shown tells whether anything follows.
        let found = try await self.database.read { connection in
            try Trace.query("WHERE \(condition) ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)", on: connection)
        }
        let shown = Array(found.prefix(limit))
        guard found.count > limit, let last = shown.last, let id = UUID(sqlText: last.id) else {
            return TracePage(traces: shown, next: nil)
        }
        let next = try PageCursor([last.createdAt.microseconds] + id.halves).text(for: list, by: self.keyring)
        return TracePage(traces: shown, next: next)
    }
}
