public import Persistence

/// A lock among all sessions of one database (PostgreSQL manual, "Advisory Locks"), on a connection of its own.
///
/// It is free again when the holder's connection ends, however it ends. If that connection is lost while the body runs, the
/// lock is lost without a word; what must never happen twice needs a second guard inside its transaction.
public struct PostgresAdvisoryLock: Sendable {
    private let url: DatabaseURL
    private let key: Int64
    private let deadline: Duration
    private let pause: Duration
    private let configuration: PostgresConfiguration

    /// Creates a lock without connecting.
    ///
    /// - Parameters:
    ///   - url: The database whose sessions the lock keeps apart.
    ///   - key: What the lock is about; locks with other keys do not disturb it.
    ///   - deadline: How long to wait for another holder; default 60 s.
    ///   - pause: How long to wait between two attempts, 1 ms or more; default 100 ms.
    ///   - configuration: How long connecting may take, and under which name the connection is seen.
    public init(
        url: DatabaseURL, key: Int64, deadline: Duration = .seconds(60), pause: Duration = .milliseconds(100),
        configuration: PostgresConfiguration = PostgresConfiguration()
    ) {
        self.url = url
        self.key = key
        self.deadline = deadline
        self.pause = max(pause, .milliseconds(1))
        self.configuration = configuration
    }

    /// Runs a body while no other session holds the lock.
    ///
    /// - Parameters:
    ///   - waiting: Called once, if somebody else holds the lock and this call begins to wait.
    ///   - body: What runs under the lock.
    /// - Throws: ``PersistenceError`` with code `timedOut` when the lock was not free in time, `unavailable` when there is no
    ///   connection; `CancellationError`; what the body throws.
    public func withLock<T: Sendable>(
        waiting: @Sendable () -> Void = {}, _ body: @Sendable () async throws -> T
    ) async throws -> T {
        // One connection that is never replaced while it rests: a replacement would not hold the lock.
        let never = Duration.seconds(86_400 * 365)
        let holder = try await PostgresDatabase.open(
            url: self.url,
            configuration: PostgresConfiguration(
                maximumConnections: 1, minimumConnections: 1, connectTimeout: self.configuration.connectTimeout,
                idleLimit: never, lifetimeLimit: never, healthCheckAfter: never,
                applicationName: self.configuration.applicationName))
        do {
            try await self.acquire(on: holder, waiting: waiting)
            let value = try await body()
            await holder.close()
            return value
        } catch {
            await holder.close()
            throw error
        }
    }

    private func acquire(on holder: PostgresDatabase, waiting: @Sendable () -> Void) async throws {
        let key = self.key
        let end = ContinuousClock.now + self.deadline
        var hasWaited = false
        while true {
            let isHeld = try await holder.write { connection in
                try connection.queryOne("SELECT pg_try_advisory_lock(\(key)) AS held")?.decode("held", as: Bool.self)
            }
            if isHeld == true { return }
            if !hasWaited { waiting() }
            hasWaited = true
            guard ContinuousClock.now < end else {
                throw PersistenceError(.timedOut, message: "another session kept the lock for longer than \(self.deadline)")
            }
            try await Task.sleep(for: self.pause)
        }
    }
}
