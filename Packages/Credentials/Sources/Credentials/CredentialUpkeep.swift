import Logging
public import ServiceLifecycle

/// Removes credentials whose time is over.
///
/// It is a service: run one in the app's group of every server, after the database. Several on one database do each other no harm.
public struct CredentialUpkeep: Service {
    private let store: CredentialStore

    /// Creates the upkeep of a store.
    public init(_ store: CredentialStore) {
        self.store = store
    }

    /// Removes old credentials until the group shuts down, at once and then at every ``CredentialsConfiguration/upkeepPause``.
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
                    "old credentials cannot be removed", metadata: ["error": .string(String(reflecting: error))])
            }
            try await Task.sleep(for: max(self.store.configuration.upkeepPause, .milliseconds(10)))
        }
    }
}
