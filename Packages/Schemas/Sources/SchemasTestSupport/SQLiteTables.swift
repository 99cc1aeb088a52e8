import Persistence

/// The catalogue of SQLite, which keeps constraints as the text of their table only.
struct SQLiteTables {
    var columns: [String] = []
    var constraints: [String] = []
    var indexes: [String] = []
    var others: [String] = []

    init(_ connection: any DatabaseConnection) throws {
        let objects = try connection.query(
            """
            SELECT type, name, tbl_name, coalesce(sql, '') AS sql FROM sqlite_master
            WHERE tbl_name NOT IN ('gatehouse_revisions', 'alembic_version') AND tbl_name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            ORDER BY tbl_name, name
            """
        )
        for object in objects {
            let name = try object.decode("name", as: String.self)
            let table = try object.decode("tbl_name", as: String.self)
            let text = try object.decode("sql", as: String.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
            switch try object.decode("type", as: String.self) {
            case "table":
                try self.addColumns(of: table, on: connection)
                try self.addConstraints(of: table, text: text, on: connection)
            case "index" where !text.isEmpty:
                let kind = text.hasPrefix("CREATE UNIQUE") ? "UNIQUE INDEX" : "INDEX"
                let members = text.firstIndex(of: "(").map { String(text[$0...]) } ?? ""
                self.indexes.append("\(table): \(kind) \(name) \(members)")
            case "index":
                break
            default:
                self.others.append("\(table): \(text)")
            }
        }
        self.constraints.sort()
        self.indexes.sort()
        self.others.sort()
    }

    private mutating func addColumns(of table: String, on connection: any DatabaseConnection) throws {
        let rows = try connection.query(
            "SELECT name, type, \"notnull\" AS required, dflt_value FROM pragma_table_info(\(table)) ORDER BY cid")
        for row in rows {
            var line = "\(table).\(try row.decode("name", as: String.self)) \(try row.decode("type", as: String.self))"
            if try row.decode("required", as: Bool.self) { line += " NOT NULL" }
            if let value = try row.decode("dflt_value", as: String?.self) { line += " DEFAULT \(value)" }
            self.columns.append(line)
        }
    }

    /// Reads what follows each `CONSTRAINT`, and holds the foreign keys against the pragma.
    private mutating func addConstraints(of table: String, text: String, on connection: any DatabaseConnection) throws {
        let inline = /([a-z_]+) INTEGER NOT NULL CONSTRAINT ([a-z_]+) PRIMARY KEY AUTOINCREMENT/
        for match in text.matches(of: inline) {
            self.constraints.append("\(table): \(match.2) PRIMARY KEY (\(match.1))")
        }
        for definition in text.split(separator: "CONSTRAINT ").dropFirst() {
            let name = definition.prefix { $0 != " " }
            let rest = definition.dropFirst(name.count + 1)
            guard ["PRIMARY KEY (", "UNIQUE (", "CHECK (", "FOREIGN KEY ("].contains(where: rest.hasPrefix) else { continue }
            // The next definition, or the end of the table, begins outside of all parentheses.
            var depth = 0
            let own = rest.prefix { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return depth >= 0 && !(depth == 0 && character == ",")
            }
            let line = own.split(separator: " ").joined(separator: " ").replacing(/REFERENCES ([a-z_]+) \(/) {
                "REFERENCES \($0.1)("
            }
            self.constraints.append("\(table): \(name) \(line)")
        }
        let keys = try connection.query(
            "SELECT \"from\" AS own, \"table\" AS other, \"to\" AS their, on_delete FROM pragma_foreign_key_list(\(table))")
        for key in keys {
            let own = try key.decode("own", as: String.self)
            let other = try key.decode("other", as: String.self)
            let their = try key.decode("their", as: String?.self) ?? "?"
            let action = try key.decode("on_delete", as: String.self)
            if action != "NO ACTION" { self.others.append("\(table).\(own) ON DELETE \(action)") }
            if !self.constraints.contains(where: { $0.hasSuffix("FOREIGN KEY (\(own)) REFERENCES \(other)(\(their))") }) {
                self.others.append("\(table).\(own) REFERENCES \(other)(\(their)) without a name")
            }
        }
    }
}
