import Synchronization

/// Hands one outcome to one waiting task, whichever comes first: a value, an error or cancellation.
final class OutcomeBox<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, OutboundError>

    private enum State {
        case empty
        case waiting(CheckedContinuation<Outcome, Never>)
        case done(Outcome)
    }

    private let state = Mutex(State.empty)

    /// Sets the outcome.
    ///
    /// - Returns: Whether this was the first time; later ones have no effect.
    @discardableResult
    func complete(_ outcome: Outcome) -> Bool {
        let (isFirst, waiter): (Bool, CheckedContinuation<Outcome, Never>?) = self.state.withLock { state in
            switch state {
            case .empty:
                state = .done(outcome)
                return (true, nil)
            case .waiting(let continuation):
                state = .done(outcome)
                return (true, continuation)
            case .done:
                return (false, nil)
            }
        }
        waiter?.resume(returning: outcome)
        return isFirst
    }

    /// Waits for the outcome, once.
    ///
    /// - Parameter onCancel: Runs when the task is cancelled before there is an outcome.
    /// - Throws: ``OutboundError``, with code `cancelled` when the task is cancelled first.
    func wait(onCancel: @Sendable () -> Void = {}) async throws(OutboundError) -> Value {
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
            if self.complete(.failure(.cancelled)) { onCancel() }
        }
        return try outcome.get()
    }
}

extension OutboundError {
    static let cancelled = OutboundError(.cancelled, message: "the task of the request was cancelled")
}
