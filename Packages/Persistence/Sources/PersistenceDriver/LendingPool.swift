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
package struct LendingPool<Connection: AnyObject>: Sendable {
    /// Who has which connection; it knows nothing of their type, so that every driver runs the same compiled code.
    package let desk: LoanDesk

    /// Creates a pool without connections.
    ///
    /// - Parameters:
    ///   - maximumWaiters: How many may wait before the next is refused, 0 or more.
    ///   - waitDeadline: How long each may wait.
    package init(maximumWaiters: Int, waitDeadline: Duration) {
        self.desk = LoanDesk(maximumWaiters: maximumWaiters, waitDeadline: waitDeadline)
    }

    /// How many borrowers wait for a connection now.
    package var waiterCount: Int { self.desk.waiterCount }

    /// Announces a thread that is about to serve, and returns its number for ``serve(_:on:care:)``.
    package func addWorker(interruption: Interruption) -> Int { self.desk.addWorker(interruption: interruption) }

    /// Lends the calling thread's connection to one borrower after the other, until the pool is closed.
    ///
    /// - Parameters:
    ///   - care: What is done for the connection while nobody borrows it; a borrower who comes meanwhile waits for its end.
    package func serve(_ connection: Connection, on worker: Int, care: ConnectionCare<Connection>? = nil) {
        self.desk.serve(
            connection, on: worker,
            care: care.map { care in
                ConnectionCare(
                    moment: care.moment, whenQuiet: { _ in care.whenQuiet(connection) }, pause: care.pause,
                    whenIdle: { _ in care.whenIdle(connection) })
            })
    }

    /// Says that a thread has closed its connection and ends; ``close()`` waits for all of them.
    package func workerEnded() { self.desk.workerEnded() }

    /// Runs a body on the thread of some connection, as `Database` promises.
    ///
    /// - Parameter body: Gets the connection and the wish to stop, which it has to look at during long work.
    @inlinable
    package func lend<T: Sendable>(_ body: @escaping @Sendable (Connection, Interruption) throws -> T) async throws -> T {
        try await self.lend(nil, body)
    }

    /// Borrows a connection for something that need not wait for its thread.
    ///
    /// - Parameters:
    ///   - begin: Begins it, on any thread and without waiting, and returns `true`; whoever then sees its end calls
    ///     ``release(_:)`` and the given function with the outcome, or ``passOn(_:)`` if the connection's thread shall do the
    ///     rest. Returns `false` if that thread has to do it all.
    ///   - body: What the connection's thread does then.
    @inlinable
    package func lend<T: Sendable>(
        beginning begin: @escaping @Sendable (Connection, @escaping @Sendable (T) -> Void) -> Bool,
        otherwise body: @escaping @Sendable (Connection, Interruption) throws -> T
    ) async throws -> T {
        try await self.lend(begin, body)
    }

    @inlinable
    package func lend<T: Sendable>(
        _ begin: (@Sendable (Connection, @escaping @Sendable (T) -> Void) -> Bool)?,
        _ body: @escaping @Sendable (Connection, Interruption) throws -> T
    ) async throws -> T {
        let lease = LoanDesk.Lease()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
                // The desk gives back what `serve` was given, which is a `Connection`.
                var start: (@Sendable (AnyObject) -> Bool)?
                if let begin {
                    start = { connection in
                        begin(unsafeDowncast(connection, to: Connection.self)) { continuation.resume(returning: $0) }
                    }
                }
                let run: @Sendable (AnyObject, Interruption) -> Void = { connection, interruption in
                    do {
                        continuation.resume(returning: try body(unsafeDowncast(connection, to: Connection.self), interruption))
                    } catch {
                        continuation.resume(throwing: LoanDesk.reason(error, interruption))
                    }
                }
                self.desk.submit(LoanDesk.Loan(lease: lease, begin: start, run: run) { continuation.resume(throwing: $0) })
            }
        } onCancel: {
            self.desk.cancel(lease)
        }
    }

    /// Takes a connection back from a borrower who did without its thread, and lends it to the next one.
    package func release(_ worker: Int) { self.desk.release(worker) }

    /// Lets the connection's thread go on with what was begun without it.
    package func passOn(_ worker: Int) { self.desk.passOn(worker) }

    /// Refuses whoever comes or waits, lets running bodies finish, and returns when all threads have ended.
    package func close() async { await self.desk.close() }

    /// Does the same without waiting.
    package func beginClosing() { self.desk.beginClosing() }
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
