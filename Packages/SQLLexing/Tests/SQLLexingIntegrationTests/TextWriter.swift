import SQLLexing
import TestKit

/// Writes texts in which an effect hides behind whatever ends strings, names and comments, from a seed.
struct TextWriter {
    /// The functions of the texts that have no effect; `touch` has one.
    static let harmlessFunctions: Set<String> = ["abs", "count", "max", "replace", "lower"]

    private var random: SeededGenerator
    private let pieces: [String]

    init(_ dialect: SQLDialect, seed: UInt64) {
        self.random = SeededGenerator(seed: seed)
        self.pieces =
            switch dialect {
            case .postgresql: Self.common + Self.postgres
            case .sqlite: Self.common + Self.sqlite
            case .mysql: Self.common
            }
    }

    /// The next text: a statement whose parts are replaced, left out, doubled or filled with others, or a row of parts.
    mutating func next() -> String {
        guard Int.random(in: 0..<4, using: &self.random) > 0 else {
            let count = Int.random(in: 1...9, using: &self.random)
            return "SELECT 1" + (0..<count).map { _ in self.piece() }.joined(separator: self.glue())
        }
        let shape = Self.shapes.randomElement(using: &self.random) ?? ""
        var parts = shape.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        for _ in 0..<Int.random(in: 0...3, using: &self.random) where !parts.isEmpty {
            let index = parts.indices.randomElement(using: &self.random) ?? 0
            switch Int.random(in: 0..<4, using: &self.random) {
            case 0: parts[index] = self.piece()
            case 1: parts.remove(at: index)
            case 2: parts.insert(parts[index], at: index)
            default: parts.insert(self.piece(), at: index)
            }
        }
        return parts.joined(separator: self.glue())
    }

    private mutating func piece() -> String { self.pieces.randomElement(using: &self.random) ?? "" }

    private mutating func glue() -> String { ["", " ", " ", "\n", "/**/"].randomElement(using: &self.random) ?? "" }

    private static let common = [
        "'", "'", "''", "\\", "\\'", "\\\\", "\"", ";", ";", "; ", "--", "-- ", "\n", "\r\n", "/*", "*/", "/* x */", "(", ")",
        ",", ".", "1",
        "1.", ".5", "1e", "0x", "a", "x", "AS", "AS b", " AS \"c;\"", "'s'", "'\\'", "'a;b'", "''''", "touch()", "abs(1)",
        "\"touch\"()",
        "touch/**/()", "DELETE FROM canary", "DELETE FROM canary", "UPDATE canary SET n = 7", "INSERT INTO canary VALUES (9)",
        "DROP TABLE canary", "CREATE TABLE loot (a int)", "CREATE TABLE loot AS", "SELECT", "SELECT 1", "FROM canary", "WHERE",
        "UNION",
        "UNION ALL", "WITH a AS", "(SELECT 1)", "WITH", "RECURSIVE", "EXPLAIN", "VALUES (1)", "INTO", "INTO loot", "RETURNING *",
        "ORDER BY 1",
        "LIMIT 1", "\u{A0}", "é", ":a", "@a", "?", "#", "[", "]", "`", "::int", "||", "-", "+", "*", "/", "<", "touch (), 1",
        "touch() AS x",
        ", touch()", ", touch() AS b(c)", "g(touch())", "IN (1)", "CASE WHEN touch() = 1 THEN 1 END", "n", "COMMIT", "BEGIN",
    ]

    private static let postgres = [
        "$$", "$$", "$a$", "$a$;$a$", "E'", "E'\\''", "e'\\'", "U&'", "u&\"", "B'1'", "N'x'", "$1", "$", "/* /* */", "*/ */",
        "DO $$ BEGIN",
        "END $$", "DISTINCT ON (1)", "WITH a AS (DELETE FROM canary RETURNING n)", "WITH a AS NOT MATERIALIZED", "TABLE canary",
        "public.touch()",
        "FOR UPDATE", "EXPLAIN ANALYZE", "EXPLAIN (ANALYZE)", "MERGE INTO canary USING canary c ON true WHEN MATCHED THEN DELETE",
        "FROM touch() AS f",
        "WITH ORDINALITY", "SEARCH DEPTH FIRST BY n SET o", "COPY (DELETE FROM canary RETURNING n) TO STDOUT", "LATERAL",
        "insert INTO loot",
        "\"public\".\"touch\"()", "FILTER (WHERE touch() = 1)", "OVER (ORDER BY touch())", "ROWS FROM (touch())",
    ]

    private static let sqlite = [
        "[touch]()", "`touch`()", "'touch'()", "$a(", "?1", "$a::b", "REPLACE INTO canary VALUES (3)",
        "INSERT OR REPLACE INTO canary VALUES (4)",
        "PRAGMA user_version = 5", "ATTACH ':memory:' AS z", "EXPLAIN QUERY PLAN", "VACUUM", "x'41'", "main.touch()", "[a;b]",
        "`c;d`",
        "main.canary", "GLOB", "LIKE ('a')", "CREATE TRIGGER r AFTER INSERT ON canary BEGIN DELETE FROM canary; END", "NOT NULL",
        "REINDEX",
    ]

    private static let shapes = [
        "SELECT| '\\''| ;| DELETE FROM canary| --|'", "SELECT| 'a|\\''|;|DROP TABLE canary|; --| '",
        "SELECT| 'a|'|;| DELETE FROM canary| --|'", "SELECT| 1|;|-- |\n|DELETE FROM canary",
        "SELECT| 1 |/*| */| ;|DELETE FROM canary|*/",
        "WITH| a AS |(|DELETE FROM canary| RETURNING n|)| SELECT| *| FROM a", "SELECT| abs|(|1|)|,| touch|(|)",
        "SELECT| n| FROM |canary| WHERE| n| = |1",
        "WITH |a|(b)| AS| (SELECT 1)|,| c|(d)| AS |(SELECT 2)| SELECT |*| FROM |a, c",
        "SELECT| \"a|\"|;| DELETE FROM canary| --|\"|",
        "WITH a AS (SELECT 1)| INSERT INTO canary| SELECT| 5", "SELECT| $$|a|$$| ;| DELETE FROM canary| --|$$",
        "SELECT| E'|\\'|;| DELETE FROM canary|--'",
        "EXPLAIN| ANALYZE| DELETE FROM canary", "SELECT| *| FROM| (|SELECT| 1|)| AS| x",
        "(|SELECT 1|)|;| UPDATE canary SET n = 7", "SELECT| 1 AS a| INTO| loot",
        "SELECT| 1| UNION| SELECT| touch()", "SELECT| CASE| WHEN| 1 = 1| THEN| touch()| ELSE| 2| END",
        "SELECT| count(*)| FROM| canary| ORDER BY| touch()",
        "VALUES| (1)|;| DROP TABLE canary", "SELECT| 'it''s'|,| 'ok\\\\'|;| DELETE FROM canary",
        "WITH a AS (SELECT 1)| (|SELECT 2|)| ORDER BY 1|,| touch()",
    ]
}

extension SQLScript {
    /// Whether a rule that allows one `SELECT` and the harmless functions would let the text pass.
    var passesAsSelect: Bool {
        self.statements.count == 1
            && self.statements.allSatisfy { statement in
                statement.statementKinds == ["SELECT"] && statement.functions.allSatisfy(TextWriter.harmlessFunctions.contains)
            }
    }
}
