import NIOCore
import Synchronization

/// The connections of a listener: bounds how many there are, and ends them all when the listener does.
final class ConnectionRegister: Sendable {
    private struct State {
        var channels: [Int64: any Channel] = [:]
        var lastID: Int64 = 0
        var isEnding = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let maximum: Int
    private let state = Mutex(State())

    init(maximum: Int) {
        self.maximum = maximum
    }

    /// How many connections there are.
    var count: Int { self.state.withLock { $0.channels.count } }

    /// Enters a connection and gives its number; `nil` when there are too many, or the listener ends.
    func enter(_ channel: any Channel) -> Int64? {
        self.state.withLock { state in
            guard !state.isEnding, state.channels.count < self.maximum else { return nil }
            state.lastID += 1
            state.channels[state.lastID] = channel
            return state.lastID
        }
    }

    /// Takes a connection out that has closed.
    func leave(_ id: Int64) {
        let waiter = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.channels[id] = nil
            guard state.channels.isEmpty else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Tells every connection to end, closes what is left after `deadline`, and returns when none is left.
    func end(within deadline: TimeAmount) async {
        let channels = self.state.withLock { state in
            state.isEnding = true
            return Array(state.channels.values)
        }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            channel.eventLoop.scheduleTask(in: deadline) { channel.close(promise: nil) }
        }
        await withCheckedContinuation { continuation in
            let isEmpty = self.state.withLock { state in
                guard !state.channels.isEmpty else { return true }
                state.waiter = continuation
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }
}
