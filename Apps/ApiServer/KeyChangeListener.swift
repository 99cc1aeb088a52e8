import Auth
import Persistence
import PersistencePostgres
import ServiceLifecycle

/// Hears from PostgreSQL that keys have changed, so that a revoked key ends at once and not only at the next look.
struct KeyChangeListener: Service {
    private let authority: KeyAuthority
    private let listener: PostgresListener

    init(authority: KeyAuthority, url: DatabaseURL) throws(PersistenceError) {
        self.authority = authority
        self.listener = try PostgresListener(url: url, channels: [KeyAuthority.changeChannel])
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await self.listener.run { event in
                    switch event {
                    case .listening, .notification: self.authority.invalidate()
                    // The authority looks for changes itself, too.
                    case .disconnected: break
                    }
                }
            }
        } catch is CancellationError {
            // The group shuts down.
        }
    }
}
