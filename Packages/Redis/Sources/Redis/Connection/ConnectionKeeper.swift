import Logging
import NIOCore

/// Keeps one connection open: connects, and after each end connects again, with pauses that grow.
///
/// All of it happens on its event loop; that is the guard behind `@unchecked Sendable`.
final class ConnectionKeeper: @unchecked Sendable {
    /// What its owner wants to know, on the event loop.
    struct Events {
        /// A connection is ready.
        var connected: (RedisConnection) -> Void
        /// There is no connection any more, or an attempt failed; the error says why.
        var disconnected: (RedisError) -> Void
        /// An attempt begins.
        var connecting: () -> Void
    }

    private enum State {
        case idle
        case connecting(RedisConnection)
        case ready(RedisConnection)
        case pausing(Scheduled<Void>)
        case draining(RedisConnection)
        case ended
    }

    let eventLoop: any EventLoop
    private let configuration: RedisConfiguration
    private let logger: Logger
    private var backoff: Backoff
    private var state = State.idle
    private var connector: Connector?
    private var events: Events?
    private var isStopping = false
    /// Fulfilled at the end; nil before the keeper is run.
    private var ended: EventLoopPromise<Void>?

    init(on eventLoop: any EventLoop, configuration: RedisConfiguration, logger: Logger) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.logger = logger
        self.backoff = Backoff(shortest: configuration.shortestBackoff, longest: configuration.longestBackoff)
    }

    /// Lets `promise` be fulfilled when the keeper has ended, be it long ago.
    func tellEnd(_ promise: EventLoopPromise<Void>) {
        if case .ended = self.state { return promise.succeed() }
        self.ended = promise
    }

    /// Begins to connect; without effect after ``stop(gracefully:)``.
    func start(_ connector: Connector, _ events: Events) {
        guard case .idle = self.state, !self.isStopping else { return }
        self.connector = connector
        self.events = events
        self.attempt()
    }

    /// Ends the connection and connects no more.
    ///
    /// - Parameter gracefully: Whether replies are waited for, up to the shutdown timeout.
    func stop(gracefully: Bool) {
        self.isStopping = true
        switch self.state {
        case .idle:
            self.finish(.ended)
        case .pausing(let pause):
            pause.cancel()
            self.finish(.ended)
        case .ready(let connection) where gracefully:
            self.state = .draining(connection)
            self.eventLoop.scheduleTask(in: TimeAmount(self.configuration.shutdownTimeout)) { connection.end(.interrupted) }
            connection.drain()
        case .ready(let connection), .draining(let connection):
            if !gracefully { connection.end(.interrupted) }
        case .connecting(let connection):
            connection.end(.ended)
        case .ended:
            break
        }
    }

    private func attempt() {
        guard let connector = self.connector else { return }
        self.events?.connecting()
        do throws(RedisError) {
            let connection = try connector.connection(on: self.eventLoop)
            self.state = .connecting(connection)
            connector.open(connection, on: self.eventLoop).whenComplete { result in
                switch result {
                case .success: self.use(connection)
                case .failure(let error): self.pause(Self.reason(error))
                }
            }
        } catch {
            self.pause(error)
        }
    }

    private func use(_ connection: RedisConnection) {
        if self.isStopping {
            connection.end(.ended)
        } else {
            self.logger.debug("redis connected", metadata: ["redis.url": "\(self.configuration.url)"])
            self.state = .ready(connection)
            self.backoff.reset()
            self.events?.connected(connection)
        }
        // Last, as it may have ended already.
        connection.whenEnded { self.pause(.notConnected) }
    }

    private func pause(_ error: RedisError) {
        guard !self.isStopping else { return self.finish(.ended) }
        var generator = SystemRandomNumberGenerator()
        let time = self.backoff.next(using: &generator)
        self.logger.debug(
            "redis not connected",
            metadata: [
                "redis.url": "\(self.configuration.url)", "redis.error": "\(String(reflecting: error))", "redis.pause": "\(time)",
            ])
        self.state = .pausing(self.eventLoop.scheduleTask(in: TimeAmount(time)) { self.attempt() })
        self.events?.disconnected(error)
    }

    private func finish(_ error: RedisError) {
        if case .ended = self.state { return }
        self.state = .ended
        self.events?.disconnected(error)
        self.events = nil
        self.ended?.succeed()
    }

    /// What the server said when it refused, else that there is no connection.
    private static func reason(_ error: any Error) -> RedisError {
        if let error = error as? RedisError, error.code == .serverError || error.code == .invalidConfiguration { return error }
        return RedisError(.unavailable, message: RedisError.notConnected.message, cause: error)
    }
}
