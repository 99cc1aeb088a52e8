#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence

extension Trace {
    /// Reads traces and their tags, by two statements however many there are.
    ///
    /// - Parameter tail: What follows `FROM traces`: conditions, order and bounds.
    static func query(_ tail: SQL, on connection: any DatabaseConnection) throws(PersistenceError) -> [Trace] {
        let rows = try connection.query(
            """
            SELECT id, status, title, context_text, solution_text, trust_score, confirmation_count, is_stale, is_flagged,
                contributor_id, created_at, updated_at
            FROM traces \(tail)
            """)
        if rows.isEmpty { return [] }
        var ids: [UUID] = []
        for row in rows { ids.append(try row.decode("id")) }
        let links = try connection.query(
            """
            SELECT tt.trace_id AS id, t.name AS name FROM trace_tags tt JOIN tags t ON t.id = tt.tag_id
            WHERE tt.trace_id IN \(list: ids) ORDER BY t.name \(connection.dialect.byteOrder)
            """)
        var tags: [UUID: [String]] = [:]
        for link in links { tags[try link.decode("id"), default: []].append(try link.decode("name")) }
        var traces: [Trace] = []
        for (id, row) in zip(ids, rows) { traces.append(try Trace(row, tags: tags[id] ?? [])) }
        return traces
    }
}
