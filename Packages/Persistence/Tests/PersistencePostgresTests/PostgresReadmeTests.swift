import Persistence
import PersistencePostgres
import DatabaseTestSupport
import Synchronization
import Testing

@Suite("README of the PostgreSQL driver", .timeLimit(.minutes(1)))
struct PostgresReadmeTests {
    @Test("the example does what it says")
    func example() async throws {
        try await withTestDatabaseURL(.postgres) { url in
            let database = try await PostgresDatabase.open(
                url: url, configuration: PostgresConfiguration(maximumConnections: 20, statementTimeout: .seconds(10)))
            try await database.write { connection in
                try connection.execute("CREATE TABLE accounts (id int8 PRIMARY KEY, balance int8 NOT NULL CHECK (balance >= 0))")
                try connection.execute("INSERT INTO accounts VALUES (1, 10), (2, 0)")
            }
            let (payer, payee, amount) = (1, 2, 10)

            try await database.transaction(retries: 3) { connection in
                try connection.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(payer)")
                try connection.execute("UPDATE accounts SET balance = balance + \(amount) WHERE id = \(payee)")
            }

            let ids = SQLValue.array([.integer(1), .integer(2)])
            let balances = try await database.read { connection in
                try connection.query("SELECT balance FROM accounts WHERE id = ANY (\(ids)) ORDER BY id").map {
                    try $0.decode("balance", as: Int.self)
                }
            }
            #expect(balances == [0, 10])

            let (heard, continuation) = AsyncStream.makeStream(of: PostgresListener.Event.self)
            let listener = try PostgresListener(url: url, channels: ["key_revoked"])
            let listening = Task { try await listener.run { event in continuation.yield(event) } }
            for await event in heard {
                if event != .listening {
                    #expect(event == .notification(channel: "key_revoked", payload: "42"))
                    break
                }
                try await database.write { _ = try $0.query("SELECT pg_notify('key_revoked', \("42"))") }
            }
            listening.cancel()
            _ = await listening.result
            await database.close()
        }
    }
}
