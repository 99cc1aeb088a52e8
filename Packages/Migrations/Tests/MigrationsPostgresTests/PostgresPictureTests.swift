import Migrations
import Persistence
import DatabaseTestSupport
import Testing

@Suite("Schema picture on PostgreSQL")
struct PostgresPictureTests {
    private static let statements: [SQL] = [
        "CREATE TYPE mood AS ENUM ('sad', 'glad')", "CREATE DOMAIN size AS INTEGER CHECK (VALUE > 0)",
        """
        CREATE TABLE a (
            id SERIAL PRIMARY KEY, n INTEGER GENERATED ALWAYS AS IDENTITY, twice INTEGER GENERATED ALWAYS AS (7 * 2) STORED,
            m mood NOT NULL DEFAULT 'sad', s size, CONSTRAINT ck_a_n CHECK (n > 0)
        )
        """, "CREATE TABLE b (a_id INTEGER CONSTRAINT fk_b_a REFERENCES a (id) ON DELETE CASCADE)",
        "CREATE INDEX ix_b ON b (a_id) WHERE a_id > 0", "CREATE VIEW v AS SELECT id FROM a",
        "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE TRIGGER t AFTER INSERT ON b FOR EACH ROW EXECUTE FUNCTION g()", "CREATE SEQUENCE alone",
    ]

    @Test("holds every kind of object without the name of the schema")
    func kinds() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.database.write { connection in
                for statement in Self.statements { try connection.execute(statement) }
            }
            let picture = try await bed.picture()
            #expect(picture.tables == ["a", "b"])
            let lines = picture.lines
            #expect(!lines.contains { $0.contains("public") })
            for line in [
                "column a.id: integer NOT NULL DEFAULT nextval('a_id_seq'::regclass)",
                "column a.n: integer NOT NULL GENERATED ALWAYS AS IDENTITY",
                "column a.twice: integer GENERATED ALWAYS AS (7 * 2) STORED", "column a.m: mood NOT NULL DEFAULT 'sad'::mood",
                "column a.s: size", "constraint a.ck_a_n: CHECK (n > 0)", "constraint a.a_pkey: PRIMARY KEY (id)",
                "constraint b.fk_b_a: FOREIGN KEY (a_id) REFERENCES a(id) ON DELETE CASCADE",
                "index b.ix_b: CREATE INDEX ON b USING btree (a_id) WHERE a_id > 0", "view v:  SELECT a.id\n   FROM a;",
                "sequence a.a_id_seq: integer START 1 INCREMENT 1 FROM 1 TO 2147483647 OF id",
                "sequence alone: bigint START 1 INCREMENT 1 FROM 1 TO 9223372036854775807",
                "trigger b.t: CREATE TRIGGER t AFTER INSERT ON b FOR EACH ROW EXECUTE FUNCTION g()",
                "type mood: enum (sad, glad)", "type size: domain integer CHECK (VALUE > 0)",
                "order of columns a: id, n, twice, m, s",
            ] {
                #expect(lines.contains(line), "\(line) in \(lines.joined(separator: "\n"))")
            }
        }
    }

    @Test("of two schemas with the same objects is equal")
    func twoSchemas() async throws {
        try await Bed.with(.postgres) { bed in
            let pictures = try await bed.database.transaction { connection in
                var pictures: [SchemaPicture] = []
                for schema in ["one", "two"] {
                    try connection.execute("CREATE SCHEMA \(identifier: schema)")
                    try connection.execute("SET LOCAL search_path = \(identifier: schema)")
                    for statement in Self.statements { try connection.execute(statement) }
                    pictures.append(try SchemaPicture(connection))
                }
                return pictures
            }
            #expect(pictures[0] == pictures[1])
            #expect(pictures[0].differences(from: pictures[1]) == [])
        }
    }
}
