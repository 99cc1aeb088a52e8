import Audit
import DatabaseTestSupport
import Persistence
import SchemasTestSupport
import TestKit
import Testing

@Suite("Rebuild")
struct ProjectionRebuildTests {
    @Test("makes the same table from the journal, and keeps what is older", arguments: TestStore.allCases)
    func rebuild(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let insertion: SQL =
                """
                INSERT INTO audit_events (request_id, timestamp, caller_id, caller_role, environment, mcp_server, tool_name,
                    raw_args_hash, sanitized_args, risk_score, matched_policy_rule, decision, latency_ms,
                    deterministic_rationale)
                VALUES ('older', \(Timestamp.now()), 'a', 'b', 'dev', 'c', 'd', 'e', '{}', 0, 'f', 'ALLOW', 1, 'g')
                """
            try await fixture.run(insertion)
            let count = TestRun.count(600, long: 3_000)
            try await fixture.withJournal { journal in
                let kept = await withTaskGroup(of: Bool.self) { group in
                    for number in 0..<count {
                        group.addTask {
                            await journal.record(
                                .decision(closing: fixture.event("req-\(number)"), takesRequestID: true)) == .durable
                        }
                    }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(kept == count)
            }
            let all: SQL = "SELECT id, request_id, sanitized_args, decision FROM audit_events ORDER BY id"
            func picture() async throws -> [String] {
                try await fixture.database.query(all).map { row in
                    "\(try row.decode("id", as: Int.self)) \(try row.decode("request_id", as: String.self)) "
                        + "\(try row.decode("sanitized_args", as: String.self)) \(try row.decode("decision", as: String.self))"
                }
            }
            let before = try await picture()
            let schema = try await fixture.database.read { try SchemaCatalogue($0) }
            let rebuild = ProjectionRebuild(database: fixture.database)
            for _ in 0..<2 {
                let report = try await rebuild.run()
                #expect(report.rebuilt == count)
                #expect(report.older == 1)
                #expect(report.untrusted == 0)
            }
            #expect(try await picture() == before)
            let after = try await fixture.database.read { try SchemaCatalogue($0) }
            #expect(after.columns == schema.columns)
            #expect(after.constraints == schema.constraints)
            #expect(after.indexes == schema.indexes)
            #expect(after.others.count == schema.others.count)

            try await fixture.disarmTriggers()
            try await fixture.run(
                "DELETE FROM audit_events WHERE request_id = 'req-3'",
                "UPDATE audit_events SET decision = 'DENY' WHERE request_id = 'req-4'")
            #expect(try await Set(fixture.verify().faults.map(\.kind)) == [.gap, .changed])
            try await rebuild.run()
            #expect(try await fixture.verify().faults == [])
            // Numbers go on where they were.
            try await fixture.withJournal { journal in
                let last = fixture.event("last")
                #expect(await journal.record(.decision(closing: last, takesRequestID: true)) == .durable)
            }
            #expect(try await fixture.count("audit_events") == count + 2)
        }
    }

    @Test("leaves the row of a record that was changed as it is", arguments: TestStore.allCases)
    func untrusted(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { journal in
                for id in ["a", "b"] { #expect(await fixture.recordRequest(id, in: journal).allSatisfy { $0 == .durable }) }
            }
            try await fixture.disarmTriggers()
            try await fixture.run("UPDATE audit_journal SET body = replace(body, 'ALLOW', 'DENY!') WHERE request_id = 'a'")
            let report = try await ProjectionRebuild(database: fixture.database).run()
            #expect(report.untrusted == 1)
            #expect(report.older == 1)
            #expect(try await fixture.count("audit_events", "decision = 'ALLOW'") == 2)
        }
    }

    @Test("runs beside a journal, which loses nothing", arguments: TestStore.allCases)
    func beside(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let configuration = AuditFixture.configuration { $0.commitDeadline = .milliseconds(500) }
            let count = TestRun.count(100, long: 2_000)
            try await fixture.withJournal(configuration: configuration) { journal in
                async let rebuilt: Void = {
                    for _ in 0..<3 { try await ProjectionRebuild(database: fixture.database).run() }
                }()
                for number in 0..<count {
                    let event = fixture.event("req-\(number)")
                    #expect(await journal.record(.decision(closing: event, takesRequestID: true)).isKept)
                }
                try await rebuilt
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
            }
            let report = try await fixture.verify()
            #expect(report.faults == [])
            #expect(report.events == count)
        }
    }

    @Test("keeps who owns the table and who may do what with it")
    func rights() async throws {
        try await AuditFixture.with(.postgres) { fixture in
            let name = "reader_\(UInt32.random(in: 0 ... .max))"
            let owner = "owner_\(UInt32.random(in: 0 ... .max))"
            let rights: SQL =
                """
                SELECT relacl::text || pg_get_userbyid(relowner) || coalesce((
                    SELECT string_agg(attname || attacl::text, ',' ORDER BY attname) FROM pg_attribute
                    WHERE attrelid = pg_class.oid AND attacl IS NOT NULL), '') AS rights
                FROM pg_class WHERE oid = 'audit_events'::regclass
                """
            func read() async throws -> String? { try await fixture.database.queryOne(rights)?.decode("rights") }
            try await fixture.run("CREATE ROLE \(identifier: name)", "CREATE ROLE \(identifier: owner)")
            do {
                try await fixture.run(
                    "GRANT SELECT ON audit_events TO \(identifier: name) WITH GRANT OPTION",
                    "GRANT UPDATE (decision) ON audit_events TO \(identifier: name)",
                    "GRANT SELECT (id) ON audit_events TO PUBLIC", "ALTER TABLE audit_events OWNER TO \(identifier: owner)",
                    "REVOKE TRUNCATE ON audit_events FROM \(identifier: owner)",
                    // What new tables begin with, here something that this one must not have.
                    "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC")
                let before = try await read()
                #expect(before != nil)
                try await ProjectionRebuild(database: fixture.database).run()
                #expect(try await read() == before)
                #expect(
                    try await fixture.withJournal { await fixture.recordRequest("a", in: $0) } == [.durable, .durable, .durable])
            } catch {
                try? await self.dropRoles([name, owner], fixture)
                throw error
            }
            try await self.dropRoles([name, owner], fixture)
        }
    }

    private func dropRoles(_ names: [String], _ fixture: AuditFixture) async throws {
        for name in names {
            try await fixture.run("DROP OWNED BY \(identifier: name) CASCADE", "DROP ROLE \(identifier: name)")
        }
    }
}
