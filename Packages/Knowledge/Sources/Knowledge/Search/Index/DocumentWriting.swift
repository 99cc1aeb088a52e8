#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence
import StrictJSON

/// The statements that write a document, for whoever has a transaction or makes one.
extension SearchDocument {
    /// Terms in the form in which each store takes a list of any length in one parameter, so that the statement stays the same.
    static func termsSource(_ terms: [String], for dialect: SQLDialect) -> SQL {
        switch dialect {
        case .postgres:
            let list = SQLValue.array(terms.map { .text($0) })
            let reversed = SQLValue.array(terms.map { .text(SearchTerm.reversed($0)) })
            return """
                INSERT INTO search_terms (term, reversed)
                SELECT term, reversed FROM unnest(\(list)::text[], \(reversed)::text[]) AS new (term, reversed)
                ON CONFLICT (term) DO NOTHING
                """
        case .sqlite:
            let pairs = JSONValue.array(terms.map { .array([.string($0), .string(SearchTerm.reversed($0))]) })
            return """
                INSERT OR IGNORE INTO search_terms (term, reversed)
                SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(\(pairs.description))
                """
        }
    }

    /// Writes the words of the document that was inserted last on the connection, on SQLite.
    func writeWords(on connection: any DatabaseConnection) throws(PersistenceError) {
        let columns = self.columns
        // The number is that of the document, which the statement before has made.
        try connection.execute(
            """
            INSERT INTO trace_words (rowid, title, tags, context, solution)
            VALUES (last_insert_rowid(), \(columns[0]), \(columns[1]), \(columns[2]), \(columns[3]))
            """)
    }

    /// A list of ids as rows, in one parameter.
    static func idsSource(_ ids: [UUID], for dialect: SQLDialect) -> SQL {
        switch dialect {
        case .postgres:
            let list = SQLValue.array(ids.map { .uuid($0) })
            return "unnest(\(list)::uuid[]) AS listed (value)"
        case .sqlite:
            let list = JSONValue.array(ids.map { .string($0.sqlText) })
            return "json_each(\(list.description)) AS listed"
        }
    }
}
