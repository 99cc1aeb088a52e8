import HTTPCore
import ServiceLifecycle

/// Says that the program is about to stop, and gives whoever sends requests the time to notice.
///
/// Stands last in the group, so it is the first to hear of the stop: while it pauses, requests are still accepted and
/// `/readyz` says `draining`.
struct Drain: Service {
    let readiness: Readiness
    let pause: Duration

    func run() async throws {
        try await gracefulShutdown()
        self.readiness.beginDraining()
        try await Task.sleep(for: self.pause)
    }
}
