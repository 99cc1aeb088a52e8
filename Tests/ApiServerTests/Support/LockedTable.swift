import Dispatch
import Persistence
import PersistencePostgres

/// Runs a body while another session of the database keeps a table locked.
///
/// - Parameters:
///   - table: A table that is there.
///   - mode: As `LOCK TABLE` names it: `ACCESS EXCLUSIVE` keeps everybody away.
func withLockedTable<Value>(
    _ table: String, _ mode: String = "ACCESS EXCLUSIVE", at place: TestPlace, _ body: () async throws -> Value
) async throws -> Value {
    let database = try await PostgresDatabase.open(
        url: DatabaseURL(place.url), configuration: PostgresConfiguration(maximumConnections: 1, statementTimeout: nil))
    let release = DispatchSemaphore(value: 0)
    let (held, continuation) = AsyncStream.makeStream(of: Void.self)
    let holder = Task {
        defer { continuation.finish() }
        try await database.transaction(isolation: .readCommitted) { connection in
            try connection.execute(SQL(unchecked: "LOCK TABLE \(table) IN \(mode) MODE"))
            continuation.yield()
            release.wait()
        }
    }
    // Ends without an element if the lock cannot be had; the holder then says why.
    for await _ in held { break }
    let result: Result<Value, any Error>
    do {
        result = .success(try await body())
    } catch {
        result = .failure(error)
    }
    release.signal()
    let lock = await holder.result
    await database.close()
    let value = try result.get()
    try lock.get()
    return value
}
