package import Persistence

/// A point between two steps of a check of which the second may never come.
package enum CheckStep: String, Sendable, CaseIterable {
    /// The check belongs to this server, and nobody was asked.
    case taken
    /// The index was asked, and nobody else knows.
    case judged
    /// The outcome is in the database, or there is none.
    case ended
}

/// What tests put in the place of the system.
package struct WorkerSeams: Sendable {
    /// The time, by which checks are due.
    package var now: @Sendable () -> Timestamp = { Timestamp.now() }
    /// Waits; throws when its task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// A number from 0 to 1 that spreads checks.
    package var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }
    /// Hears of each step of each check, and may end the process.
    package var reached: @Sendable (CheckStep) async -> Void = { _ in }

    /// The system as it is.
    package init() {}
}
