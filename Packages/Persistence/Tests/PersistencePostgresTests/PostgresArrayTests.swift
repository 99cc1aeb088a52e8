import Foundation
import Persistence
import PersistencePostgres
import Testing

@Suite("PostgreSQL arrays", .timeLimit(.minutes(1)))
struct PostgresArrayTests {
    /// A type of array, and elements of it.
    struct Sample: Sendable, CustomTestStringConvertible {
        let type: SQL
        let elements: [SQLValue]
        var testDescription: String { self.type.description }
    }

    static var samples: [Sample] {
        let instants: [SQLValue] = [.timestamp(.earliest), .timestamp(.latest), .timestamp(.epoch)]
        let words: [SQLValue] = ["", "NULL", "null", "a\"b\\c", "{,}", " ", "ü😀\n", "'"].map { .text($0) }
        return [
            Sample(type: "text[]", elements: words), Sample(type: "varchar(20)[]", elements: words),
            Sample(type: "char(2)[]", elements: [.text("ab"), .text("c ")]), Sample(type: "name[]", elements: [.text("n")]),
            Sample(type: "int2[]", elements: [.integer(-32768), .integer(32767)]),
            Sample(type: "int4[]", elements: [.integer(-2_147_483_648), .integer(7)]),
            Sample(type: "int8[]", elements: [.integer(.min), .integer(.max)]),
            Sample(type: "float4[]", elements: [.double(0.5), .double(.infinity)]),
            Sample(type: "float8[]", elements: [.double(0.1), .double(-.infinity), .double(.leastNonzeroMagnitude)]),
            Sample(type: "boolean[]", elements: [.boolean(true), .boolean(false)]),
            Sample(type: "uuid[]", elements: [.uuid(UUID())]), Sample(type: "timestamptz[]", elements: instants),
            Sample(type: "timestamp[]", elements: instants), Sample(type: "date[]", elements: [.text("2026-11-20")]),
            Sample(type: "bytea[]", elements: [.blob([]), .blob([0, 255, 92, 34])]),
            Sample(type: "json[]", elements: [.json("{\"a\": \"\\\"\"}")]), Sample(type: "jsonb[]", elements: [.json("[1, 2]")]),
            Sample(type: "numeric[]", elements: [.integer(1), .text("1.5"), .text("NaN")]),
        ]
    }

    @Test("keeps arrays of every type, NULL elements and empty ones included", arguments: Self.samples)
    func keepsArrays(_ sample: Sample) async throws {
        try await withScene { scene in
            try await scene.database.write { try $0.execute("CREATE TABLE lists (elements \(sample.type))") }
            for elements in [sample.elements, [], [.null], [.null] + sample.elements + [.null]] {
                let kept = try await scene.database.transaction { connection in
                    try connection.execute("DELETE FROM lists")
                    try connection.execute("INSERT INTO lists (elements) VALUES (\(SQLValue.array(elements)))")
                    return try connection.queryOne("SELECT elements FROM lists")?["elements"]
                }
                #expect(kept == .array(elements))
            }
        }
    }

    @Test("finds by membership in an array of any size")
    func findsMembers() async throws {
        try await withScene { scene in
            try await scene.database.write { connection in
                try connection.execute("CREATE TABLE numbers (id int8)")
                try connection.execute("INSERT INTO numbers SELECT generate_series(1, 1000)")
            }
            for count in [0, 1, 200_000] {
                let ids = SQLValue.array((0..<count).map { .integer(Int64($0)) })
                let found = try await scene.database.read { try $0.query("SELECT id FROM numbers WHERE id = ANY (\(ids))").count }
                #expect(found == (count > 1 ? 1000 : 0))
            }
        }
    }

    @Test("refuses NUL and NaN within arrays, and tells of dimensions that do not fit")
    func refusesWithin() async throws {
        try await withScene { scene in
            try await scene.database.write { try $0.execute("CREATE TABLE lists (words text[], numbers float8[])") }
            let cases: [(SQL, PersistenceError.Code)] = [
                ("INSERT INTO lists (words) VALUES (\(SQLValue.array([.text("a\u{0}")])))", .unencodable),
                ("INSERT INTO lists (numbers) VALUES (\(SQLValue.array([.double(.nan)])))", .unencodable),
                ("INSERT INTO lists (words) VALUES (\(SQLValue.array([.array([.text("a")]), .array([])])))", .invalidValue),
            ]
            for (statement, code) in cases {
                #expect(
                    await failure { try await scene.database.write { try $0.execute(statement) } }?.code == code, "\(statement)")
            }
            let nested = SQLValue.array([.array([.text("a")]), .array([.text("b")])])
            try await scene.database.write { try $0.execute("INSERT INTO lists (words) VALUES (\(nested))") }
            #expect(
                await failure { _ = try await scene.database.read { try $0.query("SELECT words FROM lists") } }?.code == .decoding
            )
        }
    }
}
