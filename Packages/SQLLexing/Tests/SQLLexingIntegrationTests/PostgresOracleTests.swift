import DatabaseTestSupport
import Foundation
import Persistence
import SQLLexing
import TestKit
import Testing

@Suite("Against PostgreSQL")
struct PostgresOracleTests {
    /// Runs a text with all its statements, looks for changes, and takes everything back.
    private static let judge = """
        CREATE FUNCTION judge(text text, conforming text) RETURNS text LANGUAGE plpgsql AS $judge$
        BEGIN
            PERFORM set_config('standard_conforming_strings', conforming, true);
            EXECUTE text;
            IF to_regclass('loot') IS NOT NULL OR to_regclass('canary') IS NULL THEN RAISE SQLSTATE 'GH001'; END IF;
            IF (SELECT count(*) || '/' || sum(n) FROM canary) IS DISTINCT FROM '2/3' THEN RAISE SQLSTATE 'GH001'; END IF;
            RAISE SQLSTATE 'GH002';
        EXCEPTION
            WHEN SQLSTATE 'GH001' THEN RETURN 'changed';
            WHEN SQLSTATE 'GH002' THEN RETURN 'same';
            WHEN OTHERS THEN RETURN 'error';
        END $judge$
        """

    private static let setUp = [
        "CREATE TABLE canary (n int)", "INSERT INTO canary VALUES (1), (2)", Self.judge,
        "CREATE FUNCTION touch() RETURNS int LANGUAGE sql AS 'INSERT INTO canary VALUES (10); SELECT 1'",
    ]

    @Test("what passes as one SELECT changes nothing when it runs, with either meaning of backslashes")
    func selectsChangeNothing() async throws {
        try await withTestDatabase(.postgres) { database in
            for text in Self.setUp { try await database.write { try $0.execute(SQL(unchecked: text)) } }
            var writer = TextWriter(.postgresql, seed: TestRun.seed)
            var counts = (passed: 0, ran: 0, changed: 0)
            let batch = 500
            for _ in 0..<TestRun.count(8, long: 200) {
                let texts = (0..<batch).map { _ in writer.next() }
                let verdicts = try await Self.verdicts(texts, on: database)
                for (text, verdict) in zip(texts, verdicts) {
                    if (try? SQLScript(text, dialect: .postgresql))?.passesAsSelect == true {
                        counts.passed += 1
                        if verdict.contains("same") { counts.ran += 1 }
                        #expect(!verdict.contains("changed"), "\(text)")
                        try await Self.runAlone(text, on: database)
                    } else if verdict.contains("changed") {
                        counts.changed += 1
                    }
                }
            }
            // The texts are of use only if many of either kind do run.
            #expect(counts.ran > counts.passed / 20 && counts.ran > 50, "\(counts)")
            #expect(counts.changed > 200, "\(counts)")
        }
    }

    @Test("what the issue and its kin list as attacks does not pass as one SELECT")
    func attacksDoNotPass() async throws {
        let attacks = [
            "WITH x AS (DELETE FROM canary RETURNING *) SELECT * FROM x", "SELECT 1; DELETE FROM canary",
            "SELECT * INTO loot FROM canary",
            "EXPLAIN ANALYZE DELETE FROM canary", "SELECT $$;$$; DELETE FROM canary", "SELECT E'\\\\'; DELETE FROM canary --'",
            "/*/* nested */*/ DELETE FROM canary", "SELECT 1 insert INTO loot", "SELECT touch()", "VALUES (touch())",
            "SELECT \"touch\"()",
            "SELECT * FROM touch() WITH ORDINALITY, touch() AS f(a)", "CREATE TABLE loot AS SELECT 1",
            "SELECT DISTINCT ON (1) touch() FROM canary",
            "WITH a AS (SELECT 1) (SELECT 2 AS b) ORDER BY 1, touch()", "SELECT 1 FROM canary ORDER BY touch()",
            "SELECT 1;-- \nDROP TABLE canary",
        ]
        try await withTestDatabase(.postgres) { database in
            for text in Self.setUp { try await database.write { try $0.execute(SQL(unchecked: text)) } }
            let verdicts = try await Self.verdicts(attacks, on: database)
            for (attack, verdict) in zip(attacks, verdicts) {
                #expect((try? SQLScript(attack, dialect: .postgresql))?.passesAsSelect != true, "\(attack)")
                // PL/pgSQL alone cannot run SELECT INTO.
                #expect(
                    verdict.contains("changed") || attack.contains("INTO loot") || attack.contains(") ORDER BY 1, touch"),
                    "\(attack)")
            }
        }
    }

    private static func verdicts(_ texts: [String], on database: any Database) async throws -> [String] {
        let json = String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
        return try await database.write { connection in
            try connection.execute("SET escape_string_warning = off")
            return try connection.query(
                """
                SELECT judge(text, 'on') || ' ' || judge(text, 'off') AS verdict
                FROM jsonb_array_elements_text(\(json: json)) WITH ORDINALITY AS texts(text, place) ORDER BY place
                """
            ).map { try $0.decode("verdict", as: String.self) }
        }
    }

    /// Runs the text as a statement of its own, as a tool server would, where the driver lets it.
    private static func runAlone(_ text: String, on database: any Database) async throws {
        struct TakeBack: Error {
            let changed: Bool
        }
        do {
            try await database.runTransaction(isolation: .readCommitted) { connection in
                try connection.execute(SQL(unchecked: text))
                let row = try connection.queryOne(
                    "SELECT to_regclass('loot') IS NULL AND (SELECT count(*) || '/' || sum(n) FROM canary) = '2/3' AS kept")
                throw TakeBack(changed: try row?.decode("kept", as: Bool.self) != true)
            }
        } catch let back as TakeBack {
            #expect(!back.changed, "\(text)")
        } catch is PersistenceError {
            // No valid statement; nothing has happened.
        }
    }
}
