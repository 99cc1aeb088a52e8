import Dispatch
package import Persistence
import Synchronization

/// A fixed number of connections, each with a thread of its own, lent to one borrower at a time.
///
/// A borrower's body goes straight to an idle thread, the one that worked last, or waits in line; it never runs on the
/// caller's thread, so neither a slow disk nor a long query holds up a cooperative pool or an event loop. A thread that
/// finds the next body waiting goes on without sleeping, so switches get rarer as load grows.
///
/// Something that a connection only has to be asked, and whose answer somebody else awaits for many connections, needs no
/// thread: it is begun on the borrower's own (``lend(beginning:otherwise:)``), and the connection's thread is called upon if
/// it cannot be begun so, or does not end as it should.
///
/// The driver starts the threads, and each of them calls ``serve(_:on:care:)`` with its connection.
package final class LendingPool<Connection>: Sendable {
    private struct Loan: Sendable {
        let lease: Lease
        /// Begins it without the connection's thread, and says whether that could be.
        var begin: (@Sendable (Connection) -> Bool)?
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
        /// There from when the thread serves.
        var connection: Connection?
        /// What the connection is lent for.
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

        /// Ends the loan of a connection and gives it to whoever has waited longest.
        mutating func nextLoan(of worker: Int) -> Loan? {
            self.workers[worker].interruption.clear()
            self.workers[worker].loan = self.waiting.popFirst()
            return self.workers[worker].loan
        }
    }

    private enum Admission {
        case started(DispatchSemaphore)
        case begins(worker: Int, Connection)
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
        let wake = self.state.withLock { state in
            state.workers[worker].connection = connection
            return state.workers[worker].wake
        }
        while true {
            switch self.nextTurn(of: worker) {
            case .serve(let loan, let interruption):
                loan.run(connection, interruption)
            case .begin(let loan, let interruption):
                if loan.begin?(connection) == true {
                    self.sleep(connection, on: worker, until: wake, care: care)
                } else {
                    loan.run(connection, interruption)
                }
            case .sleep:
                self.sleep(connection, on: worker, until: wake, care: care)
            case .end:
                return
            }
        }
    }

    /// Sleeps until the thread is needed, and cares for the connection while nobody has it.
    private func sleep(
        _ connection: Connection, on worker: Int, until wake: DispatchSemaphore, care: ConnectionCare<Connection>?
    ) {
        guard let care else { return wake.wait() }
        guard wake.wait(timeout: .now() + care.moment.seconds) == .timedOut else { return }
        self.withIdleConnection(of: worker) { care.whenQuiet(connection) }
        while wake.wait(timeout: .now() + care.pause.seconds) == .timedOut {
            self.withIdleConnection(of: worker) { care.whenIdle(connection) }
        }
    }

    /// Keeps an idle connection from borrowers for the duration of a body, which does not run if somebody has it.
    private func withIdleConnection(of worker: Int, _ body: () -> Void) {
        let place = self.state.withLock { state -> Int? in
            guard let place = state.idle.lastIndex(of: worker) else { return nil }
            state.idle.remove(at: place)
            return place
        }
        guard let place else { return }
        body()
        self.release(worker, to: place)
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
        try await self.lend(nil, body)
    }

    private func lend<T: Sendable>(
        _ begin: (@Sendable (Connection, @escaping @Sendable (T) -> Void) -> Bool)?,
        _ body: @escaping @Sendable (Connection, Interruption) throws -> T
    ) async throws -> T {
        let lease = Lease()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
                var start: (@Sendable (Connection) -> Bool)?
                if let begin { start = { connection in begin(connection) { continuation.resume(returning: $0) } } }
                let run: @Sendable (Connection, Interruption) -> Void = { connection, interruption in
                    do {
                        continuation.resume(returning: try body(connection, interruption))
                    } catch {
                        // That a change may have happened matters more than why nobody waits for it.
                        let isUnknown = (error as? PersistenceError)?.code == .outcomeUnknown
                        let isCancelled = interruption.isRequested && !isUnknown
                        continuation.resume(throwing: isCancelled ? CancellationError() : error)
                    }
                }
                self.submit(Loan(lease: lease, begin: start, run: run, fail: { continuation.resume(throwing: $0) }))
            }
        } onCancel: {
            self.cancel(lease)
        }
    }

    /// Borrows a connection for something that need not wait for its thread.
    ///
    /// - Parameters:
    ///   - begin: Begins it, on any thread and without waiting, and returns `true`; whoever then sees its end calls
    ///     ``release(_:)`` and the given function with the outcome, or ``passOn(_:)`` if the connection's thread shall do the
    ///     rest. Returns `false` if that thread has to do it all.
    ///   - body: What the connection's thread does then.
    package func lend<T: Sendable>(
        beginning begin: @escaping @Sendable (Connection, @escaping @Sendable (T) -> Void) -> Bool,
        otherwise body: @escaping @Sendable (Connection, Interruption) throws -> T
    ) async throws -> T {
        try await self.lend(begin, body)
    }

    /// Takes a connection back from a borrower who did without its thread, and lends it to the next one.
    package func release(_ worker: Int) {
        self.release(worker, to: nil)
    }

    /// Lets the connection's thread go on with what was begun without it.
    package func passOn(_ worker: Int) {
        let wake = self.state.withLock { state in
            state.workers[worker].handedOver = state.workers[worker].loan
            return state.workers[worker].wake
        }
        wake.signal()
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
                if loan.begin != nil, let connection = state.workers[worker].connection {
                    return .begins(worker: worker, connection)
                }
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
        case .begins(let worker, let connection): if loan.begin?(connection) != true { self.passOn(worker) }
        case .waiting(let delay): if let delay { self.armSweep(after: delay) }
        case .refused(let error): loan.fail(error)
        }
    }

    private enum Turn {
        case serve(Loan, Interruption)
        case begin(Loan, Interruption)
        /// Nobody waits; the thread is woken when something was handed over.
        case sleep
        case end
    }

    /// What the thread of a connection that nobody has, or that somebody has left to it, does next.
    private func nextTurn(of worker: Int) -> Turn {
        self.state.withLock { state in
            let interruption = state.workers[worker].interruption
            if let handedOver = state.workers[worker].handedOver.take() { return .serve(handedOver, interruption) }
            if let loan = state.nextLoan(of: worker) {
                return loan.begin == nil ? .serve(loan, interruption) : .begin(loan, interruption)
            }
            if state.isClosed { return .end }
            state.idle.append(worker)
            return .sleep
        }
    }

    private enum Return {
        case wakes(DispatchSemaphore)
        case begins(Loan, Connection)
        case rests
    }

    /// - Parameter place: Where among the idle ones the connection goes if nobody waits; `nil` for the one to be lent first.
    private func release(_ worker: Int, to place: Int?) {
        let next = self.state.withLock { state -> Return in
            guard let loan = state.nextLoan(of: worker) else {
                // Where all is over, the thread finds nothing to do and ends.
                if state.isClosed { return .wakes(state.workers[worker].wake) }
                state.idle.insert(worker, at: min(place ?? .max, state.idle.count))
                return .rests
            }
            if loan.begin != nil, let connection = state.workers[worker].connection { return .begins(loan, connection) }
            state.workers[worker].handedOver = loan
            return .wakes(state.workers[worker].wake)
        }
        switch next {
        case .rests: break
        case .wakes(let wake): wake.signal()
        case .begins(let loan, let connection): if loan.begin?(connection) != true { self.passOn(worker) }
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
