import Dispatch
import Synchronization
import TestKit
import Testing

@Suite("Manual clock")
struct ManualClockTests {
    let clock = ManualClock()

    @Test("stands still until it is moved, forwards or backwards")
    func standsStill() {
        let start = self.clock.now
        #expect(start == self.clock.now)
        self.clock.advance(by: .seconds(3))
        #expect(start.duration(to: self.clock.now) == .seconds(3))
        self.clock.advance(by: .seconds(-5))
        #expect(start.duration(to: self.clock.now) == .seconds(-2))
    }

    @Test("lets nobody sleep whose deadline has come")
    func doesNotSleepIntoThePast() async throws {
        try await self.clock.sleep(until: self.clock.now)
        try await self.clock.sleep(for: .seconds(-1))
        #expect(self.clock.sleeperCount == 0)
    }

    @Test("wakes those whose deadline has come, and no others")
    func wakesOnlyTheDue() async throws {
        let early = Task { [clock] in try await clock.sleep(for: .seconds(1)) }
        let late = Task { [clock] in try await clock.sleep(for: .seconds(2)) }
        await self.clock.waitForSleepers(2)
        self.clock.advance(by: .milliseconds(999))
        #expect(self.clock.sleeperCount == 2)
        self.clock.advance(by: .milliseconds(1))
        try await early.value
        #expect(self.clock.sleeperCount == 1)
        self.clock.advance(by: .seconds(1))
        try await late.value
        #expect(self.clock.sleeperCount == 0)
    }

    @Test("wakes in the order of deadlines, then in the order of falling asleep")
    func wakesInOrder() async throws {
        let woken = Record()
        let executor = OrderedExecutor()
        var tasks: [Task<Void, any Error>] = []
        for (index, seconds) in [5, 1, 3, 1, 5, 2].enumerated() {
            tasks.append(
                Task(executorPreference: executor) { [clock] in
                    try await clock.sleep(for: .seconds(seconds))
                    woken.append(index)
                })
            await self.clock.waitForSleepers(index + 1)
        }
        // The last one may still be on its way to sleep, and would then go on before the others; this runs after it.
        await Task(executorPreference: executor) {}.value
        self.clock.advance(by: .seconds(10))
        for task in tasks { try await task.value }
        #expect(woken.numbers == [1, 3, 5, 2, 0, 4])
    }

    @Test("wakes a cancelled sleeper at once")
    func wakesCancelled() async {
        let task = Task { [clock] in try await clock.sleep(for: .seconds(1)) }
        await self.clock.waitForSleepers(1)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(self.clock.sleeperCount == 0)
    }

    @Test("does not put to sleep who was cancelled before")
    func refusesCancelled() async {
        let task = Task { [clock] in
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(self.clock.sleeperCount == 0)
    }

    @Test("ends every sleep once when cancelling and waking race")
    func survivesRaces() async {
        for _ in 0..<TestRun.count(200, long: 20_000) {
            let sleeper = Task { [clock] in try await clock.sleep(for: .seconds(1)) }
            let mover = Task { [clock] in clock.advance(by: .seconds(1)) }
            let canceller = Task { sleeper.cancel() }
            // A sleeper that began after the clock was moved is ended by its cancellation, so nobody waits for ever.
            _ = await (mover.value, canceller.value)
            _ = await sleeper.result
        }
        #expect(self.clock.sleeperCount == 0)
    }

    @Test("tells when enough sleep, also if they already do")
    func tellsWhenEnoughSleep() async throws {
        await self.clock.waitForSleepers(0)
        let tasks = (0..<3).map { _ in Task { [clock] in try await clock.sleep(for: .seconds(1)) } }
        await self.clock.waitForSleepers(3)
        await self.clock.waitForSleepers(2)
        #expect(self.clock.sleeperCount == 3)
        self.clock.advance(by: .seconds(1))
        for task in tasks { try await task.value }
    }

    @Test("lets a cancelled watcher go")
    func releasesCancelledWatcher() async {
        let watcher = Task { [clock] in await clock.waitForSleepers(1) }
        watcher.cancel()
        await watcher.value
    }
}

private final class Record: Sendable {
    private let state = Mutex<[Int]>([])

    var numbers: [Int] { self.state.withLock { $0 } }

    func append(_ number: Int) { self.state.withLock { $0.append(number) } }
}

/// Runs what becomes ready one by one and in that order, so that the order of waking shows.
private final class OrderedExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "OrderedExecutor")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
