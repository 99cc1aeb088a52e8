import Persistence
import PersistenceDriver
import Synchronization

/// A place for one connection: opened when it is needed, tried, replaced and closed on a thread of its own, and lent to others
/// for queries that stand alone.
final class PostgresSlot: @unchecked Sendable {
    // At each moment one thread has the slot: its own, a borrower's that begins a query, or that of the watch. The pool's lock
    // hands it from one to the other, and `isWatched` to the watch.
    private let alternatives: [ConnectionParameters]
    private let surroundings: SessionSurroundings
    private let census: ConnectionCensus
    private let watch: AnswerWatch
    private var open: OpenSession?
    private var pending: (query: PendingQuery, reply: @Sendable (ResultRows) -> Void)?

    /// Its place in the pool.
    let number: Int

    /// Whether the watch has it.
    let isWatched = Atomic<Bool>(false)

    private struct OpenSession {
        let session: PostgresSession
        let connection: LibpqConnection
        /// When it has to make room for a new one.
        let end: ContinuousClock.Instant
        var lastUse: ContinuousClock.Instant
    }

    init(
        number: Int, alternatives: [ConnectionParameters], surroundings: SessionSurroundings, census: ConnectionCensus,
        watch: AnswerWatch
    ) {
        self.number = number
        self.alternatives = alternatives
        self.surroundings = surroundings
        self.census = census
        self.watch = watch
    }

    /// Runs a borrower's body on a connection that works, as far as that can be known before.
    func run<T>(_ mode: PostgresSession.Mode, _ body: (any DatabaseConnection) throws -> T) throws -> T {
        try self.run(mode) { _, connection in try body(connection) }
    }

    private func run<T>(
        _ mode: PostgresSession.Mode, _ body: (PostgresSession, any DatabaseConnection) throws -> T
    ) throws -> T {
        let session = try self.session()
        defer { self.open?.lastUse = .now }
        return try session.run(mode) { try body(session, $0) }
    }

    // MARK: Queries that stand alone

    /// Sends a query and leaves the slot to the watch, unless something else is to be done first.
    ///
    /// - Parameter reply: Gets the rows.
    /// - Returns: Whether the slot was left to the watch; if not, ``finish(_:)`` does the rest.
    func begin(_ sql: SQL, reply: @escaping @Sendable (ResultRows) -> Void) -> Bool {
        let now = ContinuousClock.now
        guard let open, open.connection.isUsable, open.end > now,
            open.lastUse.advanced(by: self.surroundings.configuration.healthCheckAfter) > now
        else { return false }
        do {
            guard let query = try open.session.begin(sql) else { return false }
            self.pending = (query, reply)
        } catch {
            // Whatever it was, the thread meets it again and tells.
            return false
        }
        // The thread writes what the socket does not take.
        guard open.connection.flush() else { return false }
        self.watch.take(self, socket: open.connection.socket)
        return true
    }

    enum Arrival {
        /// More is to come on the socket.
        case incomplete(socket: Int32)
        /// All is there; the function hands it over.
        case complete(() -> Void)
        /// Something is out of the ordinary.
        case needsThread
    }

    /// Reads what has come of the answer, without waiting.
    func readAnswer() -> Arrival {
        guard let open = self.open, let (begun, reply) = self.pending else { return .needsThread }
        var query = begun
        do {
            try open.session.read(&query)
        } catch {
            // With the connection the query is lost; it changes nothing, and is run anew.
            self.pending = nil
            return .needsThread
        }
        self.pending?.query = query
        guard let answer = query.reading.answer else { return .incomplete(socket: open.connection.socket) }
        guard case .success(let result) = answer, let rows = query.rows(of: result) else { return .needsThread }
        self.pending = nil
        self.open?.lastUse = .now
        return .complete { reply(rows) }
    }

    /// Whether the answer has taken longer than the watch waits for it, or is not wanted any more.
    func isOverdue(at now: ContinuousClock.Instant, patience: Duration) -> Bool {
        guard let pending else { return true }
        return pending.query.start + patience < now || self.surroundings.interruption.isRequested
    }

    /// Does what is left of a query, on the slot's own thread: to wait for its answer, or all of it.
    func finish(_ sql: SQL) throws -> ResultRows {
        if let open, let pending = self.pending.take() {
            defer { self.open?.lastUse = .now }
            do {
                if let rows = try open.session.await(pending.query) { return rows }
            } catch {
                // As above: with the connection only a query was lost. A server that has no room, say, keeps its connection.
                guard error.code == .unavailable, !open.connection.isUsable, !self.surroundings.interruption.isRequested else {
                    throw error
                }
            }
        }
        return try self.run(.snapshot) { session, _ in try session.rows(of: sql) }
    }

    /// Opens the connection if there is none.
    func connect() throws(PersistenceError) {
        _ = try self.session()
    }

    /// What happens when nobody waits for the connection any more.
    func settle() {
        guard let open else { return }
        open.session.settle()
        if !open.connection.isUsable || open.end <= .now { self.close() }
    }

    /// What happens while nobody comes: what is over is closed, and the least number of connections is kept up.
    func lookAfter() {
        let now = ContinuousClock.now
        if let open {
            let isSurplus = self.census.count > self.surroundings.configuration.minimumConnections
            let isIdle = open.lastUse.advanced(by: self.surroundings.configuration.idleLimit) <= now
            if !open.connection.isSilent() || open.end <= now || (isIdle && isSurplus) { self.close() }
        }
        if self.open == nil, self.census.count < self.surroundings.configuration.minimumConnections {
            // The next borrower hears of it if it does not work then either.
            try? self.connect()
        }
    }

    func close() {
        guard self.open != nil else { return }
        self.open = nil
        self.census.note(closed: 1)
    }

    private func session() throws(PersistenceError) -> PostgresSession {
        if let open, open.end > .now {
            // A connection that never comes to rest is replaced here, where it costs the next borrower time and nothing else.
            open.session.awaitRest()
            if self.isHealthy(open) { return open.session }
        }
        self.close()
        return try self.openSession()
    }

    /// Silence is health for a connection that worked a moment ago; one that rested longer is asked, since a network may have
    /// forgotten it.
    private func isHealthy(_ open: OpenSession) -> Bool {
        guard open.connection.isSilent() else { return false }
        if open.lastUse.advanced(by: self.surroundings.configuration.healthCheckAfter) > .now { return true }
        return open.session.isAlive()
    }

    private func openSession() throws(PersistenceError) -> PostgresSession {
        let configuration = self.surroundings.configuration
        let interruption = self.surroundings.interruption
        let deadline = ContinuousClock.now + configuration.connectTimeout
        let connection: LibpqConnection
        do {
            connection = try LibpqConnection.open(
                self.alternatives, wake: self.surroundings.wake, deadline: deadline,
                isStopped: { interruption.isRequested || interruption.isClosing })
        } catch {
            throw error.code == .cancelled && !interruption.isRequested ? LoanDesk.closed : error
        }
        let session = PostgresSession(connection: connection, surroundings: self.surroundings)
        try session.prepareForUse(limit: ContinuousClock.now.duration(to: deadline))
        // Connections that were opened together shall not all be replaced together.
        let lifetime = configuration.lifetimeLimit * Double.random(in: 0.9...1.1)
        self.open = OpenSession(session: session, connection: connection, end: .now + lifetime, lastUse: .now)
        self.census.note(opened: 1)
        return session
    }
}

/// How many connections of a pool are open.
final class ConnectionCensus: Sendable {
    private let value = Atomic<Int>(0)

    var count: Int { self.value.load(ordering: .relaxed) }

    func note(opened: Int) { self.value.add(opened, ordering: .relaxed) }

    func note(closed: Int) { self.value.subtract(closed, ordering: .relaxed) }
}
