import PersistenceSQLite
import PersistenceTestSupport
import Testing

@Suite("SQLite driver")
struct SQLiteConformanceTests {
    @Test("behaves like every driver", arguments: DatabaseConformance.checks)
    func conforms(_ check: DatabaseConformance.Check) async throws {
        try await check.run(on: SQLiteDatabase.inMemory())
    }
}
