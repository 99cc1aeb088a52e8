import Synchronization

/// Hands one result to a waiting task, whichever comes first: the reply, an error or cancellation.
final class ReplyBox: Sendable {
    typealias Outcome = Result<RedisValue, RedisError>

    private enum State {
        case empty
        case waiting(CheckedContinuation<Outcome, Never>)
        case done(Outcome)
    }

    private let state = Mutex(State.empty)

    /// Whether the result is known, so that nothing needs to be sent any more.
    var isComplete: Bool {
        self.state.withLock { state in
            if case .done = state { true } else { false }
        }
    }

    /// Sets the result; without effect after the first time.
    func complete(_ outcome: Outcome) {
        let waiter: CheckedContinuation<Outcome, Never>? = self.state.withLock { state in
            switch state {
            case .empty:
                state = .done(outcome)
                return nil
            case .waiting(let continuation):
                state = .done(outcome)
                return continuation
            case .done:
                return nil
            }
        }
        waiter?.resume(returning: outcome)
    }

    /// Waits for the result, once.
    ///
    /// - Throws: ``RedisError``, with code `cancelled` when the task is cancelled first.
    func wait() async throws(RedisError) -> RedisValue {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Outcome? = self.state.withLock { state in
                    if case .done(let outcome) = state { return outcome }
                    state = .waiting(continuation)
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            self.complete(.failure(RedisError(.cancelled, message: "the task that waited for a reply of Redis was cancelled")))
        }
        return try outcome.get()
    }
}
