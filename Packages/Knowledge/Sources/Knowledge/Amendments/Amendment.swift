#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Persistence

/// A better solution that somebody proposes for a trace; a plain value, so reading it never asks for more.
public struct Amendment: Sendable, Hashable {
    /// The id, a lower-case UUID.
    public let id: String
    /// The trace it is for.
    public let originalTraceID: String
    /// Who proposes it.
    public let submitterID: String
    /// The better solution.
    public let improvedSolution: String
    /// Why it is better.
    public let explanation: String
    /// When it was proposed.
    public let createdAt: Timestamp

    static let columns: SQL = "id, original_trace_id, submitter_id, improved_solution, explanation, created_at"

    init(
        id: String, originalTraceID: String, submitterID: String, improvedSolution: String, explanation: String,
        createdAt: Timestamp
    ) {
        self.id = id
        self.originalTraceID = originalTraceID
        self.submitterID = submitterID
        self.improvedSolution = improvedSolution
        self.explanation = explanation
        self.createdAt = createdAt
    }

    /// Reads a row of `amendments`, of exactly its six columns.
    ///
    /// - Throws: `PersistenceError` with code `decoding` when a column is missing or holds something else.
    public init(_ row: Row) throws(PersistenceError) {
        self.id = try row.decode("id")
        self.originalTraceID = try row.decode("original_trace_id")
        self.submitterID = try row.decode("submitter_id")
        self.improvedSolution = try row.decode("improved_solution")
        self.explanation = try row.decode("explanation")
        self.createdAt = try row.decode("created_at")
    }

    /// The amendment with an id, or `nil`, by one statement; what is no UUID is no amendment's id.
    public static func find(id: String, on connection: any DatabaseConnection) throws(PersistenceError) -> Amendment? {
        guard let id = UUID(sqlText: id) else { return nil }
        let row = try connection.queryOne("SELECT \(Self.columns) FROM amendments WHERE id = \(id)")
        guard let row else { return nil }
        return try Amendment(row)
    }
}
