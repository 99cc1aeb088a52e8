import Persistence
import PersistencePostgres
import Synchronization
import TestKit
import Testing

/// Counts who is inside.
private final class Room: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    var most: Int { self.counts.withLock { $0.most } }

    func enter() {
        self.counts.withLock { counts in
            counts.now += 1
            counts.most = max(counts.most, counts.now)
        }
    }

    func leave() {
        self.counts.withLock { $0.now -= 1 }
    }
}

@Suite("PostgreSQL advisory lock", .timeLimit(.minutes(1)))
struct PostgresAdvisoryLockTests {
    @Test("lets one in at a time, and other keys alone")
    func excludes() async throws {
        try await withScene { scene in
            let room = Room()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let lock = PostgresAdvisoryLock(url: scene.url, key: 7, pause: .milliseconds(5))
                        try await lock.withLock {
                            room.enter()
                            _ = try await scene.database.read { try $0.query("SELECT pg_sleep(0.02)") }
                            room.leave()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(room.most == 1)
            try await PostgresAdvisoryLock(url: scene.url, key: .min).withLock {
                try await PostgresAdvisoryLock(url: scene.url, key: .max).withLock {}
            }
            try await eventually("nothing of them is left") { try await scene.backends() == scene.database.connectionCount }
        }
    }

    @Test("says once that it waits, and gives up in time")
    func givesUp() async throws {
        try await withScene { scene in
            try await PostgresAdvisoryLock(url: scene.url, key: 7).withLock {
                let room = Room()
                let lock = PostgresAdvisoryLock(url: scene.url, key: 7, deadline: .milliseconds(100), pause: .milliseconds(10))
                let error = await failure { try await lock.withLock(waiting: { room.enter() }, {}) }
                #expect(error?.code == .timedOut)
                #expect(room.most == 1)
            }
        }
    }

    @Test("is free when its holder throws, is cancelled, or loses the connection")
    func isFreed() async throws {
        struct Refusal: Error {}
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            let lock = PostgresAdvisoryLock(url: scene.url, key: 7, deadline: .seconds(10), pause: .milliseconds(10))
            await #expect(throws: Refusal.self) { try await lock.withLock { throw Refusal() } }
            let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
            let holder = Task {
                try await lock.withLock {
                    continuation.yield()
                    try await Task.sleep(for: .seconds(50))
                }
            }
            for await _ in inside { break }
            // One who waits can be called off, and the lock is still held.
            let (waits, waiting) = AsyncStream.makeStream(of: Void.self)
            let waiter = Task { try await lock.withLock(waiting: { waiting.yield() }, {}) }
            for await _ in waits { break }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
            // The connection ends, and with it the lock, though the body still runs.
            let next = Task { try await lock.withLock(waiting: { waiting.yield() }, {}) }
            for await _ in waits { break }
            try await scene.terminateBackends()
            // The one who waits loses its connection too, and is told so or has got another.
            _ = await next.result
            try await lock.withLock {}
            holder.cancel()
            await #expect(throws: CancellationError.self) { try await holder.value }
            try await lock.withLock {}
        }
    }

    @Test("tells that there is no server")
    func noServer() async throws {
        let url = try DatabaseURL("postgres://gatehouse@127.0.0.1:\(FreePort.find())/postgres")
        #expect(await failure { try await PostgresAdvisoryLock(url: url, key: 1).withLock {} }?.code == .unavailable)
    }
}
