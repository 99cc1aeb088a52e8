import Persistence
import Testing

extension DatabaseConformance {
    static let sizeChecks: [Check] = [
        Check("takes lists of any length up to tens of thousands, and refuses endless ones clearly", body: Self.listsAreBound),
        Check("keeps text and bytes of 16 MB") { database in
            try await Self.createValues(in: database)
            let text = String(repeating: "wörter ", count: 2_000_000)
            let bytes = [UInt8](unsafeUninitializedCapacity: 16 << 20) { buffer, count in
                for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: index &* 31) }
                count = buffer.count
            }
            try await database.write {
                try $0.execute("INSERT INTO samples (text_value, blob_value) VALUES (\(text), \(bytes))")
            }
            let isKept = try await database.read { connection in
                let row = try #require(try connection.queryOne("SELECT text_value, blob_value FROM samples"))
                return try row.decode("text_value", as: String.self) == text
                    && row.decode("blob_value", as: [UInt8].self) == bytes
            }
            #expect(isKept)
        },
        Check("keeps tables of 500 columns") { database in
            let names = (1...500).map { "c\($0)" }
            let values = names.indices.map { $0.isMultiple(of: 3) ? SQLValue.null : .integer(Int64($0)) }
            let columns = SQL.joined(names.map { "\(identifier: $0)" }, separator: ", ")
            let types = SQL.joined(names.map { "\(identifier: $0) BIGINT" }, separator: ", ")
            try await database.transaction { connection in
                try connection.execute("CREATE TABLE wide (\(types))")
                try connection.execute("INSERT INTO wide (\(columns)) VALUES \(list: values)")
                let row = try #require(try connection.queryOne("SELECT * FROM wide"))
                #expect(row.columnNames == names)
                #expect(names.map { row[$0] } == values)
            }
        },
        Check("returns 100 000 rows in order") { database in
            try await database.write { connection in
                try connection.execute("CREATE TABLE numbers (id BIGINT NOT NULL, name VARCHAR(20))")
                let count = try connection.execute(
                    """
                    INSERT INTO numbers (id, name)
                    WITH RECURSIVE counting(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 100000)
                    SELECT n, 'n' || n FROM counting
                    """)
                #expect(count == 100_000)
            }
            let rows = try await database.read { try $0.query("SELECT id, name FROM numbers ORDER BY id") }
            #expect(try rows.map { try $0.decode("id", as: Int.self) } == Array(1...100_000))
            #expect(try rows.last?.decode("name", as: String.self) == "n100000")
        },
        Check("runs more different statements than it remembers, and those in between that it does") { database in
            try await database.write { connection in
                for number in 1...400 {
                    let row = try connection.queryOne(SQL(unchecked: "SELECT \(number) AS number"))
                    #expect(try row?.decode("number", as: Int.self) == number)
                    if number.isMultiple(of: 3) {
                        #expect(try connection.queryOne("SELECT 'often' AS word")?.decode("word") == "often")
                    }
                }
            }
            // Within transactions too, whose own statements are remembered like any.
            for start in [401, 601] {
                try await database.transaction { connection in
                    for number in start..<start + 200 {
                        let row = try connection.queryOne(SQL(unchecked: "SELECT \(number) AS number"))
                        #expect(try row?.decode("number", as: Int.self) == number)
                    }
                }
            }
        },
        Check("takes NULL and values in turn for the same statement") { database in
            try await Self.createValues(in: database)
            let pairs: [(Int?, String?)] = [(1, nil), (nil, "a"), (nil, nil), (2, "b"), (nil, nil), (3, nil)]
            try await database.write { connection in
                for (number, text) in pairs {
                    try connection.execute("INSERT INTO samples (int_value, text_value) VALUES (\(number), \(text))")
                }
                let found = try connection.query("SELECT int_value, text_value FROM samples").map { row in
                    "\(String(describing: row["int_value"])) \(String(describing: row["text_value"]))"
                }
                let expected = pairs.map { number, text in
                    "\(String(describing: number.sqlValue as SQLValue?)) \(String(describing: text.sqlValue as SQLValue?))"
                }
                #expect(found.sorted() == expected.sorted())
            }
        },
    ]

    @Sendable
    private static func listsAreBound(in database: any Database) async throws {
        try await self.createAccounts(in: database)
        for length in [0, 1, 2, 1000, 30_000] {
            let ids = Array(0..<length)
            let found = try await database.read { try $0.query("SELECT id FROM owners WHERE id IN \(list: ids)").count }
            #expect(found == (length > 1 ? 1 : 0), "\(length) values")
        }
        let tooMany = Array(0..<300_000)
        await #expect(throws: PersistenceError(.invalidStatement, message: "")) {
            try await database.read { try $0.query("SELECT id FROM owners WHERE id IN \(list: tooMany)") }
        }
        await #expect(throws: PersistenceError(.invalidStatement, message: "")) {
            try await database.write { try $0.execute("DELETE FROM owners WHERE id IN \(list: tooMany)") }
        }
        #expect(try await database.read { try $0.query("SELECT id FROM owners").count } == 1)
    }
}
