#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence

/// A trace that nobody else changes until the transaction ends.
///
/// Whoever changes a trace, or adds what refers to it, takes it first and only then rows of its author, so that all wait in one order.
struct LockedTrace {
    let id: UUID
    let contributor: UUID
    let isFlagged: Bool

    /// Takes a trace; `nil` when there is none or it was removed.
    init?(_ id: UUID, on connection: any DatabaseConnection) throws(PersistenceError) {
        let lock: SQL =
            switch connection.dialect {
            // Weaker than FOR UPDATE: rows of others that refer to the trace are in nobody's way.
            case .postgres: "FOR NO KEY UPDATE"
            case .sqlite: ""
            }
        let row = try connection.queryOne(
            "SELECT contributor_id, is_flagged FROM traces WHERE id = \(id) AND removed_at IS NULL \(lock)")
        guard let row else { return nil }
        self.id = id
        self.contributor = try row.decode("contributor_id")
        self.isFlagged = try row.decode("is_flagged")
    }
}

extension UUID {
    /// The id of a user who writes.
    ///
    /// - Throws: `PersistenceError` with code `foreignKeyViolation`, as for the id of a user who is not there.
    init(userID text: String) throws(PersistenceError) {
        guard let id = UUID(sqlText: text) else {
            throw PersistenceError(.foreignKeyViolation, message: "the writer is no user")
        }
        self = id
    }
}
