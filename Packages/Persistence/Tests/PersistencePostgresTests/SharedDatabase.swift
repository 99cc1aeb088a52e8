import PersistencePostgres
import Persistence
import TestKit

/// One database for all checks that only ask, so that they need not make their own.
enum SharedDatabase {
    static func use(_ body: (PostgresDatabase) async throws -> Void) async throws {
        let database = try await PostgresDatabase.open(
            url: DatabaseURL(SharedPostgres.server().url()), configuration: PostgresConfiguration(maximumConnections: 1))
        do {
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
