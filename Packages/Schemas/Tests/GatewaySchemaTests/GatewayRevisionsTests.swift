import GatewaySchema
import Migrations
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

/// What CONTRACTS §2.2 says, word for word.
@Suite("Prescribed tables of the gateway")
struct GatewayRevisionsTests {
    private static let tables: [PrescribedTable] = [
        PrescribedTable(
            "api_keys",
            """
            id serial; caller_id varchar; key_hash varchar; role varchar; trust_level int; environment varchar;
            is_active bool = true; created_at timestamp = now; last_used_at timestamp?; org_id varchar = 'default'
            """),
        PrescribedTable(
            "approval_requests",
            """
            id serial; token varchar; request_id varchar; caller_id varchar; tool_call jsonb; risk_explanation text;
            created_at timestamp; expires_at timestamp; status varchar = 'PENDING'; approver_id varchar?;
            decision_at timestamp?; approver_note varchar?; org_id varchar = 'default'; scope varchar = 'EXECUTION';
            output_payload jsonb?; output_hash varchar?
            """),
        PrescribedTable(
            "audit_events",
            """
            id serial; request_id varchar; trace_id varchar?; timestamp timestamp; caller_id varchar; caller_role varchar;
            environment varchar; mcp_server varchar; tool_name varchar; raw_args_hash varchar; sanitized_args jsonb;
            risk_labels jsonb = '[]'; risk_score float; matched_policy_rule varchar; decision varchar; approver_id varchar?;
            execution_status varchar?; latency_ms int; output_hash varchar?; redaction_flags jsonb = '[]';
            llm_explanation text?; deterministic_rationale text; org_id varchar = 'default';
            output_decision varchar = 'ALLOW'; output_policy_rationale text?
            """),
    ]

    private static let since = ["org_id", "scope", "output_payload", "output_decision", "output_policy_rationale"]

    private static let indexes = [
        "api_keys: UNIQUE INDEX ix_api_keys_caller_id (caller_id)",
        "approval_requests: INDEX ix_approval_requests_request_id (request_id)",
        "approval_requests: INDEX ix_approval_requests_status (status)",
        "approval_requests: UNIQUE INDEX ix_approval_requests_token (token)",
        "audit_events: INDEX ix_audit_events_caller_id (caller_id)",
        "audit_events: INDEX ix_audit_events_decision (decision)",
        "audit_events: INDEX ix_audit_events_timestamp (timestamp)",
        "audit_events: UNIQUE INDEX ix_audit_events_request_id (request_id)",
    ]

    @Test("has the revisions in the prescribed order")
    func order() {
        #expect(GatewayRevisions.chain.revisions.map { [$0.parent ?? "", $0.id] } == [["", "0001"], ["0001", "0002"]])
    }

    @Test("keeps the checksums that databases have recorded")
    func checksums() async throws {
        try await withMigratedDatabase(.sqlite, [GatewayRevisions.chain]) { database, _ in
            let found = try await database.read { connection in
                try connection.query("SELECT revision, checksum FROM gatehouse_revisions ORDER BY position").map {
                    try $0.decode("revision", as: String.self) + " " + $0.decode("checksum", as: String.self)
                }
            }
            #expect(
                found == [
                    "0001 dec5822805c69cf6102a462e507847bf2f4eb5670d31283f46cfdbb6eeb3d9f6",
                    "0002 2e353aaca61b3b4800fb289845ee10d38fd307809fdb95d02f62311830ced3a2",
                ])
        }
    }

    @Test("exist with every column, key and index by its name, and nothing else (S3-1)", arguments: TestStore.allCases)
    func catalogue(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [GatewayRevisions.chain]) { database, _ in
            let found = try await database.read { try SchemaCatalogue($0) }
            #expect(found.columns == Self.tables.flatMap { $0.lines(database.dialect) })
            #expect(
                found.constraints.sorted() == [
                    "api_keys: api_keys_pkey PRIMARY KEY (id)", "approval_requests: approval_requests_pkey PRIMARY KEY (id)",
                    "audit_events: audit_events_pkey PRIMARY KEY (id)",
                ])
            #expect(found.indexes.sorted() == Self.indexes)
            let sequences = ["SEQUENCE api_keys_id_seq", "SEQUENCE approval_requests_id_seq", "SEQUENCE audit_events_id_seq"]
            #expect(found.others == (database.dialect == .postgres ? sequences : []))
        }
    }

    @Test("stand at 0001 without what came later", arguments: TestStore.allCases)
    func first(_ store: TestStore) async throws {
        let target = MigrationTarget.revision("0001", chain: "gateway")
        try await withMigratedDatabase(store, [GatewayRevisions.chain], at: target) { database, _ in
            let found = try await database.read { try SchemaCatalogue($0) }
            let expected = Self.tables.flatMap { $0.lines(database.dialect) }.filter { line in
                let isLater = Self.since.contains { line.contains(".\($0) ") }
                return !isLater && !line.hasPrefix("approval_requests.output_hash")
            }
            #expect(found.columns == expected)
            #expect(found.indexes.sorted() == Self.indexes)
        }
    }

    @Test("return on the way down to exactly what was before", arguments: TestStore.allCases)
    func downAndUp(_ store: TestStore) async throws {
        let first = MigrationTarget.revision("0001", chain: "gateway")
        try await withMigratedDatabase(store, [GatewayRevisions.chain], at: first) { database, migrator in
            let before = try await database.read { try SchemaCatalogue($0) }
            try await migrator.upgrade()
            let full = try await database.read { try SchemaCatalogue($0) }
            #expect(full != before)
            try await migrator.downgrade(to: first)
            #expect(try await database.read { try SchemaCatalogue($0) } == before)
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == full)
            try await migrator.downgrade(to: .base)
            #expect(try await database.read { try SchemaCatalogue($0).isEmpty })
        }
    }

    @Test("takes rows as the older seeder writes them", arguments: TestStore.allCases)
    func seeder(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [GatewayRevisions.chain]) { database, _ in
            let insert: SQL = """
                INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment, org_id)
                VALUES ('dev-agent', '$2b$12$KIXexampleexampleexampleO0123456789012345678901234567', 'developer', 2, 'dev', 'default')
                """
            try await database.write { try $0.execute(insert) }
            let row = try #require(try await database.read { try $0.queryOne("SELECT * FROM api_keys") })
            #expect(try row.decode("id", as: Int.self) == 1)
            #expect(try row.decode("is_active", as: Bool.self))
            #expect(try row.decode("trust_level", as: Int.self) == 2)
            #expect(try row.decode("last_used_at", as: Timestamp?.self) == nil)
            let age = try row.decode("created_at", as: Timestamp.self).duration(to: .now())
            #expect(age > .seconds(-60) && age < .seconds(3_600))
            let error = await #expect(throws: PersistenceError.self) {
                try await database.write { try $0.execute(insert) }
            }
            #expect(error?.code == .uniqueViolation)
            #expect(error?.constraint == "ix_api_keys_caller_id")
            let second = await #expect(throws: PersistenceError.self) {
                try await database.write { connection in
                    try connection.execute(
                        """
                        INSERT INTO api_keys (id, caller_id, key_hash, role, trust_level, environment)
                        VALUES (1, 'other', 'x', 'developer', 2, 'dev')
                        """)
                }
            }
            #expect(second?.constraint == "api_keys_pkey")
        }
    }

    @Test("date a row in UTC whatever zone the seeder's session lives in")
    func zone() async throws {
        try await withMigratedDatabase(.postgres, [GatewayRevisions.chain]) { database, _ in
            let age = { @Sendable (name: String) async throws -> Duration in
                try await database.transaction { connection in
                    _ = try connection.query("SELECT set_config('TimeZone', 'Asia/Tokyo', true)")
                    let row = try connection.queryOne(
                        """
                        INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment)
                        VALUES (\(name), 'x', 'developer', 2, 'dev') RETURNING created_at
                        """)
                    return try row?.decode("created_at", as: Timestamp.self).duration(to: .now()) ?? .seconds(-1)
                }
            }
            let ours = try await age("ours")
            #expect(ours > .seconds(-60) && ours < .seconds(3_600))
            // What the older default did.
            try await database.write { try $0.execute("ALTER TABLE api_keys ALTER created_at SET DEFAULT now()") }
            let older = try await age("older")
            #expect(older < .seconds(-8 * 3_600))
        }
    }

    @Test("fills in the defaults of an audit event and of an approval (S3-18)", arguments: TestStore.allCases)
    func defaults(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [GatewayRevisions.chain]) { database, _ in
            let now = Timestamp.now()
            try await database.transaction { connection in
                try connection.execute(
                    """
                    INSERT INTO audit_events (request_id, timestamp, caller_id, caller_role, environment, mcp_server, tool_name,
                        raw_args_hash, sanitized_args, risk_score, matched_policy_rule, decision, latency_ms,
                        deterministic_rationale)
                    VALUES ('r', \(now), 'c', 'developer', 'dev', 'fs', 'read', 'h', \(json: "{\"a\":[1]}"), 0.5, 'rule', 'ALLOW', 3, 'because')
                    """)
                try connection.execute(
                    """
                    INSERT INTO approval_requests (token, request_id, caller_id, tool_call, risk_explanation, created_at, expires_at)
                    VALUES ('t', 'r', 'c', \(json: "{}"), 'none', \(now), \(now))
                    """)
            }
            let event = try #require(try await database.read { try $0.queryOne("SELECT * FROM audit_events") })
            #expect(try event.decode("risk_labels", as: String.self) == "[]")
            #expect(try event.decode("redaction_flags", as: String.self) == "[]")
            #expect(try event.decode("sanitized_args", as: String.self).filter { $0 != " " } == "{\"a\":[1]}")
            #expect(try event.decode("org_id", as: String.self) == "default")
            #expect(try event.decode("output_decision", as: String.self) == "ALLOW")
            // The column has no zone, and holds UTC.
            #expect(try event.decode("timestamp", as: Timestamp.self) == now)
            let approval = try #require(try await database.read { try $0.queryOne("SELECT * FROM approval_requests") })
            #expect(try approval.decode("status", as: String.self) == "PENDING")
            #expect(try approval.decode("scope", as: String.self) == "EXECUTION")
            #expect(try approval.decode("org_id", as: String.self) == "default")
            #expect(try approval.decode("expires_at", as: Timestamp.self) == now)
        }
    }
}
