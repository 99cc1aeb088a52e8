import Synchronization

/// A clock that stands still until a test moves it.
///
/// Sleepers wake when the clock is moved to or past their deadline, in the order of their deadlines, those with one deadline
/// in the order in which they went to sleep. A sleeper whose task is cancelled wakes at once with `CancellationError`.
///
/// ```swift
/// let clock = ManualClock()
/// let task = Task { try await clock.sleep(for: .seconds(5)) }
/// await clock.waitForSleepers(1)
/// clock.advance(by: .seconds(5))
/// try await task.value
/// ```
public final class ManualClock: Clock, Sendable {
    /// A point on the clock, counted from the instant at which the clock was made.
    public struct Instant: InstantProtocol {
        /// Time since the clock was made.
        public let offset: Duration

        /// Creates the instant that lies `offset` after the clock was made.
        public init(offset: Duration) {
            self.offset = offset
        }

        /// The instant that lies `duration` later.
        public func advanced(by duration: Duration) -> Instant {
            Instant(offset: self.offset + duration)
        }

        /// The time from this instant to the other, negative if that is earlier.
        public func duration(to other: Instant) -> Duration {
            other.offset - self.offset
        }

        /// Orders by time.
        public static func < (left: Instant, right: Instant) -> Bool {
            left.offset < right.offset
        }
    }

    private let state = Mutex(State())

    /// Creates a clock that shows zero.
    public init() {}

    /// What the clock shows.
    public var now: Instant {
        self.state.withLock { $0.now }
    }

    /// One nanosecond.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// The number of tasks that sleep on this clock now.
    public var sleeperCount: Int {
        self.state.withLock { $0.sleepers.count }
    }

    /// Moves the clock and wakes everyone whose deadline has come.
    ///
    /// - Parameter duration: How far to move; a negative duration moves the clock back, as a test of a stepped clock needs.
    public func advance(by duration: Duration) {
        let due = self.state.withLock { $0.advance(by: duration) }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Sleeps until the clock is moved to the deadline; the tolerance means nothing here.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = self.state.withLock { $0.makeID() }
        defer { self.state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let action = self.state.withLock { state -> State.SleepAction in
                    state.beginSleep(Sleeper(id: id, deadline: deadline, continuation: continuation))
                }
                switch action {
                case .wake: continuation.resume()
                case .cancel: continuation.resume(throwing: CancellationError())
                case .sleep(let watchers): for watcher in watchers { watcher.resume() }
                }
            }
        } onCancel: {
            let sleeper = self.state.withLock { $0.cancelSleep(id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Waits until at least `count` tasks sleep on this clock, so that moving it reaches them.
    ///
    /// Returns early when the waiting task is cancelled.
    public func waitForSleepers(_ count: Int) async {
        let id = self.state.withLock { $0.makeID() }
        defer { self.state.withLock { _ = $0.cancelled.remove(id) } }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = self.state.withLock { $0.beginWatch(Watcher(id: id, count: count, continuation: continuation)) }
                if !isWaiting { continuation.resume() }
            }
        } onCancel: {
            let watcher = self.state.withLock { $0.cancelWatch(id) }
            watcher?.continuation.resume()
        }
    }
}

extension ManualClock {
    private struct Sleeper {
        let id: UInt64
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        let id: UInt64
        let count: Int
        let continuation: CheckedContinuation<Void, Never>

        func resume() { self.continuation.resume() }
    }

    private struct State {
        enum SleepAction {
            case wake
            case cancel
            case sleep(watchers: [Watcher])
        }

        var now = Instant(offset: .zero)
        /// In the order in which they went to sleep.
        var sleepers: [Sleeper] = []
        var watchers: [Watcher] = []
        /// Those who were cancelled before they had a continuation.
        var cancelled: Set<UInt64> = []
        private var lastID: UInt64 = 0

        mutating func makeID() -> UInt64 {
            self.lastID += 1
            return self.lastID
        }

        mutating func advance(by duration: Duration) -> [Sleeper] {
            self.now = self.now.advanced(by: duration)
            let now = self.now
            let due = self.sleepers.filter { $0.deadline <= now }
            self.sleepers.removeAll { $0.deadline <= now }
            return due.sorted { ($0.deadline, $0.id) < ($1.deadline, $1.id) }
        }

        mutating func beginSleep(_ sleeper: Sleeper) -> SleepAction {
            if self.cancelled.contains(sleeper.id) { return .cancel }
            if sleeper.deadline <= self.now { return .wake }
            self.sleepers.append(sleeper)
            let count = self.sleepers.count
            let served = self.watchers.filter { $0.count <= count }
            self.watchers.removeAll { $0.count <= count }
            return .sleep(watchers: served)
        }

        mutating func cancelSleep(_ id: UInt64) -> Sleeper? {
            guard let index = self.sleepers.firstIndex(where: { $0.id == id }) else {
                self.cancelled.insert(id)
                return nil
            }
            return self.sleepers.remove(at: index)
        }

        mutating func beginWatch(_ watcher: Watcher) -> Bool {
            if self.cancelled.contains(watcher.id) || self.sleepers.count >= watcher.count { return false }
            self.watchers.append(watcher)
            return true
        }

        mutating func cancelWatch(_ id: UInt64) -> Watcher? {
            guard let index = self.watchers.firstIndex(where: { $0.id == id }) else {
                self.cancelled.insert(id)
                return nil
            }
            return self.watchers.remove(at: index)
        }
    }
}
