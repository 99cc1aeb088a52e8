import Migrations
import Persistence
import DatabaseTestSupport
import Synchronization
import Testing

@Suite("Adoption of a PostgreSQL database that another tool migrated")
struct AdoptionTests {
    private static let versions: SQL = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
    private static let notes: SQL = """
        CREATE TABLE notes (
            id INTEGER NOT NULL, body VARCHAR(100) NOT NULL DEFAULT 'x',
            CONSTRAINT pk_notes PRIMARY KEY (id), CONSTRAINT uq_notes_body UNIQUE (body)
        )
        """
    private static let author: SQL = "ALTER TABLE notes ADD COLUMN author TEXT"
    private static let index: SQL = "CREATE INDEX ix_notes_author ON notes (author)"

    /// Runs an upgrade and returns what was adopted, with the differences.
    private static func upgrade(
        _ migrator: Migrator
    ) async throws -> (
        adopted: [String], lines: [String], applied: [Revision.Key]
    ) {
        let told = Mutex<[(String, [String])]>([])
        let applied = try await migrator.upgrade { progress in
            guard case .adopted(let key, let differences) = progress else { return }
            told.withLock { $0.append((key.description, differences)) }
        }
        let events = told.withLock { $0 }
        return (events.map(\.0), events.flatMap(\.1), applied)
    }

    @Test("records what the tables show, runs the rest, and leaves rows and the other tool's records alone")
    func adopts() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('n2')", Self.notes, Self.author, Self.index,
                "INSERT INTO notes VALUES (7, 'kept', 'ann')")
            let migrator = try bed.migrator(Chains.notes(), Chains.labels())
            let status = try await migrator.status()
            #expect(status.waitingForAdoption == ["notes"])
            #expect(status.description.hasSuffix("waits for adoption: notes"))
            #expect(try await migrator.check() == Chains.keys("n1", "n2", "n3", "l1"))
            #expect(try await bed.hasRecords() == false)
            let result = try await Self.upgrade(migrator)
            #expect(result.adopted == ["notes:n2"])
            #expect(result.lines == [])
            #expect(result.applied == Chains.keys("n3", "l1"))
            #expect(try await migrator.status().isCurrent)
            #expect(try await bed.count("SELECT id FROM notes WHERE id = 7 AND author = 'ann'") == 1)
            #expect(try await bed.count("SELECT version_num FROM alembic_version WHERE version_num = 'n2'") == 1)
            #expect(try await bed.count("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'gatehouse_rehearsal%'") == 0)
            try await Bed.with(.postgres) { fresh in
                try await fresh.migrator(Chains.notes(), Chains.labels()).upgrade()
                #expect(try await fresh.picture() == bed.picture())
                #expect(try await fresh.records() == bed.records())
            }
            #expect(try await Self.upgrade(migrator).adopted == [])
        }
    }

    @Test("believes the tables when the other tool is at a revision that nobody here knows")
    func unknownVersion() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('zzz9')", Self.notes, Self.author, Self.index,
                "CREATE TABLE drafts (id INTEGER PRIMARY KEY, note_id INTEGER)", "CREATE TABLE later (id INTEGER)")
            let result = try await Self.upgrade(try bed.migrator(Chains.notes(), Chains.labels()))
            #expect(result.adopted == ["notes:n3"])
            #expect(result.applied == Chains.keys("l1"))
            #expect(
                result.lines == [
                    "constraint drafts.fk_drafts_note_id_notes is missing (FOREIGN KEY (note_id) REFERENCES notes(id))",
                    "constraint drafts.pk_drafts has the name drafts_pkey",
                    "alembic_version names revision zzz9, which this program does not know",
                    "table later belongs to no revision of this program",
                ])
        }
    }

    @Test("lists every difference of an adopted table")
    func differences() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('n2')",
                """
                CREATE TABLE notes (
                    id BIGINT NOT NULL, body TEXT, author VARCHAR(10), due DATE NOT NULL,
                    CONSTRAINT pk_notes PRIMARY KEY (id), CONSTRAINT uq_notes_body UNIQUE (body)
                )
                """, "CREATE INDEX ix_extra ON notes (due)")
            let result = try await Self.upgrade(try bed.migrator(Chains.notes([Chains.notes1, Chains.notes2])))
            #expect(result.adopted == ["notes:n2"])
            #expect(
                Set(result.lines) == [
                    "column notes.id is bigint NOT NULL instead of integer NOT NULL",
                    "column notes.body is text instead of character varying(100) NOT NULL DEFAULT 'x'::character varying",
                    "column notes.author is character varying(10) instead of text",
                    "index notes.ix_notes_author is missing (CREATE INDEX ON notes USING btree (author))",
                    "column notes.due is extra (date NOT NULL): rows cannot be inserted without it",
                    "index notes.ix_extra is extra (CREATE INDEX ON notes USING btree (due))",
                ])
        }
    }

    @Test("refuses a claim that the tables do not bear out, and says what is missing")
    func falseClaim() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(Self.versions, "INSERT INTO alembic_version VALUES ('n3')", Self.notes)
            let before = try await bed.picture()
            let error = await #expect(throws: MigrationError.self) { try await bed.migrator(Chains.notes()).upgrade() }
            #expect(error?.code == .adoptionRefused)
            #expect(error?.message.hasSuffix("n3, of which this is missing: table drafts, column notes.author as text") == true)
            #expect(try await bed.hasRecords() == false)
            #expect(try await bed.picture() == before)
        }
    }

    @Test("refuses a claim without any table")
    func emptyClaim() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(Self.versions, "INSERT INTO alembic_version VALUES ('n1')")
            let migrator = try bed.migrator(Chains.notes())
            #expect(try await migrator.status().waitingForAdoption == ["notes"])
            await #expect(throws: MigrationError.code(.adoptionRefused)) { try await migrator.upgrade() }
            #expect(try await bed.hasRecords() == false)
        }
    }

    @Test("refuses half of a first revision, and a column of another kind")
    func half() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('other')", "CREATE TABLE notes (id UUID NOT NULL)")
            let error = await #expect(throws: MigrationError.self) { try await bed.migrator(Chains.notes()).upgrade() }
            #expect(error?.code == .adoptionRefused)
            #expect(error?.message.contains("column notes.id as integer (it is uuid)") == true)
            #expect(error?.message.contains("column notes.body as character varying(100)") == true)
            #expect(try await bed.hasRecords() == false)
        }
    }

    @Test("refuses a later revision of which a part is there")
    func partOfLater() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('n1')", Self.notes, "CREATE TABLE drafts (id INTEGER)")
            let error = await #expect(throws: MigrationError.self) { try await bed.migrator(Chains.notes()).upgrade() }
            #expect(error?.code == .adoptionRefused)
            #expect(error?.message.contains("revision n3 is there in part: column drafts.id exist, but not: ") == true)
            #expect(try await bed.hasRecords() == false)
        }
    }

    @Test("refuses tables that nobody recorded, and names the stamp that would explain them")
    func unrecorded() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(Self.notes, Self.author, Self.index)
            let migrator = try bed.migrator(Chains.notes(), Chains.labels())
            #expect(try await migrator.status().unrecordedTables == ["notes"])
            let error = await #expect(throws: MigrationError.self) { try await migrator.upgrade() }
            #expect(error?.code == .unrecordedTables)
            #expect(error?.message.contains("notes look like revision notes:n2") == true)
            #expect(error?.message.contains("\"stamp notes:n2\"") == true)
            await #expect(throws: MigrationError.code(.adoptionRefused)) { try await migrator.upgradeScript() }
            #expect(try await bed.hasRecords() == false)
            try await migrator.stamp(.revision("n2", chain: "notes"))
            #expect(try await migrator.upgrade() == Chains.keys("n3", "l1"))
        }
    }

    @Test("is done once when two migrators begin together")
    func together() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(Self.versions, "INSERT INTO alembic_version VALUES ('n1')", Self.notes)
            let migrator = try bed.migrator(Chains.notes(), Chains.labels())
            async let one = Self.upgrade(migrator)
            async let two = Self.upgrade(migrator)
            let results = try await [one, two]
            #expect(results.flatMap(\.adopted) == ["notes:n1"])
            #expect(results.map(\.applied.count).sorted() == [0, 3])
        }
    }

    @Test("takes an id for the chain whose tables are there, when two chains have it")
    func sharedID() async throws {
        try await Bed.with(.postgres) { bed in
            let one = try RevisionChain(
                name: "one", revisions: [Chains.revision("0001", nil, up: ["CREATE TABLE one (id INTEGER)"])])
            let two = try RevisionChain(
                name: "two", revisions: [Chains.revision("0001", nil, up: ["CREATE TABLE two (id INTEGER)"])])
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('0001')", "CREATE TABLE two (id INTEGER)")
            let result = try await Self.upgrade(try bed.migrator(one, two))
            #expect(result.adopted == ["two:0001"])
            #expect(result.applied.map(\.description) == ["one:0001"])
        }
    }

    @Test("does not take the id of one chain for a claim about another whose tables are there too")
    func sharedIDOfAnother() async throws {
        try await Bed.with(.postgres) { bed in
            let one = try RevisionChain(
                name: "one",
                revisions: [
                    Chains.revision("0000", nil, up: ["CREATE TABLE one (id INTEGER)"]),
                    Chains.revision("0001", "0000", up: ["CREATE TABLE more (id INTEGER)"]),
                ])
            let two = try RevisionChain(
                name: "two", revisions: [Chains.revision("0001", nil, up: ["CREATE TABLE two (id INTEGER)"])])
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('0001')", "CREATE TABLE one (id INTEGER)",
                "CREATE TABLE two (id INTEGER)")
            let result = try await Self.upgrade(try bed.migrator(one, two))
            #expect(result.adopted == ["one:0000", "two:0001"])
            #expect(result.applied.map(\.description) == ["one:0001"])
        }
    }

    @Test("lets a column be that looks like an optional revision which does not apply")
    func inapplicable() async throws {
        let never = Revision(
            "v1", parent: nil, title: "never", appliesWhere: Revision.Condition(postgres: "SELECT 1 WHERE false"),
            postgres: Revision.Script(up: ["ALTER TABLE notes ADD COLUMN vector REAL[]"], down: []))
        let vectors = try RevisionChain(name: "vectors", revisions: [never])
        try await Bed.with(.postgres) { bed in
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('n1')", Self.notes,
                "ALTER TABLE notes ADD COLUMN vector REAL[]")
            let migrator = try bed.migrator(Chains.notes(), vectors)
            #expect(try await migrator.status().waitingForAdoption == ["notes"])
            let result = try await Self.upgrade(migrator)
            #expect(result.adopted == ["notes:n1"])
            #expect(result.lines == ["column notes.vector is extra (real[])"])
            #expect(try await migrator.status().isCurrent)
            #expect(try await migrator.upgradeScript() == "")
        }
    }

    @Test("creates again what was undone here, although the other tool's records still name it")
    func afterDowngrade() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(Self.versions, "INSERT INTO alembic_version VALUES ('n1')", Self.notes)
            let migrator = try bed.migrator(Chains.notes())
            try await migrator.upgrade()
            try await migrator.downgrade(to: .base)
            #expect(try await migrator.upgrade() == Chains.keys("n1", "n2", "n3"))
        }
    }

    @Test("looks at the schema in which tables are created, whichever it is")
    func otherSchema() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(
                "CREATE SCHEMA \"odd \"\"one\"", "CREATE TABLE drafts (id TEXT)",
                "ALTER DATABASE \(identifier: bed.name) SET search_path = \"odd \"\"one\", public")
            let other = try await Bed.reopened(bed)
            try await other.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('n2')", Self.notes, Self.author, Self.index)
            let result = try await Self.upgrade(try other.migrator(Chains.notes(), Chains.labels()))
            #expect(result.adopted == ["notes:n2"])
            #expect(result.lines == [])
            #expect(try await other.picture().tables == ["drafts", "labels", "notes"])
            #expect(try await bed.count("SELECT id FROM public.drafts") == 0)
            await other.database.close()
        }
    }

    @Test("needs the right to create a schema, and says so")
    func rights() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('n1')", Self.notes,
                "CREATE ROLE \(identifier: bed.name + "_role")",
                "GRANT ALL ON SCHEMA public TO \(identifier: bed.name + "_role")",
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(identifier: bed.name + "_role")",
                "ALTER DATABASE \(identifier: bed.name) SET role = \(identifier: bed.name + "_role")")
            let other = try await Bed.reopened(bed)
            let error = await #expect(throws: MigrationError.self) { try await other.migrator(Chains.notes()).upgrade() }
            #expect(error?.code == .adoptionRefused)
            #expect(error?.message.contains("GRANT CREATE ON DATABASE") == true)
            await other.database.close()
        }
    }

    @Test("does not need any of that for a chain of which nothing is there")
    func newChain() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.migrator(Chains.notes()).upgrade()
            try await bed.run(Self.versions, "INSERT INTO alembic_version VALUES ('n3')")
            let migrator = try bed.migrator(Chains.notes(), Chains.labels())
            #expect(try await migrator.status().waitingForAdoption == [])
            #expect(try await Self.upgrade(migrator).adopted == [])
            #expect(try await migrator.check() == [])
        }
    }

    @Test("takes a revision that brings an index only for done if the index is there, whatever its name")
    func indexOnly() async throws {
        let chain = try Chains.notes([
            Chains.notes1, Chains.revision("n2", "n1", up: ["CREATE INDEX ix_body ON notes (body)"]),
            Chains.revision("n3", "n2", up: ["CREATE INDEX ix_id_body ON notes (id, body)"]),
        ])
        try await Bed.with(.postgres) { bed in
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('n1')", Self.notes, "CREATE INDEX other ON notes (body)")
            let result = try await Self.upgrade(try bed.migrator(chain))
            #expect(result.adopted == ["notes:n2"])
            #expect(result.lines == ["index notes.ix_body has the name other"])
            #expect(result.applied == Chains.keys("n3"))
        }
    }

    @Test("compares optional revisions and concurrent indexes too, where they apply")
    func optional() async throws {
        let optional = Revision(
            "n2", parent: "n1", title: "optional", appliesWhere: Revision.Condition(postgres: "SELECT 1"),
            postgres: Revision.Script(up: ["ALTER TABLE notes ADD COLUMN vector REAL[]"], down: []))
        let never = Revision(
            "n3", parent: "n2", title: "never", runsInTransaction: false,
            appliesWhere: Revision.Condition(postgres: "SELECT 1 FROM pg_am WHERE amname = 'none'"),
            postgres: Revision.Script(up: ["CREATE INDEX CONCURRENTLY ix ON notes USING none (vector)"], down: []))
        let concurrent = Revision(
            "m2", parent: "m1", title: "index", runsInTransaction: false,
            postgres: Revision.Script(up: ["CREATE INDEX CONCURRENTLY ix_more ON more (id)", "VACUUM more"], down: []))
        let more = try RevisionChain(
            name: "more", revisions: [Chains.revision("m1", nil, up: ["CREATE TABLE more (id INTEGER)"]), concurrent])
        try await Bed.with(.postgres) { bed in
            try await bed.run(
                Self.versions, "INSERT INTO alembic_version VALUES ('n1')", Self.notes,
                "ALTER TABLE notes ADD COLUMN vector REAL[]", "CREATE TABLE more (id INTEGER)",
                "CREATE INDEX ix_more ON more (id)")
            let migrator = try bed.migrator(Chains.notes([Chains.notes1, optional, never]), more)
            let result = try await Self.upgrade(migrator)
            #expect(result.adopted == ["notes:n2", "more:m2"])
            #expect(result.lines == ["not compared: statements of m2 that run in no transaction"])
            #expect(try await migrator.status().isCurrent)
        }
    }

    @Test("refuses an adopted revision whose ground in another chain is not there")
    func missingGround() async throws {
        try await Bed.with(.postgres) { bed in
            let base = try RevisionChain(
                name: "base", revisions: [Chains.revision("b1", nil, up: ["CREATE TABLE base (id INTEGER)"])])
            let upper = try RevisionChain(
                name: "upper",
                revisions: [
                    Chains.revision(
                        "u1", nil, dependsOn: [Revision.Key(chain: "base", revision: "b1")],
                        up: ["CREATE TABLE upper (id INTEGER)"])
                ])
            try await bed.run(Self.versions, "INSERT INTO alembic_version VALUES ('u1')", "CREATE TABLE upper (id INTEGER)")
            let error = await #expect(throws: MigrationError.self) { try await bed.migrator(base, upper).upgrade() }
            #expect(error?.message.hasSuffix("revision upper:u1 stands on base:b1, which is not there") == true)
        }
    }
}
