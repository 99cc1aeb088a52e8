import CommonsSchema
import Migrations
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

/// What CONTRACTS §2.1 says, word for word.
@Suite("Prescribed tables of the commons")
struct PrescribedTablesTests {
    private static let tables: [PrescribedTable] = [
        PrescribedTable(
            "amendments",
            """
            id uuid; original_trace_id uuid; submitter_id uuid; improved_solution text; explanation text;
            created_at timestamptz = now
            """),
        PrescribedTable(
            "contributor_domain_reputation",
            """
            id uuid; contributor_id uuid; domain_tag varchar(50); upvote_count int = 0; downvote_count int = 0;
            wilson_score float = 0.0; updated_at timestamptz = now
            """),
        PrescribedTable("tags", "id uuid; name varchar(50); is_curated bool = false; created_at timestamptz = now"),
        PrescribedTable("trace_tags", "trace_id uuid; tag_id uuid"),
        PrescribedTable(
            "traces",
            """
            id uuid; title text; context_text text; solution_text text; embedding_model_id varchar(100)?;
            embedding_model_version varchar(100)?; status varchar(20) = 'pending'; trust_score float = 0.0;
            confirmation_count int = 0; contributor_id uuid; agent_model varchar(100)?; agent_version varchar(50)?;
            metadata_json json?; is_seed bool = false; created_at timestamptz = now; updated_at timestamptz = now;
            is_stale bool = false; is_flagged bool = false; flagged_at timestamptz?
            """),
        PrescribedTable(
            "users",
            """
            id uuid; email varchar(255)?; api_key_hash varchar(255)?; display_name varchar(100)?; reputation_score float = 0.0;
            is_seed bool = false; created_at timestamptz = now; updated_at timestamptz = now
            """),
        PrescribedTable(
            "votes",
            """
            id uuid; trace_id uuid; voter_id uuid; vote_type varchar(10); feedback_text text?; context_json json?;
            created_at timestamptz = now
            """),
    ]

    private static let constraints = [
        "amendments: fk_amendments_original_trace_id_traces FOREIGN KEY (original_trace_id) REFERENCES traces(id)",
        "amendments: fk_amendments_submitter_id_users FOREIGN KEY (submitter_id) REFERENCES users(id)",
        "amendments: pk_amendments PRIMARY KEY (id)",
        "contributor_domain_reputation: fk_cdr_contributor_id_users FOREIGN KEY (contributor_id) REFERENCES users(id)",
        "contributor_domain_reputation: pk_contributor_domain_reputation PRIMARY KEY (id)",
        """
        contributor_domain_reputation: uq_contributor_domain_reputation_contributor_domain \
        UNIQUE (contributor_id, domain_tag)
        """,
        "tags: pk_tags PRIMARY KEY (id)",
        "tags: uq_tags_name UNIQUE (name)",
        "trace_tags: fk_trace_tags_tag_id_tags FOREIGN KEY (tag_id) REFERENCES tags(id)",
        "trace_tags: fk_trace_tags_trace_id_traces FOREIGN KEY (trace_id) REFERENCES traces(id)",
        "trace_tags: pk_trace_tags PRIMARY KEY (trace_id, tag_id)",
        "traces: fk_traces_contributor_id_users FOREIGN KEY (contributor_id) REFERENCES users(id)",
        "traces: pk_traces PRIMARY KEY (id)",
        "users: pk_users PRIMARY KEY (id)",
        "users: uq_users_api_key_hash UNIQUE (api_key_hash)",
        "users: uq_users_email UNIQUE (email)",
        "votes: fk_votes_trace_id_traces FOREIGN KEY (trace_id) REFERENCES traces(id)",
        "votes: fk_votes_voter_id_users FOREIGN KEY (voter_id) REFERENCES users(id)",
        "votes: pk_votes PRIMARY KEY (id)",
        "votes: uq_votes_trace_id_voter_id UNIQUE (trace_id, voter_id)",
    ]

    private static let indexes = [
        "amendments: INDEX ix_amendments_original_trace_id (original_trace_id)",
        "amendments: INDEX ix_amendments_submitter_id (submitter_id)",
        "contributor_domain_reputation: INDEX ix_cdr_contributor_id (contributor_id)",
        "contributor_domain_reputation: INDEX ix_cdr_domain_tag (domain_tag)",
        "tags: INDEX ix_tags_name (name)",
        "traces: INDEX ix_traces_contributor_id (contributor_id)",
        "traces: INDEX ix_traces_created_at (created_at)",
        "traces: INDEX ix_traces_is_flagged (is_flagged)",
        "traces: INDEX ix_traces_is_stale (is_stale)",
        "traces: INDEX ix_traces_status (status)",
    ]

    @Test("exist with every column, constraint and index by its name, and nothing else", arguments: TestStore.allCases)
    func catalogue(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [CommonsRevisions.chain]) { database, _ in
            let found = try await database.read { try SchemaCatalogue($0) }
            #expect(found.columns == Self.tables.flatMap { $0.lines(database.dialect) })
            #expect(found.constraints.sorted() == Self.constraints.sorted())
            #expect(found.indexes.sorted() == Self.indexes.sorted())
            #expect(found.others == [])
        }
    }

    @Test("stand at the prescription without what came later", arguments: TestStore.allCases)
    func prescription(_ store: TestStore) async throws {
        let target = MigrationTarget.revision("c3d4e5f6a7b8", chain: "commons")
        try await withMigratedDatabase(store, [CommonsRevisions.chain], at: target) { database, _ in
            let found = try await database.read { try SchemaCatalogue($0) }
            let isLater = { (line: String) in line.hasPrefix("contributor_domain_reputation") }
            #expect(found.columns == Self.tables.flatMap { $0.lines(database.dialect) }.filter { !isLater($0) })
            #expect(found.constraints.sorted() == Self.constraints.filter { !isLater($0) }.sorted())
            #expect(found.indexes.sorted() == Self.indexes.filter { !isLater($0) }.sorted())
        }
    }

    @Test("return on the way down to exactly what was before", arguments: TestStore.allCases)
    func downAndUp(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [CommonsRevisions.chain], at: nil) { database, migrator in
            var pictures: [SchemaCatalogue] = []
            let targets = CommonsRevisions.chain.revisions.map { MigrationTarget.revision($0.id, chain: "commons") }
            for target in targets {
                try await migrator.upgrade(to: target)
                pictures.append(try await database.read { try SchemaCatalogue($0) })
            }
            #expect(Set(pictures.map(\.columns.count)).count == 4)
            for (target, picture) in zip(targets, pictures).dropLast().reversed() {
                try await migrator.downgrade(to: target)
                #expect(try await database.read { try SchemaCatalogue($0) } == picture)
            }
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures.last)
            try await migrator.downgrade(to: .base)
            #expect(try await database.read { try SchemaCatalogue($0).isEmpty })
        }
    }
}
