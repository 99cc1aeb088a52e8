import DatabaseTestSupport
import PersistenceTestSupport
import Testing

@Suite("PostgreSQL driver")
struct PostgresConformanceTests {
    @Test("behaves like every driver", .timeLimit(.minutes(1)), arguments: DatabaseConformance.checks)
    func conforms(_ check: DatabaseConformance.Check) async throws {
        try await withTestDatabase(.postgres) { try await check.run(on: $0) }
    }
}
