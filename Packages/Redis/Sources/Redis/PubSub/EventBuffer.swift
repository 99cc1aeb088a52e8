import NIOCore
import Synchronization

/// Events on their way to one reader; when there are too many, the oldest go, and the reader is told.
final class EventBuffer: Sendable {
    typealias Event = RedisSubscription.Event

    private struct State {
        var events = CircularBuffer<Event>()
        var hasGap = false
        var isFinished = false
        var reader: CheckedContinuation<Event?, Never>?
    }

    let channels: [String]
    private let limit: Int
    private let state = Mutex(State())

    init(channels: [String], limit: Int) {
        self.channels = channels
        self.limit = limit
    }

    /// Adds an event, or hands it over to who waits for it.
    func add(_ event: Event) {
        let reader: CheckedContinuation<Event?, Never>? = self.state.withLock { state in
            if state.isFinished { return nil }
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            if state.events.count >= self.limit {
                _ = state.events.popFirst()
                state.hasGap = true
            }
            state.events.append(event)
            return nil
        }
        reader?.resume(returning: event)
    }

    /// Lets the reader come to an end after what it has not read yet.
    ///
    /// - Returns: Whether this was the first call.
    @discardableResult
    func finish() -> Bool {
        let (isFirst, reader) = self.state.withLock { state in
            defer {
                state.isFinished = true
                state.reader = nil
            }
            return (!state.isFinished, state.reader)
        }
        reader?.resume(returning: nil)
        return isFirst
    }

    /// The next event; nil at the end and when the task is cancelled.
    func next() async -> Event? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (known, event): (Bool, Event?) = self.state.withLock { state in
                    if Task.isCancelled { return (true, nil) }
                    if state.hasGap {
                        state.hasGap = false
                        return (true, .dropped)
                    }
                    if let event = state.events.popFirst() { return (true, event) }
                    // A second reader at the same time is told the end rather than left waiting.
                    if state.isFinished || state.reader != nil { return (true, nil) }
                    state.reader = continuation
                    return (false, nil)
                }
                if known { continuation.resume(returning: event) }
            }
        } onCancel: {
            let reader = self.state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
    }
}
