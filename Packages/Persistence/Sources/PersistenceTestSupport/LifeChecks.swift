import Persistence
import Synchronization
import Testing

extension DatabaseConformance {
    static let lifeChecks: [Check] = [
        Check("answers a cancelled task at once while it waits for the writer") { database in
            try await Self.whileWriterIsBusy(in: database) {
                let task = Task { try await database.write { try $0.execute("SELECT 1") } }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
        },
        Check("refuses a connection that left its body") { database in
            try await database.read { connection in
                Self.smuggled.withLock { $0 = Smuggled(connection: connection) }
            }
            let error = #expect(throws: PersistenceError.self) {
                try Self.smuggled.withLock { try $0?.connection.query("SELECT 1") }
            }
            #expect(error?.code == .closed)
            Self.smuggled.withLock { $0 = nil }
        },
        Check("answers everyone with closed after closing, twice over") { database in
            await database.close()
            await database.close()
            let closed = PersistenceError(.closed, message: "")
            await #expect(throws: closed) { try await database.read { _ in } }
            await #expect(throws: closed) { try await database.write { _ in } }
            await #expect(throws: closed) { try await database.transaction { _ in } }
        },
        Check("lets a running body finish before it closes, and turns away whoever waits") { database in
            try await Self.createAccounts(in: database)
            let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
            let gate = Gate()
            async let running: Int = database.transaction { connection in
                continuation.yield()
                gate.wait()
                return try connection.execute("UPDATE accounts SET balance = 1")
            }
            for await _ in inside { break }
            async let closing: Void = database.close()
            var isRefused = false
            while !isRefused {
                do {
                    _ = try await database.read { _ in }
                    await Task.yield()
                } catch {
                    #expect(error as? PersistenceError == PersistenceError(.closed, message: ""))
                    isRefused = true
                }
            }
            gate.open()
            #expect(try await running == 1)
            await closing
        },
    ]

    /// Keeps the only writer of the database occupied while the body runs.
    static func whileWriterIsBusy(in database: any Database, _ body: () async throws -> Void) async throws {
        let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
        let gate = Gate()
        async let running: Void = database.transaction { _ in
            continuation.yield()
            gate.wait()
        }
        for await _ in inside { break }
        try await body()
        gate.open()
        try await running
    }

    /// A connection taken out of its body, which no sane program could do.
    private struct Smuggled: @unchecked Sendable {
        // Guarded by the mutex around it; the body that lent it is over.
        let connection: any DatabaseConnection
    }

    private static let smuggled = Mutex<Smuggled?>(nil)
}
