#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
public import ServiceLifecycle
import UnixSignals

/// Ends the process at once when it is told to stop for the second time.
///
/// The first signal begins the graceful stop of the group; whoever sends another one does not want to wait for it.
public struct SecondSignal: Service {
    /// There is nothing to set.
    public init() {}

    /// Counts signals until the group has stopped.
    public func run() async throws {
        var count = 0
        for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint).cancelOnGracefulShutdown() {
            count += 1
            if count == 2 { exit(128 + (signal == .sigint ? SIGINT : SIGTERM)) }
        }
    }
}
