package import Persistence

/// A point between two steps of which the second may never come.
package enum DispatchStep: String, Sendable, CaseIterable {
    /// The attempt belongs to this server, and nothing was sent.
    case claimed
    /// The attempt has its outcome, and nobody else knows.
    case sent
    /// The outcome is in the database.
    case recorded
}

/// What tests put in the place of the system.
package struct DispatcherSeams: Sendable {
    /// The time, by which attempts are due.
    package var now: @Sendable () -> Timestamp = { Timestamp.now() }
    /// Waits; throws when its task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// A number from 0 to 1 that spreads repetitions.
    package var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }
    /// Hears of each step of each attempt, and may end the process.
    package var reached: @Sendable (DispatchStep) async -> Void = { _ in }

    /// The system as it is.
    package init() {}
}
