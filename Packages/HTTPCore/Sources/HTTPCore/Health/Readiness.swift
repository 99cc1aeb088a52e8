import Synchronization

/// Whether the program may get requests now.
public final class Readiness: Sendable {
    /// A phase in the life of the program.
    public enum Phase: String, Sendable {
        /// Not everything is up yet.
        case starting
        /// Requests are welcome.
        case ready
        /// The program was told to stop; requests in flight are finished.
        case draining
    }

    private let state = Mutex(Phase.starting)

    /// Creates the readiness of a program that has just begun.
    public init() {}

    /// The phase now.
    public var phase: Phase { self.state.withLock { $0 } }

    /// Says that everything is up; without effect once draining.
    public func becomeReady() {
        self.state.withLock { if $0 == .starting { $0 = .ready } }
    }

    /// Says that the program stops; for good.
    public func beginDraining() {
        self.state.withLock { $0 = .draining }
    }
}
