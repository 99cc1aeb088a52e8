/// The server whose reading of SQL counts.
public enum SQLDialect: String, Sendable, Hashable, CaseIterable {
    /// PostgreSQL 9.1 to 17: its manual, chapter 4.1, Lexical Structure.
    case postgresql
    /// MySQL 8 and MariaDB 10: the manual's chapter Language Structure.
    case mysql
    /// SQLite 3: its page "SQL As Understood By SQLite" and the tokenizer behind it.
    case sqlite
}
