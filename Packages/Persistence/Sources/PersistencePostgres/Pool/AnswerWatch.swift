import Foundation
import Persistence
import PersistenceDriver
import Synchronization

/// Awaits the answers to queries on all connections of a pool, with one thread.
///
/// Most queries are answered within a millisecond, and one thread that hears of all answers costs far fewer switches than
/// a waiting thread per query. What takes longer, is cancelled or fails goes to the thread of its connection, which can wait,
/// tell the server to stop, and connect anew.
final class AnswerWatch: Sendable {
    private let queue: ReadinessQueue
    private let wake: WakeSignal
    /// Whether the thread waits for any time, since nothing was asked for a while.
    private let isDozing = Atomic<Bool>(false)
    private let slotCount: Atomic<Int>

    private static let patience = Duration.milliseconds(25)
    /// Milliseconds from one look at what takes long to the next.
    private static let roundInterval: Int32 = 10
    /// How long after the last query the thread goes on making rounds.
    private static let wakefulness = Duration.seconds(1)
    private static let wakeToken = Int(Int32.max)

    /// - Parameter slotCount: How many slots will say that they have ended.
    init(slotCount: Int) throws(PersistenceError) {
        self.queue = try ReadinessQueue()
        self.wake = try WakeSignal()
        self.slotCount = Atomic(slotCount)
        guard self.queue.add(self.wake.descriptor, token: Self.wakeToken, once: false) else {
            throw PersistenceError(.unavailable, message: "there is no memory to wait for database connections")
        }
    }

    /// Starts the thread, which watches the slots until all of them have ended.
    func start(_ slots: [PostgresSlot], of pool: LendingPool<PostgresSlot>) {
        let thread = Thread { self.run(slots, pool) }
        thread.name = "postgres-answers"
        thread.start()
    }

    /// Watches for the answer to a query that was just sent from a slot, which is the watch's own from here on.
    func take(_ slot: PostgresSlot, socket: Int32) {
        slot.isWatched.store(true, ordering: .sequentiallyConsistent)
        // From here on the slot may have been passed on, and its socket be another one's; whoever is not told for that reason
        // is passed on when the watch's patience ends, as where there is no memory.
        self.queue.add(socket, token: slot.number)
        if self.isDozing.load(ordering: .sequentiallyConsistent) { self.wake.send() }
    }

    /// Notes that a slot will send no more.
    func slotEnded() {
        if self.slotCount.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { self.wake.send() }
    }

    private func run(_ slots: [PostgresSlot], _ pool: LendingPool<PostgresSlot>) {
        var lastWork = ContinuousClock.now
        var nextRound = lastWork
        var hasWorked = false
        while self.slotCount.load(ordering: .acquiring) > 0 {
            let dozes = nextRound > lastWork + Self.wakefulness && self.fallsAsleep(slots)
            self.queue.wait(milliseconds: dozes ? nil : Self.roundInterval) { token in
                hasWorked = true
                if token == Self.wakeToken {
                    self.wake.clear()
                } else if slots.indices.contains(token) {
                    self.answerArrived(at: slots[token], pool)
                }
            }
            if dozes { self.isDozing.store(false, ordering: .sequentiallyConsistent) }
            let now = ContinuousClock.now
            guard now >= nextRound else { continue }
            nextRound = now + .milliseconds(Int64(Self.roundInterval))
            if self.passOnOverdue(slots, pool, now: now) || hasWorked { lastWork = now }
            hasWorked = false
        }
    }

    /// Whether the thread may wait for any time: nothing is watched, and whoever asks next wakes it.
    private func fallsAsleep(_ slots: [PostgresSlot]) -> Bool {
        self.isDozing.store(true, ordering: .sequentiallyConsistent)
        guard slots.contains(where: { $0.isWatched.load(ordering: .sequentiallyConsistent) }) else { return true }
        self.isDozing.store(false, ordering: .sequentiallyConsistent)
        return false
    }

    private func answerArrived(at slot: PostgresSlot, _ pool: LendingPool<PostgresSlot>) {
        // What is told late may concern a query that went to its thread.
        guard slot.isWatched.load(ordering: .acquiring) else { return }
        switch slot.readAnswer() {
        case .incomplete(let socket):
            self.queue.add(socket, token: slot.number)
        case .complete(let reply):
            slot.isWatched.store(false, ordering: .relaxed)
            pool.release(slot.number)
            reply()
        case .needsThread:
            slot.isWatched.store(false, ordering: .relaxed)
            pool.passOn(slot.number)
        }
    }

    /// Passes on what has taken long enough, and says whether anything is watched.
    private func passOnOverdue(_ slots: [PostgresSlot], _ pool: LendingPool<PostgresSlot>, now: ContinuousClock.Instant) -> Bool {
        var isAnyWatched = false
        for slot in slots where slot.isWatched.load(ordering: .acquiring) {
            isAnyWatched = true
            if slot.isOverdue(at: now, patience: Self.patience) {
                slot.isWatched.store(false, ordering: .relaxed)
                pool.passOn(slot.number)
            }
        }
        return isAnyWatched
    }
}
