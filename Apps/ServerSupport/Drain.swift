public import HTTPCore
public import ServiceLifecycle

/// Says that the program is about to stop, and gives whoever sends requests the time to notice.
///
/// Stands last in the group, so it is the first to hear of the stop: while it pauses, requests are still accepted and
/// `/readyz` says `draining`.
public struct Drain: Service {
    private let readiness: Readiness
    private let pause: Duration

    /// Creates the service.
    ///
    /// - Parameters:
    ///   - readiness: What `/readyz` shows.
    ///   - pause: How long requests are still accepted.
    public init(readiness: Readiness, pause: Duration) {
        self.readiness = readiness
        self.pause = pause
    }

    /// Waits for the stop, says so, and pauses.
    public func run() async throws {
        try await gracefulShutdown()
        self.readiness.beginDraining()
        try await Task.sleep(for: self.pause)
    }
}
