import Persistence
import PersistenceDriver
import Synchronization

/// What a session needs besides its connection: how long to wait, and how to learn that it shall stop.
struct SessionSurroundings: Sendable {
    let configuration: PostgresConfiguration
    let interruption: Interruption
    let wake: WakeSignal
    let canceller: Canceller

    /// How long a statement may stay unanswered: somewhat longer than the server itself allows it to run, because a server
    /// that hangs keeps no deadline.
    var answerLimit: Duration? { self.configuration.statementTimeout.map { $0 + .seconds(1) } }

    /// How long the server may take to stop a statement for a borrower who has waited long enough already.
    static let stopLimit = Duration.milliseconds(500)

    /// How long the server may take to end a transaction that is undone or was for reading.
    static let endLimit = Duration.seconds(1)
}

/// The wish, sent to the server, that the running statement should stop.
final class StopRequest: Sendable {
    private let isPassedOn = Atomic<Bool>(false)

    /// Whether the server has passed the wish on to the session, after which it strikes nothing later.
    var isOver: Bool { self.isPassedOn.load(ordering: .acquiring) }

    func markOver() { self.isPassedOn.store(true, ordering: .releasing) }
}
