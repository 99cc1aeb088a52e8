#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Persistence

/// Queues traces for a check of their age, in the transaction that stores them, and wakes the worker of this process.
///
/// Nothing is lost without it either: what nobody queued is found by the worker, within ``FreshnessConfiguration/pollPause``
/// where it is new, or within a second after ``wake()``, so that storing a trace need not cost a further statement. Queued, a trace
/// is checked at once.
public final class FreshnessQueue: Sendable {
    let bell = Bell()
    private let now: @Sendable () -> Timestamp

    /// Creates a queue.
    public convenience init() {
        self.init { Timestamp.now() }
    }

    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// Makes a trace due now: a new one, or one whose texts or metadata changed.
    ///
    /// Takes effect with the transaction. Call ``wake()`` after it.
    ///
    /// - Parameters:
    ///   - traceID: The id, a UUID in any spelling.
    ///   - connection: The transaction that stores or changes the trace.
    /// - Throws: ``FreshnessError`` for an id that is no UUID; `PersistenceError`.
    public func enqueue(_ traceID: String, in connection: any DatabaseConnection) throws {
        guard let id = UUID(sqlText: traceID) else { throw FreshnessError("the id of a trace must be a UUID") }
        let now = self.now()
        try connection.execute(
            """
            INSERT INTO trace_freshness (trace_id, created_at, due_at, attempts) VALUES (\(id), \(now), \(now), 0)
            ON CONFLICT (trace_id) DO UPDATE SET due_at = excluded.due_at, attempts = 0
            """)
    }

    /// Tells the worker of this process that something was stored or queued; cheap, and never wrong.
    ///
    /// Best after the commit. Called before it, the worker finds nothing, and looks again a quarter of a second later.
    public func wake() {
        self.bell.ring()
    }
}
