#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A lock on a file beside an embedded database: `var/gatehouse.sqlite.migrate.lock`.
///
/// It is an advisory `flock(2)`, which the system drops when the process ends, however it ends. The file stays, since
/// removing it would let two processes lock two files of one name.
public struct FileMigrationLock: MigrationLock {
    /// The path of the lock file.
    public let path: String

    private let deadline: Duration
    private let pause: Duration
    private let clock: any Clock<Duration>

    /// Creates a lock without touching the file.
    ///
    /// - Parameters:
    ///   - databasePath: The path of the database file, whose folder exists.
    ///   - deadline: How long to wait for another migration; default 60 s.
    ///   - pause: How long to wait between two attempts, 1 ms or more; default 100 ms.
    ///   - clock: The source of time; tests pass one that they move by hand.
    public init(
        databasePath: String, deadline: Duration = .seconds(60), pause: Duration = .milliseconds(100),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.path = databasePath + ".migrate.lock"
        self.deadline = deadline
        self.pause = max(pause, .milliseconds(1))
        self.clock = clock
    }

    /// Runs a body while nobody else holds the file; see ``MigrationLock/withLock(waiting:_:)``.
    public func withLock<T: Sendable>(
        waiting: @Sendable () -> Void, _ body: @Sendable () async throws -> T
    ) async throws -> T {
        let descriptor = open(self.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unavailable("opened", errno) }
        defer { close(descriptor) }
        var waited = Duration.zero
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            if reason == EINTR { continue }
            guard reason == EWOULDBLOCK else { throw Self.unavailable("locked", reason) }
            if waited == .zero { waiting() }
            guard waited < self.deadline else {
                throw MigrationError(
                    .lockTimedOut, message: "another migration of this database did not end within \(self.deadline)")
            }
            try await self.clock.sleep(for: self.pause)
            waited += self.pause
        }
        return try await body()
    }

    private static func unavailable(_ verb: String, _ reason: Int32) -> MigrationError {
        MigrationError(.lockUnavailable, message: "the lock file cannot be \(verb): \(String(cString: strerror(reason)))")
    }
}
