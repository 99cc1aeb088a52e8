import Persistence
import PersistenceDriver
import Synchronization

/// A place for one connection, on the thread that owns it: opened when it is needed, tried, replaced and closed.
final class PostgresSlot {
    private let alternatives: [ConnectionParameters]
    private let surroundings: SessionSurroundings
    private let census: ConnectionCensus
    private var open: OpenSession?

    private struct OpenSession {
        let session: PostgresSession
        let connection: LibpqConnection
        /// When it has to make room for a new one.
        let end: ContinuousClock.Instant
        var lastUse: ContinuousClock.Instant
    }

    init(alternatives: [ConnectionParameters], surroundings: SessionSurroundings, census: ConnectionCensus) {
        self.alternatives = alternatives
        self.surroundings = surroundings
        self.census = census
    }

    /// Runs a borrower's body on a connection that works, as far as that can be known before.
    func run<T>(_ mode: PostgresSession.Mode, _ body: (any DatabaseConnection) throws -> T) throws -> T {
        let session = try self.session()
        defer { self.open?.lastUse = .now }
        return try session.run(mode, body)
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
            throw error.code == .cancelled && !interruption.isRequested ? LendingPool<PostgresSlot>.closed : error
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
