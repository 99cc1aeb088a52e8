import Synchronization

/// One ``PostgresServer`` for all tests of a process, each of which makes a database of its own there.
public enum SharedPostgres {
    /// Kept for all who ask; it ends by itself, with the start or its failure.
    private static let start = Mutex<Task<PostgresServer, any Error>?>(nil)

    /// The server, which the first caller starts; it goes when the process ends, in whatever way.
    ///
    /// Nobody stops, kills or halts it: tests that need that take a server of their own from `withPostgresServer`.
    ///
    /// - Throws: ``TestKitError`` when it cannot be started; the next caller tries again. Cancelling a caller cancels nothing.
    public static func server() async throws -> PostgresServer {
        let task = self.start.withLock { start in
            let task = start ?? Task { try await PostgresServer.started(PostgresServerOptions()) }
            start = task
            return task
        }
        do {
            return try await task.value
        } catch {
            self.start.withLock { if $0 == task { $0 = nil } }
            throw error
        }
    }
}
