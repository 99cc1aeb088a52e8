/// What bare words mean to the dialects.
enum SQLWords {
    /// Upper case as servers make it of keywords: ASCII alone.
    static func uppercased(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 &- 32 : $0 }, as: UTF8.self)
    }

    /// Lower case as servers make it of bare names: ASCII alone.
    static func lowercased(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 &+ 32 : $0 }, as: UTF8.self)
    }

    /// Words of the grammar that can stand before a parenthesis and can name no function: reserved words, and those that
    /// PostgreSQL reserves for column names.
    static func isGrammar(_ word: String, in dialect: SQLDialect) -> Bool {
        self.common.contains(word) || (dialect == .sqlite ? false : self.serverOnly.contains(word))
            || (dialect == .mysql && self.mysqlOnly.contains(word))
            || (dialect == .postgresql && self.postgresOnly.contains(word))
    }

    private static let common: Set<String> = [
        "ALL", "AND", "AS", "BETWEEN", "CASE", "CHECK", "DISTINCT", "ELSE", "EXCEPT", "EXISTS", "FROM", "GROUP", "HAVING", "IN",
        "INTERSECT", "INTO", "IS", "JOIN", "LIMIT", "NOT", "ON", "OR", "ORDER", "PRIMARY", "REFERENCES", "RETURNING", "SELECT",
        "TABLE", "THEN", "UNION", "UNIQUE", "USING", "VALUES", "WHEN", "WHERE",
    ]

    private static let serverOnly: Set<String> = [
        "ANY", "FETCH", "FOR", "LATERAL", "OF", "OFFSET", "ROW", "SOME", "WINDOW", "WITH",
    ]

    private static let mysqlOnly: Set<String> = [
        "BY", "DIV", "FORCE", "IGNORE", "INDEX", "KEY", "PARTITION", "SET", "STRAIGHT_JOIN", "USE", "XOR",
    ]

    private static let postgresOnly: Set<String> = ["ARRAY", "ONLY"]

    /// Words that belong to the grammar behind one of certain words, and may name a function elsewhere.
    static let grammarBehind: [String: Set<String>] = [
        "BY": ["GROUP", "ORDER", "PARTITION"], "MATERIALIZED": ["AS", "NOT"], "KEY": ["PRIMARY", "FOREIGN"],
        "CONFLICT": ["ON"], "SETS": ["GROUPING"],
    ]

    /// Words that belong to the grammar behind a value, as in `x LIKE ('a')`.
    static let grammarBehindValue: Set<String> = ["LIKE", "ILIKE", "GLOB", "REGEXP", "RLIKE", "MATCH"]

    /// Functions that are called without parentheses.
    static func isNiladic(_ word: String, in dialect: SQLDialect) -> Bool {
        switch dialect {
        case .postgresql: self.postgresNiladic.contains(word)
        case .mysql: self.mysqlNiladic.contains(word)
        case .sqlite: ["CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"].contains(word)
        }
    }

    private static let postgresNiladic: Set<String> = [
        "CURRENT_CATALOG", "CURRENT_DATE", "CURRENT_ROLE", "CURRENT_SCHEMA", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER",
        "LOCALTIME", "LOCALTIMESTAMP", "SESSION_USER", "SYSTEM_USER", "USER",
    ]

    private static let mysqlNiladic: Set<String> = [
        "CURRENT_DATE", "CURRENT_ROLE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "LOCALTIME", "LOCALTIMESTAMP",
        "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP",
    ]

    /// Whether a name in lower case is one of SQLite's functions that can be read like a table, and reach beyond the tables:
    /// https://www.sqlite.org/pragma.html#pragma_functions, and the extensions of its shell.
    static func isTableFunction(_ name: String) -> Bool {
        name.utf8.starts(with: "pragma_".utf8) || self.tableFunctions.contains(name)
    }

    private static let tableFunctions: Set<String> = [
        "dbstat", "fsdir", "fts3tokenize", "sqlite_dbdata", "sqlite_dbpage", "sqlite_dbptr", "sqlite_memstat", "sqlite_stmt",
        "zipfile",
    ]

    /// What may stand between `INSERT` or `REPLACE` and `INTO`.
    static func isInsertModifier(_ word: String, in dialect: SQLDialect) -> Bool {
        switch dialect {
        case .postgresql: false
        case .mysql: ["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE"].contains(word)
        case .sqlite: ["OR", "ROLLBACK", "ABORT", "REPLACE", "FAIL", "IGNORE"].contains(word)
        }
    }

    /// Verbs of statements in which `TABLE t` is a query; in the others the word belongs to the grammar, as in `DROP TABLE`.
    static let querying: Set<String> = [
        "COPY", "DECLARE", "DELETE", "DESC", "DESCRIBE", "EXPLAIN", "INSERT", "MERGE", "PREPARE", "REPLACE", "SELECT", "TABLE",
        "UPDATE", "VALUES", "WITH",
    ]

    /// What MySQL's `EXPLAIN` explains; anything else behind it is a table or a format.
    static let explained: Set<String> = ["SELECT", "TABLE", "VALUES", "DELETE", "INSERT", "REPLACE", "UPDATE", "WITH"]
}
