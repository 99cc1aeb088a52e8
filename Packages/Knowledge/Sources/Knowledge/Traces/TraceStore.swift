#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Persistence

/// Keeps traces in the tables of the chains `commons` and `knowledge`.
///
/// Make one per process and pass it around: it remembers ids of tags and known words, at most some megabytes.
public struct TraceStore: Sendable {
    let database: any Database
    let memory = WriterMemory()

    /// Creates a store over a migrated database.
    public init(database: any Database) {
        self.database = database
    }

    /// The trace with an id, or `nil` when there is none or it was removed.
    ///
    /// - Parameter id: A UUID in any spelling; anything else is no trace's id.
    public func trace(id: String) async throws -> Trace? {
        guard let id = UUID(sqlText: id) else { return nil }
        return try await self.database.read { connection in
            try Trace.query("WHERE id = \(id) AND removed_at IS NULL", on: connection).first
        }
    }
}
