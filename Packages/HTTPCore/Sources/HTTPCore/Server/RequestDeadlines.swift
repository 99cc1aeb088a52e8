import Hummingbird
import ServiceLifecycle
import Synchronization

/// Cancels requests that take too long.
///
/// One loop looks at all requests in flight a few times per deadline: a timer for each request would cost more than
/// many a handler. A request is therefore cancelled at its deadline or up to a quarter of a second later. The answer is
/// awaited even then, so a handler that ignores cancellation is late, but never runs on unseen.
final class RequestDeadlines: Service {
    private struct Entry {
        let deadline: RequestDeadline
        let task: Task<Response, any Error>
    }

    private struct State {
        var nextID: UInt64 = 0
        var entries: [UInt64: Entry] = [:]
    }

    let limit: Duration
    private let state = Mutex(State())

    init(limit: Duration) {
        self.limit = limit
    }

    /// The number of requests in flight.
    var count: Int { self.state.withLock { $0.entries.count } }

    /// Runs `body` in a task that is cancelled at the deadline, or when the caller is cancelled.
    func run(_ body: @escaping @Sendable (RequestDeadline) async throws -> Response) async throws -> Response {
        let deadline = RequestDeadline(limit: self.limit)
        let task = Task { try await body(deadline) }
        let id = self.state.withLock { state in
            state.nextID &+= 1
            state.entries[state.nextID] = Entry(deadline: deadline, task: task)
            return state.nextID
        }
        defer { self.state.withLock { _ = $0.entries.removeValue(forKey: id) } }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Cancels what is late at this instant.
    func cancelLate(at now: ContinuousClock.Instant) {
        let late = self.state.withLock { state in
            state.entries.values.filter { $0.deadline.instant <= now }.map(\.task)
        }
        for task in late { task.cancel() }
    }

    /// Watches until the server has ended; on graceful shutdown it is the last to go, so that draining is bounded too.
    func run() async throws {
        let pause = min(self.limit / 4, .milliseconds(250))
        // The sleep ends with an error when the group shuts down, which is how this loop is meant to end.
        try? await cancelWhenGracefulShutdown {
            while true {
                self.cancelLate(at: .now)
                try await Task.sleep(for: pause)
            }
        }
    }
}
