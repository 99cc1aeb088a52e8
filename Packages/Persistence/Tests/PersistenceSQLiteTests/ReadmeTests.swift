import Foundation
import Persistence
import PersistenceSQLite
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("the example does what it says")
    func example() async throws {
        let database = try await SQLiteDatabase.open(url: DatabaseURL("sqlite::memory:"))
        try await database.write { try $0.execute("CREATE TABLE users (id CHAR(36), email VARCHAR(255), created_at TEXT)") }
        let id = UUID()
        let email = "agent-1@example.test"
        for isFirst in [true, false] {
            let created: Bool = try await database.transaction { connection in
                let seen = try connection.queryOne("SELECT 1 FROM users WHERE email = \(email)")
                guard seen == nil else { return false }
                try connection.execute("INSERT INTO users (id, email, created_at) VALUES (\(id), \(email), \(Timestamp.now()))")
                return true
            }
            #expect(created == isFirst)
        }
        let newest = try await database.read { connection in
            try connection.query("SELECT id, email FROM users ORDER BY created_at DESC LIMIT \(10)").map { row in
                (id: try row.decode("id", as: UUID.self), email: try row.decode("email", as: String?.self))
            }
        }
        #expect(newest.map(\.id) == [id])
        #expect(newest.map(\.email) == [email])
        await database.close()
    }
}
