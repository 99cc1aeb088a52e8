import Dispatch
import Persistence
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
        var loan: Loan?
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
    private let state = Mutex(State())

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
    ///   - afterLoan: Called after each borrower has its answer, before the next one comes.
    ///   - pause: How long the thread waits for a borrower before it calls `whenIdle`, again and again; `nil` for ever.
    ///   - whenIdle: Looks after the connection; a borrower who comes meanwhile waits for its end.
    package func serve(
        _ connection: Connection, on worker: Int, afterLoan: (Connection) -> Void = { _ in }, pause: Duration? = nil,
        whenIdle: (Connection) -> Void = { _ in }
    ) {
        while let (loan, interruption) = self.nextLoan(for: worker, pause: pause, whenIdle: { whenIdle(connection) }) {
            loan.run(connection, interruption)
            afterLoan(connection)
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

    private func nextLoan(for worker: Int, pause: Duration?, whenIdle: () -> Void) -> (Loan, Interruption)? {
        let (interruption, wake, loan, isClosed) = self.state.withLock { state in
            let interruption = state.workers[worker].interruption
            interruption.clear()
            let loan = state.waiting.popFirst()
            state.workers[worker].loan = loan
            if loan == nil, !state.isClosed { state.idle.append(worker) }
            return (interruption, state.workers[worker].wake, loan, state.isClosed)
        }
        if let loan { return (loan, interruption) }
        if isClosed { return nil }
        if let pause {
            while wake.wait(timeout: .now() + pause.seconds) == .timedOut { whenIdle() }
        } else {
            wake.wait()
        }
        return self.state.withLock { state in state.workers[worker].loan.map { ($0, interruption) } }
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

    private static var closed: PersistenceError { PersistenceError(.closed, message: "the database is closed") }

    private static var overcrowded: PersistenceError {
        PersistenceError(.unavailable, message: "too many callers wait for the database")
    }

    private static var late: PersistenceError {
        PersistenceError(.timedOut, message: "no database connection was free in time")
    }
}

extension Duration {
    fileprivate var seconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
