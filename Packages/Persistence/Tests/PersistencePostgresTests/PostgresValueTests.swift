import Persistence
import PersistencePostgres
import Testing

@Suite("PostgreSQL values", .timeLimit(.minutes(1)))
struct PostgresValueTests {
    /// An expression, and what is read of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let expression: SQL
        let value: SQLValue
        var testDescription: String { self.expression.description }

        init(_ expression: SQL, _ value: SQLValue) {
            self.expression = expression
            self.value = value
        }
    }

    static let texts: [Case] = [
        Case("'a'::text", .text("a")), Case("''::text", .text("")), Case("'ü€😀'::varchar(5)", .text("ü€😀")),
        Case("'ab'::char(4)", .text("ab  ")), Case("'a'::name", .text("a")), Case("'x'", .text("x")),
        Case("'q'::\"char\"", .text("q")), Case("'<a/>'::text", .text("<a/>")),
        Case("'{\"a\": [1,  2]}'::json", .json("{\"a\": [1,  2]}")),
        Case("'{\"b\": 1, \"a\": \"ü\"}'::jsonb", .json("{\"a\": \"ü\", \"b\": 1}")), Case("'null'::jsonb", .json("null")),
        Case("'\\x00ff'::bytea", .blob([0, 255])), Case("''::bytea", .blob([])),
        Case("'2026-11-27'::date", .text("2026-11-27")), Case("'0001-01-01'::date", .text("0001-01-01")),
        Case("'9999-12-31'::date", .text("9999-12-31")),
    ]

    static let numbers: [Case] = [
        Case("(-32768)::int2", .integer(-32768)), Case("32767::int2", .integer(32767)),
        Case("(-2147483648)::int4", .integer(-2_147_483_648)), Case("2147483647::int4", .integer(2_147_483_647)),
        Case("(-9223372036854775808)::int8", .integer(.min)), Case("9223372036854775807::int8", .integer(.max)),
        Case("true", .boolean(true)), Case("false", .boolean(false)), Case("4294967295::oid", .integer(4_294_967_295)),
        Case("1.5::float4", .double(1.5)), Case("3.4028235e38::float4", .double(Double(Float.greatestFiniteMagnitude))),
        Case("1.7976931348623157e308::float8", .double(.greatestFiniteMagnitude)),
        Case("5e-324::float8", .double(.leastNonzeroMagnitude)), Case("'-Infinity'::float8", .double(-.infinity)),
        Case("0::numeric", .integer(0)), Case("10000::numeric", .integer(10000)),
        Case("100000000::numeric", .integer(100_000_000)),
        Case("(-9223372036854775808)::numeric", .integer(.min)), Case("9223372036854775807::numeric", .integer(.max)),
        Case("9223372036854775808::numeric", .text("9223372036854775808")),
        Case("(-12345.6789)::numeric", .text("-12345.6789")), Case("0.0001::numeric", .text("0.0001")),
        Case("0.00001234::numeric", .text("0.00001234")), Case("10000.0000001::numeric", .text("10000.0000001")),
        Case("1.50::numeric(10,2)", .text("1.50")), Case("0.00::numeric(10,2)", .text("0.00")),
        Case("1e30::numeric", .text("1" + String(repeating: "0", count: 30))),
        Case("1e-20::numeric", .text("0." + String(repeating: "0", count: 19) + "1")),
        Case("'NaN'::numeric", .text("NaN")), Case("'Infinity'::numeric", .text("Infinity")),
        Case("'-Infinity'::numeric", .text("-Infinity")),
    ]

    static let instants: [Case] = [
        ("'2026-11-20 22:52:36.972357+01'::timestamptz", "2026-11-20T21:52:36.972357Z"),
        ("'0001-01-01 00:00:00+00'::timestamptz", "0001-01-01T00:00:00Z"),
        ("'9999-12-31 23:59:59.999999+00'::timestamptz", "9999-12-31T23:59:59.999999Z"),
        ("'2026-11-20 21:52:36.972357'::timestamp", "2026-11-20T21:52:36.972357Z"),
        ("'1999-12-31 23:59:59.999999'::timestamp", "1999-12-31T23:59:59.999999Z"),
    ].compactMap { expression, text in Timestamp(rfc3339: text).map { Case(SQL(unchecked: expression), .timestamp($0)) } }

    @Test("reads every type", arguments: Self.texts + Self.numbers + Self.instants)
    func readsType(_ example: Case) async throws {
        try await SharedDatabase.use { database in
            let row = try await database.read { try $0.queryOne("SELECT \(example.expression) AS value") }
            #expect(row?["value"] == example.value)
        }
    }

    @Test("reads NaN, the extremes of numeric, and UUIDs")
    func readsOddities() async throws {
        try await SharedDatabase.use { database in
            let row = try #require(
                try await database.read {
                    try $0.queryOne(
                        """
                        SELECT 'NaN'::float8 AS nan, 'NaN'::float4 AS nan4,
                            repeat('9', 131072)::numeric AS big, ('0.' || repeat('9', 16383))::numeric AS small,
                            '00112233-4455-6677-8899-aabbccddeeff'::uuid AS id
                        """)
                })
            #expect(try row.decode("nan", as: Double.self).isNaN)
            #expect(try row.decode("nan4", as: Double.self).isNaN)
            #expect(row["big"] == .text(String(repeating: "9", count: 131_072)))
            #expect(row["small"] == .text("0." + String(repeating: "9", count: 16383)))
            #expect(try row.decode("id", as: String.self) == "00112233-4455-6677-8899-aabbccddeeff")
        }
    }

    @Test(
        "tells clearly of values that have no portable form",
        arguments: [
            "'infinity'::timestamptz", "'-infinity'::timestamptz", "'infinity'::timestamp", "'4713-01-01 BC'::timestamp",
            "'294276-12-31'::timestamp", "'infinity'::date", "'-infinity'::date", "'5874897-12-31'::date",
            "'0001-01-01 BC'::date",
            "interval '1 day'", "'12:00'::time", "'127.0.0.1'::inet", "point '(1,2)'", "ARRAY[[1,2],[3,4]]",
            "ARRAY[interval '1 day']",
            "ROW(1, 'a')", "int4range(1, 2)", "ARRAY['infinity'::timestamptz]",
        ])
    func refusesOthers(_ expression: String) async throws {
        try await SharedDatabase.use { database in
            let error = await failure {
                _ = try await database.read { try $0.query("SELECT \(SQL(unchecked: expression)) AS strange") }
            }
            #expect(error?.code == .decoding)
            #expect(error?.message.contains("strange") == true)
            let text = try await database.read { try $0.queryOne("SELECT (\(SQL(unchecked: expression)))::text AS strange") }
            #expect(try #require(text).decode("strange", as: String.self).isEmpty == false)
        }
    }

    @Test("reads domains as what they are made of, and asks to cast enumerations")
    func readsUserTypes() async throws {
        try await withScene { scene in
            try await scene.database.write { connection in
                try connection.execute("CREATE DOMAIN rank AS int4 CHECK (VALUE > 0)")
                try connection.execute("CREATE TYPE mood AS ENUM ('calm', 'cross')")
                try connection.execute("CREATE TABLE people (id uuid, rank rank, mood mood)")
                try connection.execute("INSERT INTO people (rank, mood) VALUES (\(3), \("cross"))")
            }
            let row = try await scene.database.read { try $0.queryOne("SELECT rank, mood::text AS mood FROM people") }
            #expect(row?["rank"] == .integer(3))
            #expect(row?["mood"] == .text("cross"))
            let found = try await scene.database.read { try $0.query("SELECT rank FROM people WHERE mood = \("cross")").count }
            #expect(found == 1)
            let error = await failure { _ = try await scene.database.read { try $0.query("SELECT mood FROM people") } }
            #expect(error?.code == .decoding)
            #expect(error?.message.contains("cast") == true)
            let refusals: [(SQL, PersistenceError.Code)] = [
                ("UPDATE people SET rank = \(0)", .checkViolation), ("UPDATE people SET mood = \("merry")", .invalidValue),
            ]
            for (statement, code) in refusals {
                #expect(await failure { try await scene.database.write { try $0.execute(statement) } }?.code == code)
            }
        }
    }

    @Test("binds one text to columns of every type")
    func bindsByContext() async throws {
        try await withScene { scene in
            let instant = try #require(Timestamp(rfc3339: "2026-11-20T21:52:36.972357Z"))
            let id = "00112233-4455-6677-8899-aabbccddeeff"
            try await scene.database.write { connection in
                try connection.execute(
                    """
                    CREATE TABLE kinds (id uuid, big int8, small int2, real float4, price numeric(10, 2), flag boolean,
                        zoned timestamptz, naive timestamp, day date, fixed char(4), old json, new jsonb, bytes bytea, name name)
                    """)
                try connection.execute(
                    """
                    INSERT INTO kinds VALUES (\(id), \(7), \(7), \(0.5), \("1.5"), \(true), \(instant), \(instant), \("2026-11-20"),
                        \("ab"), \(json: "[1]"), \(json: "[1]"), \([1, 2] as [UInt8]), \("n"))
                    """)
            }
            let conditions: [SQL] = [
                "id = \(id)", "big = \(7)", "small = \(7)", "real = \(0.5)", "price = \(1.5)", "flag = \(true)",
                "zoned = \(instant)", "naive = \(instant)", "naive = \("2026-11-20 21:52:36.972357")", "day = \("2026-11-20")",
                "fixed = \("ab")", "new = \(json: "[1]")", "bytes = \([1, 2] as [UInt8])", "name = \("n")",
            ]
            for condition in conditions {
                let count = try await scene.database.read { try $0.query("SELECT 1 FROM kinds WHERE \(condition)").count }
                #expect(count == 1, "\(condition)")
            }
            let row = try await scene.database.read { try $0.queryOne("SELECT zoned, naive FROM kinds") }
            #expect(row?["zoned"] == .timestamp(instant))
            #expect(row?["naive"] == .timestamp(instant))
        }
    }
}
