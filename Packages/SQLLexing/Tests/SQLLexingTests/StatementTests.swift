import SQLLexing
import Testing

@Suite("Statements")
struct StatementTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let kinds: [Set<String>]
        let dialects: [SQLDialect]
        var testDescription: String { self.text }
        init(_ text: String, _ kinds: Set<String>..., on dialects: [SQLDialect] = SQLDialect.allCases) {
            self.text = text
            self.kinds = kinds
            self.dialects = dialects
        }
    }

    static let kinds = [
        // Stacked statements, also behind what looks like a comment or a string.
        Row("SELECT 1;-- a\nDROP TABLE t", ["SELECT"], ["DROP"]), Row("SELECT 1; DELETE FROM t", ["SELECT"], ["DELETE"]),
        Row("COMMIT; DROP SCHEMA public CASCADE", ["COMMIT"], ["DROP"]), Row("", on: SQLDialect.allCases), Row(" ;; /* */ ;"),
        Row("SELECT $$;$$; DELETE FROM t", ["SELECT"], ["DELETE"], on: [.postgresql]),
        Row("SELECT E'\\\\'; DELETE FROM t --'", ["SELECT"], ["DELETE"], on: [.postgresql]),
        Row("SELECT 'a\\'; DELETE FROM t --'", ["SELECT"], ["DELETE"], on: [.sqlite]),
        Row("/*/* nested */*/ DELETE FROM t", ["DELETE"], on: [.postgresql]),
        // Words split by comments are two words; a comment between words is a blank.
        Row("SEL/**/ECT 1", ["SEL"]), Row("SELECT 1 UNION/**/SELECT 2", ["SELECT"]), Row("dElEtE/**/FROM t", ["DELETE"]),
        // Verbs inside others.
        Row("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", ["DELETE", "SELECT"], on: [.postgresql]),
        Row(
            "WITH x AS NOT MATERIALIZED (INSERT INTO t VALUES (1) RETURNING *) SELECT 1", ["INSERT", "SELECT"], on: [.postgresql]),
        Row("WITH x AS (SELECT 1) UPDATE t SET a = 1", ["SELECT", "UPDATE"]),
        Row("WITH x AS (SELECT 1) DELETE FROM t", ["SELECT", "DELETE"]),
        Row("WITH x AS (SELECT 1), y AS (SELECT 2) INSERT INTO t SELECT * FROM x", ["SELECT", "INSERT"]),
        Row("WITH x AS (VALUES (1)) VALUES (2)", ["VALUES"]), Row("WITH x AS (SELECT 1) (SELECT 2)", ["SELECT"]),
        Row("WITH x AS (SELECT 1) CYCLE a SET b USING c DELETE FROM t", ["SELECT", "DELETE"], on: [.postgresql]),
        Row("WITH x AS (SELECT 1) TABLE x", ["SELECT", "TABLE"], on: [.postgresql, .mysql]),
        Row(
            "WITH x AS (SELECT 1) MERGE INTO t USING x ON true WHEN MATCHED THEN DELETE", ["SELECT", "MERGE", "DELETE"],
            on: [.postgresql]),
        Row("(DELETE FROM t)", ["DELETE"]),
        Row("EXPLAIN ANALYZE DELETE FROM t", ["EXPLAIN", "DELETE"], on: [.postgresql, .mysql]),
        Row("EXPLAIN ANALYZE t", ["EXPLAIN", "ANALYZE"], on: [.sqlite]),
        Row("CREATE TABLE u AS TABLE t", ["CREATE", "TABLE"], on: [.postgresql]),
        Row("EXPLAIN (ANALYZE, FORMAT json) UPDATE t SET a = 1", ["EXPLAIN", "UPDATE"], on: [.postgresql]),
        Row("EXPLAIN ANALYZE VERBOSE EXECUTE p", ["EXPLAIN", "EXECUTE"], on: [.postgresql]),
        Row("EXPLAIN CREATE TABLE u AS SELECT 1", ["EXPLAIN", "CREATE", "TABLE", "SELECT"], on: [.postgresql]),
        Row("EXPLAIN QUERY PLAN PRAGMA x = 1", ["EXPLAIN", "PRAGMA"], on: [.sqlite]),
        Row("EXPLAIN PRAGMA x", ["EXPLAIN", "PRAGMA"], on: [.sqlite]),
        Row("DESC t", ["DESC"], on: [.mysql]),
        Row("EXPLAIN FORMAT = JSON REPLACE INTO t VALUES (1)", ["EXPLAIN", "REPLACE"], on: [.mysql]),
        Row("DESCRIBE WITH x AS (SELECT 1) VALUES ROW(1)", ["DESCRIBE", "SELECT", "VALUES"], on: [.mysql]),
        Row("SELECT * INTO u FROM t", ["SELECT", "INTO"]), Row("SELECT 1 INTO OUTFILE '/x'", ["SELECT", "INTO"], on: [.mysql]),
        Row("SELECT 1 INTO @a", ["SELECT", "INTO"], on: [.mysql]), Row("SELECT @a := 1", ["SELECT", "SET"], on: [.mysql]),
        Row("SELECT 1 insert INTO u", ["SELECT", "INSERT", "INTO"], on: [.postgresql]),
        Row("SELECT 1 ignore INTO u", ["SELECT", "INTO"], on: [.postgresql]),
        Row("WITH x AS (SELECT 1) SELECT 1 insert INTO u", ["SELECT", "INSERT", "INTO"], on: [.postgresql]),
        Row("SELECT * FROM t FOR UPDATE", ["SELECT", "LOCK"], on: [.postgresql, .mysql]),
        Row("SELECT * FROM t FOR NO KEY UPDATE OF t NOWAIT", ["SELECT", "LOCK"], on: [.postgresql]),
        Row("SELECT * FROM t FOR KEY SHARE", ["SELECT", "LOCK"], on: [.postgresql]),
        Row("SELECT 1 FROM t FOR SHARE", ["SELECT", "LOCK"]),
        Row("SELECT * FROM t LOCK IN SHARE MODE", ["SELECT", "LOCK"], on: [.mysql]),
        Row("SELECT 1 UNION TABLE t", ["SELECT", "TABLE"], on: [.postgresql, .mysql]), Row("TABLE t", ["TABLE"]),
        Row("VALUES (1)", ["VALUES"]),
        Row("INSERT INTO t SELECT * FROM u", ["INSERT", "SELECT"]), Row("INSERT INTO t (a) VALUES (1)", ["INSERT"]),
        Row("INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1", ["INSERT", "UPDATE"], on: [.postgresql, .sqlite]),
        Row("INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a)", ["INSERT", "UPDATE"], on: [.mysql]),
        Row("INSERT LOW_PRIORITY IGNORE INTO t VALUES (1)", ["INSERT"], on: [.mysql]),
        Row("INSERT OR IGNORE INTO t VALUES (1)", ["INSERT"], on: [.sqlite]),
        Row("INSERT OR REPLACE INTO t VALUES (1)", ["INSERT", "REPLACE"], on: [.sqlite]),
        Row("REPLACE INTO t VALUES (1)", ["REPLACE"]),
        Row("COPY (DELETE FROM t RETURNING *) TO STDOUT", ["COPY", "DELETE"], on: [.postgresql]),
        Row("CREATE TABLE u AS SELECT * FROM t", ["CREATE", "SELECT"]), Row("PREPARE p AS DELETE FROM t", ["PREPARE", "DELETE"]),
        Row("DECLARE c CURSOR FOR SELECT 1", ["DECLARE", "SELECT"], on: [.postgresql]),
        Row("SELECT insert('a', 1, 1, 'b')", ["SELECT"]),
        // What begins with a verb of its own.
        Row("DO $$ BEGIN DELETE FROM t; END $$", ["DO"], on: [.postgresql]), Row("CALL p(1)", ["CALL"]),
        Row("SET a = 1", ["SET"]),
        Row("EXECUTE p", ["EXECUTE"]), Row("BEGIN", ["BEGIN"]), Row("COMMIT", ["COMMIT"]), Row("ROLLBACK", ["ROLLBACK"]),
        Row("START TRANSACTION", ["START"]), Row("ATTACH DATABASE '/x' AS a", ["ATTACH"]),
        Row("PRAGMA writable_schema=1", ["PRAGMA"]),
        Row("LOAD DATA INFILE '/x' INTO TABLE t", ["LOAD", "INTO"], on: [.mysql]), Row("HANDLER t OPEN", ["HANDLER"]),
        Row("LOCK TABLE t", ["LOCK"], on: [.postgresql]), Row("VACUUM INTO '/x'", ["VACUUM", "INTO"]),
        Row("COPY t FROM PROGRAM 'x'", ["COPY"]),
        Row("LISTEN a", ["LISTEN"]), Row("SHOW TABLES", ["SHOW"]), Row("GRANT ALL ON t TO u", ["GRANT"]),
        Row("frobnicate", ["FROBNICATE"]),
    ]

    @Test("name every verb that can take effect", arguments: Self.kinds)
    func nameVerbs(_ row: Row) throws {
        for dialect in row.dialects {
            let found = try SQLScript(row.text, dialect: dialect).statements.map(\.statementKinds)
            #expect(found == row.kinds, "\(dialect)")
        }
    }

    struct Calls: Sendable, CustomTestStringConvertible {
        let text: String
        let functions: [String]
        let dialects: [SQLDialect]
        var testDescription: String { self.text }
        init(_ text: String, _ functions: [String], on dialects: [SQLDialect] = SQLDialect.allCases) {
            self.text = text
            self.functions = functions
            self.dialects = dialects
        }
    }

    static let calls = [
        Calls("SELECT COUNT(*), Max (a), min/**/(b) FROM t", ["count", "max", "min"]), Calls("SELECT 1", []),
        Calls("SELECT * FROM dblink('x', 'y') AS (a int)", ["dblink"]), Calls("VALUES(pg_read_file('x'))", ["pg_read_file"]),
        Calls("SELECT pg_catalog . \"pg_Sleep\" (1)", ["pg_catalog.pg_Sleep"], on: [.postgresql]),
        Calls("SELECT \"pg_sleep\"(1), \"PG_SLEEP\"(1)", ["pg_sleep", "PG_SLEEP"], on: [.postgresql]),
        Calls("SELECT \"a.b\"(1), \"a\"\"b\"(1)", ["\"a.b\"", "\"a\"b\""]),
        Calls("SELECT `SLEEP`(1), \"benchmark\"(1, 2), sys.exec('x')", ["sleep", "benchmark", "sys.exec"], on: [.mysql]),
        Calls("SELECT [load_extension]('x'), `READFILE`('y')", ["load_extension", "readfile"], on: [.sqlite]),
        Calls("SELECT * FROM 'pragma_table_info'('t')", ["pragma_table_info"], on: [.sqlite]),
        Calls("SELECT DISTINCT ON (a) f(b) FROM t", ["f"], on: [.postgresql]),
        Calls("SELECT current_user, session_user, t.current_user FROM t", ["current_user", "session_user"], on: [.postgresql]),
        Calls("SELECT utc_date, current_timestamp(3)", ["utc_date", "current_timestamp"], on: [.mysql]),
        // What needs no parentheses.
        Calls(
            "SELECT @@secure_file_priv, @@Global.`Datadir`, @a, '@@b'", ["@@secure_file_priv", "@@global.datadir"], on: [.mysql]),
        Calls("SELECT @@ version", ["@@version"], on: [.mysql]), Calls("SELECT a @@ b", [], on: [.postgresql]),
        Calls("SELECT * FROM pragma_database_list", ["pragma_database_list"], on: [.sqlite]),
        Calls("SELECT * FROM main.\"PRAGMA_x\", [fsdir], 'pragma_y'", ["pragma_x", "fsdir", "pragma_y"], on: [.sqlite]),
        Calls("SELECT pragma FROM pragmas", []), Calls("SELECT * FROM pragma_x", [], on: [.postgresql, .mysql]),
        // What is no call.
        Calls(
            "WITH RECURSIVE x(n) AS (SELECT 1), y(m) AS MATERIALIZED (SELECT 2) SELECT n FROM x, y", [],
            on: [.postgresql, .sqlite]),
        Calls("SELECT CAST(a AS numeric(10, 2)), b::varchar(3) FROM t AS u(c, d)", ["cast"], on: [.postgresql]),
        Calls("INSERT INTO s.t (a, b) VALUES (1, (2))", []),
        Calls("SELECT count(*) FILTER (WHERE a) OVER (PARTITION BY (b) ORDER BY (c)) FROM t", ["count"]),
        Calls(
            "SELECT * FROM t JOIN u USING (a) WHERE b IN (1) AND (c) OR NOT (d) AND e LIKE ('x') AND f BETWEEN (1) AND (2)", []),
        Calls(
            "SELECT * FROM (VALUES (1), (2)) AS v(a) WHERE x = ANY (ARRAY[1]) AND EXISTS (SELECT 1) GROUP BY (a) HAVING (b)", [],
            on: [.postgresql]),
        Calls("UPDATE t SET (a, b) = (1, 2)", []), Calls("SELECT array(SELECT 1)", [], on: [.postgresql]),
        // What only looks like a list of WITH.
        Calls("SELECT * FROM f() WITH ORDINALITY, g(1) AS (a int)", ["f", "g"], on: [.postgresql]),
        Calls("WITH x AS (SELECT 1) SELECT 1, g(1)", ["g"]), Calls("WITH x AS (SELECT 1) (SELECT 2) ORDER BY 1, g(1)", ["g"]),
        Calls("WITH x AS (SELECT 1) SEARCH DEPTH FIRST BY a SET b (SELECT 2) ORDER BY 1, g(1)", ["b", "g"], on: [.postgresql]),
        Calls("SELECT 1 INTO g(1)", ["g"]), Calls("SELECT t.as g(1)", ["g"]),
        Calls("SELECT like('a', 'b'), x.like('c')", ["like", "x.like"], on: [.sqlite]),
    ]

    @Test("name every function that is called", arguments: Self.calls)
    func nameFunctions(_ row: Calls) throws {
        for dialect in row.dialects {
            let found = try SQLScript(row.text, dialect: dialect).statements.map(\.functions)
            #expect(found == [row.functions], "\(dialect)")
        }
    }

    @Test("list bare words in order, in upper case, without what is quoted")
    func listKeywords() throws {
        let statement = try #require(
            try SQLScript("(select a.B, 'into outfile', \"Q\" from `R` /* x */ into/**/outfile 'f')", dialect: .mysql).statements
                .first)
        #expect(statement.keywords == ["SELECT", "A", "B", "FROM", "INTO", "OUTFILE"])
        #expect(statement.leadingKeyword == "SELECT")
        #expect(statement.quotedNames == ["Q", "R"])
        #expect(statement.contains(phrase: ["INTO", "OUTFILE"]))
        #expect(statement.contains(phrase: ["outfile"]))
        #expect(!statement.contains(phrase: ["INTO", "DUMPFILE"]))
        #expect(!statement.contains(phrase: []))
        #expect(!statement.contains(phrase: Array(repeating: "INTO", count: 100)))
    }
}
