import NIOCore
import Synchronization

/// Lets a bounded number of requests run at once, in all and to one origin; the others wait in line, and the line is bounded too.
final class RequestGate: Sendable {
    private struct Waiter {
        let origin: String
        let box: OutcomeBox<Void>
    }

    private struct State {
        var runningCount = 0
        var runningCounts: [String: Int] = [:]
        var line: [Waiter] = []
        var isClosed = false
    }

    private let limit: Int
    private let originLimit: Int
    private let lineLimit: Int
    private let state = Mutex(State())

    init(limit: Int, originLimit: Int, lineLimit: Int) {
        self.limit = limit
        self.originLimit = originLimit
        self.lineLimit = lineLimit
    }

    /// Waits for a place; who got one gives it back with ``leave(_:)``.
    ///
    /// - Parameters:
    ///   - origin: Scheme, host and port.
    ///   - deadline: When to give up.
    ///   - eventLoop: Whose timer is used.
    /// - Throws: ``OutboundError``: `overloaded` when the line is full, `timedOut`, `cancelled`, `closed`.
    func enter(_ origin: String, until deadline: NIODeadline, on eventLoop: any EventLoop) async throws(OutboundError) {
        let box = OutcomeBox<Void>()
        let refusal: OutboundError? = self.state.withLock { state in
            if state.isClosed { return .closed }
            if self.hasRoom(for: origin, state) {
                self.take(origin, &state)
                box.complete(.success(()))
            } else if state.line.count < self.lineLimit {
                state.line.append(Waiter(origin: origin, box: box))
            } else {
                return OutboundError(.overloaded, message: "too many outgoing requests are waiting")
            }
            return nil
        }
        if let refusal { throw refusal }
        let timer = eventLoop.scheduleTask(deadline: deadline) {
            box.complete(.failure(.late("no other request ended in time")))
        }
        defer { timer.cancel() }
        do throws(OutboundError) {
            try await box.wait()
        } catch {
            self.state.withLock { state in state.line.removeAll { $0.box === box } }
            throw error
        }
    }

    /// Gives a place back; the first in line who may use it gets it.
    func leave(_ origin: String) {
        self.state.withLock { state in
            state.runningCount -= 1
            let count = state.runningCounts[origin, default: 1] - 1
            state.runningCounts[origin] = count > 0 ? count : nil
            var index = 0
            while index < state.line.count, state.runningCount < self.limit {
                let waiter = state.line[index]
                guard self.hasRoom(for: waiter.origin, state) else {
                    index += 1
                    continue
                }
                state.line.remove(at: index)
                // Who has given up meanwhile takes no place.
                if waiter.box.complete(.success(())) { self.take(waiter.origin, &state) }
            }
        }
    }

    /// Lets nobody in any more; who waits in line fails with `closed`.
    func close() {
        let line = self.state.withLock { state in
            state.isClosed = true
            defer { state.line = [] }
            return state.line
        }
        for waiter in line { waiter.box.complete(.failure(.closed)) }
    }

    private func hasRoom(for origin: String, _ state: borrowing State) -> Bool {
        state.runningCount < self.limit && state.runningCounts[origin, default: 0] < self.originLimit
    }

    private func take(_ origin: String, _ state: inout State) {
        state.runningCount += 1
        state.runningCounts[origin, default: 0] += 1
    }
}

extension OutboundError {
    static let closed = OutboundError(.closed, message: "the client for outgoing requests has been closed")

    static func late(_ reason: String) -> OutboundError {
        OutboundError(.timedOut, message: "the outgoing request took too long: \(reason)")
    }
}
