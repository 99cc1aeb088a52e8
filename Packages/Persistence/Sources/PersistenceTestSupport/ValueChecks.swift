import Persistence
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension DatabaseConformance {
    static let valueChecks: [Check] = [
        Check("keeps values of every type, the extremes included") { database in
            try await Self.createValues(in: database)
            for sample in Self.samples {
                let read = try await database.transaction { connection in
                    try connection.execute("DELETE FROM samples")
                    try connection.execute("INSERT INTO samples (\(identifier: sample.column)) VALUES (\(sample.value))")
                    let row = try #require(try connection.queryOne("SELECT \(identifier: sample.column) AS kept FROM samples"))
                    return try sample.read(row)
                }
                #expect(read == sample.value, "column \(sample.column)")
            }
        },
        Check("keeps NULL in every type of column") { database in
            try await Self.createValues(in: database)
            try await database.transaction { connection in
                let nothing: String? = nil
                try connection.execute("INSERT INTO samples (int_value, text_value) VALUES (\(SQLValue.null), \(nothing))")
                let row = try #require(try connection.queryOne("SELECT * FROM samples"))
                for name in row.columnNames {
                    #expect(row[name] == .null)
                    #expect(try row.decode(name, as: Int?.self) == nil)
                    #expect(throws: PersistenceError(.decoding, message: "")) { try row.decode(name, as: Int.self) }
                }
            }
        },
        Check("keeps text byte by byte", body: Self.textIsKept),
        Check("refuses what cannot be kept faithfully") { database in
            try await Self.createValues(in: database)
            let values: [(String, SQLValue)] = [
                ("text_value", .text("cut\u{0}off")), ("json_value", .json("\"\u{0}\"")),
                ("json_value", .json(#"{"a":"\\\u0000"}"#)), ("double_value", .double(.nan)),
            ]
            for (column, value) in values {
                await #expect(throws: PersistenceError(.unencodable, message: "")) {
                    try await database.write {
                        try $0.execute("INSERT INTO samples (\(identifier: column)) VALUES (\(value))")
                    }
                }
            }
            let count = try await database.read {
                try $0.queryOne("SELECT count(*) AS n FROM samples")?.decode("n", as: Int.self)
            }
            #expect(count == 0)
            // A backslash before the u that is escaped itself is no escape of NUL.
            try await database.write {
                try $0.execute("INSERT INTO samples (json_value) VALUES (\(json: #"{"a":"\\u0000"}"#))")
            }
        },
        Check("orders instants by time") { database in
            try await Self.createValues(in: database)
            let instants = [
                "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
            ]
            let kept = try await database.transaction { connection in
                for text in instants {
                    let instant = try #require(Timestamp(rfc3339: text))
                    try connection.execute("INSERT INTO samples (time_value) VALUES (\(instant))")
                }
                return try connection.query("SELECT time_value FROM samples ORDER BY time_value").map {
                    try $0.decode("time_value", as: Timestamp.self)
                }
            }
            #expect(kept == instants.compactMap { Timestamp(rfc3339: $0) }.sorted())
        },
    ]

    private struct Sample: Sendable {
        let column: String
        let value: SQLValue
        let read: @Sendable (Row) throws -> SQLValue

        init<T: SQLDecodable & SQLValueConvertible & SendableMetatype>(_ column: String, _ value: T) {
            self.column = column
            self.value = value.sqlValue
            self.read = { try $0.decode("kept", as: T.self).sqlValue }
        }
    }

    private static let samples: [Sample] =
        [Int64.min, -1, 0, 1, Int64.max].map { Sample("int_value", $0) }
        + [
            -Double.greatestFiniteMagnitude, -0.1, 0, .leastNonzeroMagnitude, 0.1, .greatestFiniteMagnitude, .infinity,
            -.infinity,
        ].map {
            Sample("double_value", $0)
        }
        + [true, false].map { Sample("bool_value", $0) }
        + [[], [0], [0, 255, 0], Array(repeating: 7, count: 100_000)].map { (bytes: [UInt8]) in Sample("blob_value", bytes) }
        + [Timestamp.earliest, .epoch, .latest].map { Sample("time_value", $0) }
        + ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-4fff-bfff-ffffffffffff"].compactMap { UUID(sqlText: $0) }.map {
            Sample("uuid_value", $0)
        }

    static func createValues(in database: any Database) async throws {
        let isSQLite = database.dialect == .sqlite
        let (blob, time, uuid, json): (SQL, SQL, SQL, SQL) =
            isSQLite ? ("BLOB", "TEXT", "TEXT", "TEXT") : ("bytea", "timestamptz", "uuid", "jsonb")
        let (double, boolean): (SQL, SQL) = isSQLite ? ("REAL", "INTEGER") : ("double precision", "boolean")
        try await database.write { connection in
            try connection.execute(
                """
                CREATE TABLE samples (
                    int_value BIGINT, double_value \(double), bool_value \(boolean), text_value TEXT, blob_value \(blob),
                    time_value \(time), uuid_value \(uuid), json_value \(json)
                )
                """)
        }
    }

    @Sendable
    private static func textIsKept(in database: any Database) async throws {
        try await self.createValues(in: database)
        let texts = [
            "", " ", "'", "\"", "?", "$1", "%", "\\", "'; DROP TABLE samples; --", "line\nbreak\r\n", "\u{1}\u{7f}",
            "e\u{301}", "\u{e9}", "\u{212b}", "😀👨‍👩‍👧", "\u{10ffff}", "\u{fffd}\u{feff}", "שלום\u{202e}",
            String(repeating: "ü", count: 50_000),
        ]
        for text in texts {
            let (kept, matches) = try await database.transaction { connection in
                try connection.execute("DELETE FROM samples")
                try connection.execute("INSERT INTO samples (text_value) VALUES (\(text))")
                let kept = try connection.queryOne("SELECT text_value FROM samples")?.decode("text_value", as: String.self)
                return (kept, try connection.query("SELECT 1 AS one FROM samples WHERE text_value = \(text)").count)
            }
            #expect(kept.map { Array($0.utf8) } == Array(text.utf8))
            #expect(matches == 1)
        }
    }
}
