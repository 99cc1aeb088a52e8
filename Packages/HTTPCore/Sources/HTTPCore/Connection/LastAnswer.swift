import Synchronization

/// Whether the last answer of a connection was given, so that requests which arrived behind it are not carried out: their
/// answers could not be sent, and the client will send them again.
final class LastAnswer: Sendable {
    /// The one of the connection that the current task serves.
    @TaskLocal static var current: LastAnswer?

    private let given = Atomic(false)

    var isGiven: Bool { self.given.load(ordering: .relaxed) }

    func give() {
        self.given.store(true, ordering: .relaxed)
    }
}
