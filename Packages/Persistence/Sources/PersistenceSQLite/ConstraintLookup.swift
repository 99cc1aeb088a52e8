import Persistence

/// Finds the name of a unique constraint, which SQLite leaves out of its messages.
///
/// A unique index has its name in the schema. A constraint written inside `CREATE TABLE` has its name in that text only,
/// so the text is read.
struct ConstraintLookup {
    /// The columns of one table.
    struct Columns {
        let table: String
        let names: [String]

        init?(qualifiedNames text: String) {
            var tables: Set<String> = []
            var names: [String] = []
            for part in text.split(separator: ",") {
                let name = part.drop { $0 == " " }
                guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
                tables.insert(String(name[..<dot]))
                names.append(String(name[name.utf8.index(after: dot)...]))
            }
            guard let table = tables.first, tables.count == 1 else { return nil }
            self.table = table
            self.names = names
        }
    }

    let session: SQLiteSession

    /// The name of the constraint over these columns, or `nil` if it has none; a failure to look it up hides nothing.
    func name(of columns: Columns) -> String? {
        try? self.indexName(columns) ?? self.writtenName(columns)
    }

    private func indexName(_ columns: Columns) throws(PersistenceError) -> String? {
        let indexes = try self.session.query(
            "SELECT name FROM pragma_index_list(\(columns.table)) WHERE \"unique\" = 1 AND origin = 'c' ORDER BY seq DESC",
            firstOnly: false)
        for index in indexes {
            let name: String = try index.decode("name")
            let members = try self.session.query("SELECT name FROM pragma_index_info(\(name)) ORDER BY seqno", firstOnly: false)
            let names = try members.map { row throws(PersistenceError) in try row.decode("name", as: String?.self) }
            if names == columns.names { return name }
        }
        return nil
    }

    private func writtenName(_ columns: Columns) throws(PersistenceError) -> String? {
        let table = try self.session.query(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = \(columns.table)", firstOnly: true)
        guard let text = try table.first?.decode("sql", as: String?.self) else { return nil }
        let wanted = columns.names.map { $0.lowercased() }
        return TableText(text).uniqueConstraints.first { $0.columns.map { $0.lowercased() } == wanted }?.name
    }
}
