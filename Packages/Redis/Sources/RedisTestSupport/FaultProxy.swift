import Redis

/// Stands between a client and a server, and does harm on demand.
public final class FaultProxy: Sendable {
}
