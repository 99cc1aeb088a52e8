import Dispatch
package import Persistence
import Synchronization

/// Who has which connection of a pool, who waits, and which thread has to do what; see ``LendingPool``.
package final class LoanDesk: Sendable {
    /// What a borrower wants of a connection.
    package final class Loan: Sendable {
        let lease: Lease
        /// Begins it without the connection's thread, and says whether that could be.
        let begin: (@Sendable (AnyObject) -> Bool)?
        let run: @Sendable (AnyObject, Interruption) -> Void
        let fail: @Sendable (any Error) -> Void

        package init(
            lease: Lease, begin: (@Sendable (AnyObject) -> Bool)?, run: @escaping @Sendable (AnyObject, Interruption) -> Void,
            fail: @escaping @Sendable (any Error) -> Void
        ) {
            self.lease = lease
            self.begin = begin
            self.run = run
            self.fail = fail
        }
    }

    /// What a borrower's task and the desk share: whether the task was cancelled.
    package final class Lease: Sendable {
        let isCancelled = Atomic<Bool>(false)

        package init() {}
    }

    private struct Waiter {
        let loan: Loan
        let deadline: ContinuousClock.Instant
    }

    private struct Worker {
        let wake = DispatchSemaphore(value: 0)
        let interruption: Interruption
        /// There from when the thread serves.
        var connection: AnyObject?
        /// What the connection is lent for.
        var loan: Loan?
        /// What the sleeping thread is to work for next.
        var handedOver: Loan?
    }

    private struct State {
        var workers: [Worker] = []
        var idle: [Int] = []
        var waiting = WaitQueue<Waiter>()
        var isSweepArmed = false
        var isClosed = false
        var serving = 0
        var closers: [CheckedContinuation<Void, Never>] = []

        /// Ends the loan of a connection and gives it to whoever has waited longest.
        ///
        /// - Parameter ended: Gets the loan that ended. It may hold the last reference to whatever its body used, this desk
        ///   included, so it is let go only when the lock is open.
        mutating func nextLoan(of worker: Int, ended: inout Loan?) -> Loan? {
            self.workers[worker].interruption.clear()
            ended = self.workers[worker].loan
            self.workers[worker].loan = self.waiting.popFirst()?.loan
            return self.workers[worker].loan
        }
    }

    private enum Admission {
        case started(DispatchSemaphore)
        case begins(worker: Int, AnyObject)
        case waiting(sweepIn: Duration?)
        case refused(any Error)
    }

    private let maximumWaiters: Int
    private let waitDeadline: Duration
    private let state = PoolLock(State())

    init(maximumWaiters: Int, waitDeadline: Duration) {
        self.maximumWaiters = maximumWaiters
        self.waitDeadline = waitDeadline
    }

    var waiterCount: Int {
        self.state.withLock { $0.waiting.count }
    }

    func addWorker(interruption: Interruption) -> Int {
        self.state.withLock { state in
            state.workers.append(Worker(interruption: interruption))
            state.serving += 1
            return state.workers.count - 1
        }
    }

    func serve(_ connection: AnyObject, on worker: Int, care: ConnectionCare<AnyObject>?) {
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
        _ connection: AnyObject, on worker: Int, until wake: DispatchSemaphore, care: ConnectionCare<AnyObject>?
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

    func workerEnded() {
        let closers = self.state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.serving -= 1
            guard state.serving == 0 else { return [] }
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }

    /// What a borrower is told when a body threw.
    package static func reason(_ error: any Error, _ interruption: Interruption) -> any Error {
        // That a change may have happened matters more than why nobody waits for it.
        let isUnknown = (error as? PersistenceError)?.code == .outcomeUnknown
        return interruption.isRequested && !isUnknown ? CancellationError() : error
    }

    func release(_ worker: Int) {
        self.release(worker, to: nil)
    }

    func passOn(_ worker: Int) {
        let wake = self.state.withLock { state in
            state.workers[worker].handedOver = state.workers[worker].loan
            return state.workers[worker].wake
        }
        wake.signal()
    }

    func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isOver = self.state.withLock { state in
                if state.serving > 0 { state.closers.append(continuation) }
                return state.serving == 0
            }
            self.beginClosing()
            if isOver { continuation.resume() }
        }
    }

    func beginClosing() {
        let (refused, sleeping) = self.state.withLock { state -> ([Loan], [DispatchSemaphore]) in
            state.isClosed = true
            var refused: [Loan] = []
            while let waiter = state.waiting.popFirst() { refused.append(waiter.loan) }
            for worker in state.workers { worker.interruption.announceClosing() }
            let sleeping = state.idle.map { state.workers[$0].wake }
            state.idle = []
            return (refused, sleeping)
        }
        for loan in refused { loan.fail(Self.closed) }
        for wake in sleeping { wake.signal() }
    }

    /// Begins a loan, hands it over to a thread, lets it wait, or fails it.
    package func submit(_ loan: Loan) {
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
            state.waiting.append(Waiter(loan: loan, deadline: .now + self.waitDeadline))
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
        var ended: Loan?
        var connection: AnyObject?
        defer { withExtendedLifetime((ended, connection)) {} }
        return self.state.withLock { state in
            let interruption = state.workers[worker].interruption
            if let handedOver = state.workers[worker].handedOver.take() { return .serve(handedOver, interruption) }
            if let loan = state.nextLoan(of: worker, ended: &ended) {
                return loan.begin == nil ? .serve(loan, interruption) : .begin(loan, interruption)
            }
            if state.isClosed {
                connection = state.workers[worker].connection.take()
                return .end
            }
            state.idle.append(worker)
            return .sleep
        }
    }

    private enum Return {
        case wakes(DispatchSemaphore)
        case begins(Loan, AnyObject)
        case rests
    }

    /// - Parameter place: Where among the idle ones the connection goes if nobody waits; `nil` for the one to be lent first.
    private func release(_ worker: Int, to place: Int?) {
        var ended: Loan?
        defer { withExtendedLifetime(ended) {} }
        let next = self.state.withLock { state -> Return in
            guard let loan = state.nextLoan(of: worker, ended: &ended) else {
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

    /// Ends a loan whose borrower is gone.
    package func cancel(_ lease: Lease) {
        lease.isCancelled.store(true, ordering: .releasing)
        let waiter = self.state.withLock { state -> Loan? in
            for worker in state.workers where worker.loan?.lease === lease {
                worker.interruption.request()
                return nil
            }
            return state.waiting.remove { $0.loan.lease === lease }?.loan
        }
        waiter?.fail(CancellationError())
    }

    /// Sends home those whose time is over; one timer serves all, and only while somebody waits.
    private func sweep() {
        let (late, delay) = self.state.withLock { state -> ([Loan], Duration?) in
            let now = ContinuousClock.now
            var late: [Loan] = []
            while let first = state.waiting.first {
                if first.deadline > now { return (late, now.duration(to: first.deadline)) }
                if let waiter = state.waiting.popFirst() { late.append(waiter.loan) }
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

extension Duration {
    fileprivate var seconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
