import Persistence

/// Everything that SQLite knows of a schema, in a form that can be compared: texts without their blanks, and the pragmas.
struct SchemaPicture: Equatable, Sendable {
    let lines: [String]

    init(_ connection: any DatabaseConnection) throws {
        let queries: [SQL] = [
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name <> 'gatehouse_revisions' ORDER BY type, name",
            """
            SELECT m.name AS owner, i.* FROM sqlite_master AS m, pragma_table_info(m.name) AS i
            WHERE m.type = 'table' ORDER BY owner, cid
            """,
            """
            SELECT m.name AS owner, l.name, l."unique", l.origin, l.partial, i.seqno, i.name AS member
            FROM sqlite_master AS m, pragma_index_list(m.name) AS l, pragma_index_info(l.name) AS i
            WHERE m.type = 'table' ORDER BY owner, l.name, i.seqno
            """,
            """
            SELECT m.name AS owner, k.* FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS k
            WHERE m.type = 'table' ORDER BY owner, id, seq
            """,
        ]
        self.lines = try queries.flatMap { query in
            try connection.query(query).map { row in
                row.columnNames.map { name in
                    let text = row[name].map { String(describing: $0) } ?? ""
                    return name == "sql" ? text.filter { !$0.isWhitespace } : text
                }.joined(separator: " ")
            }
        }
    }
}
