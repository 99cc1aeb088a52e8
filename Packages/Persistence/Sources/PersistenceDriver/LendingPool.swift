import Dispatch
package import Persistence
import Synchronization

/// A fixed number of connections, each with a thread of its own, lent to one borrower at a time.
///
/// A borrower's body goes straight to an idle thread, the one that worked last, or waits in line; it never runs on the
/// caller's thread, so neither a slow disk nor a long query holds up a cooperative pool or an event loop. A thread that
/// finds the next body waiting goes on without sleeping, so switches get rarer as load grows.
///
/// The driver starts the threads, and each of them calls ``serve(_:on:)`` with its connection.
package final class LendingPool<Connection>: Sendable {
    private struct Loan: Sendable {
        let lease: Lease
        let run: @Sendable (Connection, Interruption) -> Void
        let fail: @Sendable (any Error) -> Void
        var deadline: ContinuousClock.Instant?
    }

    /// What a borrower's task and the pool share: whether the task was cancelled.
    private final class Lease: Sendable {
        let isCancelled = Atomic<Bool>(false)
    }

    private struct Worker {
        let wake = DispatchSemaphore(value: 0)
        let interruption: Interruption
        /// What the thread works for.
        var loan: Loan?
        /// What the sleeping thread is to work for next.
        var handedOver: Loan?
    }

    private struct State {
        var workers: [Worker] = []
        var idle: [Int] = []
        var waiting = WaitQueue<Loan>()
        var isSweepArmed = false
        var isClosed = false
        var serving = 0
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private enum Admission {
        case started(DispatchSemaphore)
        case waiting(sweepIn: Duration?)
        case refused(any Error)
    }

    private let maximumWaiters: Int
    private let waitDeadline: Duration
    private let state = PoolLock(State())

    /// Creates a pool without connections.
    ///
    /// - Parameters:
    ///   - maximumWaiters: How many may wait before the next is refused, 0 or more.
    ///   - waitDeadline: How long each may wait.
    package init(maximumWaiters: Int, waitDeadline: Duration) {
        self.maximumWaiters = maximumWaiters
        self.waitDeadline = waitDeadline
    }

    /// How many borrowers wait for a connection now.
    package var waiterCount: Int {
        self.state.withLock { $0.waiting.count }
    }

    /// Announces a thread that is about to serve, and returns its number for ``serve(_:on:)``.
    package func addWorker(interruption: Interruption) -> Int {
        self.state.withLock { state in
            state.workers.append(Worker(interruption: interruption))
            state.serving += 1
            return state.workers.count - 1
        }
    }

    /// Lends the calling thread's connection to one borrower after the other, until the pool is closed.
    ///
    /// - Parameters:
    ///   - care: What is done for the connection while nobody borrows it; a borrower who comes meanwhile waits for its end.
    package func serve(_ connection: Connection, on worker: Int, care: ConnectionCare<Connection>? = nil) {
        while true {
            switch self.nextTurn(of: worker) {
            case .serve(let loan, let interruption):
                loan.run(connection, interruption)
            case .sleep(let wake):
                guard let care else {
                    wake.wait()
                    continue
                }
                guard wake.wait(timeout: .now() + care.moment.seconds) == .timedOut else { continue }
                care.whenQuiet(connection)
                while wake.wait(timeout: .now() + care.pause.seconds) == .timedOut { care.whenIdle(connection) }
            case .end:
                return
            }
        }
    }

    /// Says that a thread has closed its connection and ends; ``close()`` waits for all of them.
    package func workerEnded() {
        let closers = self.state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.serving -= 1
            guard state.serving == 0 else { return [] }
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }

    /// Runs a body on the thread of some connection, as ``Database`` promises.
    ///
    /// - Parameter body: Gets the connection and the wish to stop, which it has to look at during long work.
    package func lend<T: Sendable>(_ body: @escaping @Sendable (Connection, Interruption) throws -> T) async throws -> T {
        let lease = Lease()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
                self.submit(
                    Loan(
                        lease: lease,
                        run: { connection, interruption in
                            do {
                                continuation.resume(returning: try body(connection, interruption))
                            } catch {
                                // That a change may have happened matters more than why nobody waits for it.
                                let isUnknown = (error as? PersistenceError)?.code == .outcomeUnknown
                                let isCancelled = interruption.isRequested && !isUnknown
                                continuation.resume(throwing: isCancelled ? CancellationError() : error)
                            }
                        },
                        fail: { continuation.resume(throwing: $0) }
                    )
                )
            }
        } onCancel: {
            self.cancel(lease)
        }
    }

    /// Refuses whoever comes or waits, lets running bodies finish, and returns when all threads have ended.
    package func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isOver = self.state.withLock { state in
                if state.serving > 0 { state.closers.append(continuation) }
                return state.serving == 0
            }
            self.beginClosing()
            if isOver { continuation.resume() }
        }
    }

    /// Does the same without waiting.
    package func beginClosing() {
        let (refused, sleeping) = self.state.withLock { state -> ([Loan], [DispatchSemaphore]) in
            state.isClosed = true
            var refused: [Loan] = []
            while let loan = state.waiting.popFirst() { refused.append(loan) }
            for worker in state.workers { worker.interruption.announceClosing() }
            let sleeping = state.idle.map { state.workers[$0].wake }
            state.idle = []
            return (refused, sleeping)
        }
        for loan in refused { loan.fail(Self.closed) }
        for wake in sleeping { wake.signal() }
    }

    private func submit(_ loan: Loan) {
        let admission = self.state.withLock { state -> Admission in
            if loan.lease.isCancelled.load(ordering: .acquiring) { return .refused(CancellationError()) }
            if state.isClosed { return .refused(Self.closed) }
            if let worker = state.idle.popLast() {
                state.workers[worker].loan = loan
                state.workers[worker].handedOver = loan
                return .started(state.workers[worker].wake)
            }
            guard state.waiting.count < self.maximumWaiters else { return .refused(Self.overcrowded) }
            var waiter = loan
            waiter.deadline = .now + self.waitDeadline
            state.waiting.append(waiter)
            defer { state.isSweepArmed = true }
            return .waiting(sweepIn: state.isSweepArmed ? nil : self.waitDeadline)
        }
        switch admission {
        case .started(let wake): wake.signal()
        case .waiting(let delay): if let delay { self.armSweep(after: delay) }
        case .refused(let error): loan.fail(error)
        }
    }

    private enum Turn {
        case serve(Loan, Interruption)
        /// Nobody waits; the semaphore tells that a loan was handed over.
        case sleep(DispatchSemaphore)
        case end
    }

    private func nextTurn(of worker: Int) -> Turn {
        self.state.withLock { state in
            let interruption = state.workers[worker].interruption
            if let handedOver = state.workers[worker].handedOver.take() {
                state.workers[worker].loan = handedOver
                return .serve(handedOver, interruption)
            }
            interruption.clear()
            state.workers[worker].loan = nil
            if let loan = state.waiting.popFirst() {
                state.workers[worker].loan = loan
                return .serve(loan, interruption)
            }
            if state.isClosed { return .end }
            state.idle.append(worker)
            return .sleep(state.workers[worker].wake)
        }
    }

    private func cancel(_ lease: Lease) {
        lease.isCancelled.store(true, ordering: .releasing)
        let waiter = self.state.withLock { state -> Loan? in
            for worker in state.workers where worker.loan?.lease === lease {
                worker.interruption.request()
                return nil
            }
            return state.waiting.remove { $0.lease === lease }
        }
        waiter?.fail(CancellationError())
    }

    /// Sends home those whose time is over; one timer serves all, and only while somebody waits.
    private func sweep() {
        let (late, delay) = self.state.withLock { state -> ([Loan], Duration?) in
            let now = ContinuousClock.now
            var late: [Loan] = []
            while let first = state.waiting.first, let deadline = first.deadline {
                if deadline > now { return (late, now.duration(to: deadline)) }
                if let loan = state.waiting.popFirst() { late.append(loan) }
            }
            state.isSweepArmed = false
            return (late, nil)
        }
        for loan in late { loan.fail(Self.late) }
        if let delay { self.armSweep(after: delay) }
    }

    private func armSweep(after delay: Duration) {
        DispatchQueue.global().asyncAfter(deadline: .now() + delay.seconds) { [weak self] in self?.sweep() }
    }

    /// What everyone gets who comes too late.
    package static var closed: PersistenceError { PersistenceError(.closed, message: "the database is closed") }

    private static var overcrowded: PersistenceError {
        PersistenceError(.unavailable, message: "too many callers wait for the database")
    }

    private static var late: PersistenceError {
        PersistenceError(.timedOut, message: "no database connection was free in time")
    }
}

/// What a thread does for its connection between borrowers.
package struct ConnectionCare<Connection> {
    /// How soon after a borrower `whenQuiet` is called, unless another one comes before.
    let moment: Duration
    let whenQuiet: (Connection) -> Void
    /// How long the thread then sleeps before each call of `whenIdle`.
    let pause: Duration
    let whenIdle: (Connection) -> Void

    package init(
        moment: Duration, whenQuiet: @escaping (Connection) -> Void, pause: Duration, whenIdle: @escaping (Connection) -> Void
    ) {
        self.moment = moment
        self.whenQuiet = whenQuiet
        self.pause = pause
        self.whenIdle = whenIdle
    }
}

extension Duration {
    fileprivate var seconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
