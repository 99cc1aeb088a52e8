import Logging
public import ServiceLifecycle

/// Forgets idempotency keys whose time is over.
///
/// It is a service: run one in the app's group of every server, after the database. Several on one database do each other no harm.
public struct IdempotencyUpkeep: Service {
    private let store: IdempotencyStore

    /// Creates the upkeep of a store.
    public init(_ store: IdempotencyStore) {
        self.store = store
    }

    /// Removes old keys until the group shuts down, at once and then at every ``IdempotencyConfiguration/upkeepPause``.
    ///
    /// While the database is away nothing is removed; the next look makes up for it.
    ///
    /// - Throws: Nothing.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.keep() }
        } catch is CancellationError {
            // The group shuts down.
        }
    }

    private func keep() async throws {
        let batch = max(self.store.configuration.upkeepBatch, 1)
        while true {
            do {
                while try await self.store.removeExpired() >= batch { try Task.checkCancellation() }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                self.store.logger.debug(
                    "old idempotency keys cannot be removed", metadata: ["error": .string(String(reflecting: error))])
            }
            try await Task.sleep(for: max(self.store.configuration.upkeepPause, .milliseconds(10)))
        }
    }
}
