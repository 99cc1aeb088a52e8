/// Keeps two migrators of one database apart, wherever they run.
public protocol MigrationLock: Sendable {
    /// Runs a body while nobody else holds the lock; it is free again when the body ends or the process dies.
    ///
    /// - Parameters:
    ///   - waiting: Called once, if somebody else holds the lock and this call begins to wait.
    ///   - body: What runs under the lock.
    /// - Throws: ``MigrationError`` with code `lockTimedOut` or `lockUnavailable`; `CancellationError`; what the body throws.
    func withLock<T: Sendable>(
        waiting: @Sendable () -> Void, _ body: @Sendable () async throws -> T
    ) async throws -> T
}
