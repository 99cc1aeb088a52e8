public import Logging
public import NIOCore
public import ServiceLifecycle
import Synchronization

/// Talks to one Redis server over one pipelined connection per event loop.
///
/// All commands that are sent in one turn of a loop go out in one write. The client connects when ``run()`` is called,
/// reconnects with growing, jittered pauses, and never sends a command twice of its own accord, with one exception that is safe:
/// a script that the server does not know is sent again with its source, because `NOSCRIPT` proves that it has not run.
///
/// Each connection sends a script with its source the first time and by its hash from then on, so calls of one loop run in the order
/// in which they were made; only right after somebody made the server forget its scripts may some of them change places.
///
/// A command whose deadline passes fails with `timedOut`, and its late reply is dropped; it may still run. Without a connection
/// commands fail at once.
public final class RedisClient: Sendable, Service {
    let configuration: RedisConfiguration
    let hub: SubscriptionHub
    private let links: ContiguousArray<CommandLink>
    private let nextLink = Atomic(0)
    private let hasStarted = Atomic(false)
    private let commandTimeout: Int64

    /// Creates a client; nothing is started or opened before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: The server and the limits.
    ///   - eventLoopGroup: Its loops get one connection each.
    ///   - logger: Gets changes of the connections, at `debug`.
    public init(configuration: RedisConfiguration, eventLoopGroup: any EventLoopGroup, logger: Logger) {
        self.configuration = configuration
        self.commandTimeout = TimeAmount(configuration.commandTimeout).nanoseconds
        var links: ContiguousArray<CommandLink> = []
        for eventLoop in eventLoopGroup.makeIterator() {
            links.append(CommandLink(on: eventLoop, configuration: configuration, logger: logger))
        }
        self.links = links
        self.hub = SubscriptionHub(on: eventLoopGroup.next(), configuration: configuration, logger: logger)
    }

    /// Connects and stays connected until graceful shutdown or cancellation.
    ///
    /// At graceful shutdown new commands are refused with `closed`, and those in flight may finish within the shutdown timeout.
    /// Cancellation closes at once; commands in flight then fail with `connectionLost`. A server that cannot be reached is no
    /// error: the client goes on trying.
    ///
    /// - Throws: ``RedisError`` with code `invalidConfiguration` when a setting is out of range, the file of certificates cannot
    ///   be read, or the client was run before.
    public func run() async throws {
        try self.configuration.validate()
        let connector = try Connector(self.configuration)
        guard !self.hasStarted.exchange(true, ordering: .relaxed) else {
            throw RedisError(.invalidConfiguration, message: "a Redis client runs only once")
        }
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for link in self.links {
                    group.addTask { await link.run(connector) }
                }
                group.addTask { await self.hub.run(connector) }
            }
        } onGracefulShutdown: {
            for link in self.links { link.stop(gracefully: true) }
            self.hub.stop()
        }
    }

    /// Whether at least one connection is ready for commands.
    public var isConnected: Bool { self.links.contains { $0.isReady } }

    // MARK: - On an event loop

    /// Sends a command from an event loop; the fastest way when called on that loop.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - eventLoop: Where the reply arrives; best one of the client's own.
    ///   - deadline: How long the command may take; the command timeout if nil.
    /// - Returns: The reply, or a ``RedisError``: `unavailable` (at once) without a connection or with a full queue, `timedOut`,
    ///   `connectionLost`, `serverError`, `closed`.
    public func send(
        _ command: RedisCommand, on eventLoop: any EventLoop, within deadline: TimeAmount? = nil
    ) -> EventLoopFuture<RedisValue> {
        self.submit(.command(command), on: eventLoop, within: deadline)
    }

    /// Runs a script from an event loop, by its hash; with its source when the server does not know it.
    ///
    /// The parameters and errors are those of ``send(_:on:within:)``. A run that needed the source may come after commands that
    /// were sent later.
    public func evaluate(
        _ script: RedisScript, with arguments: RedisScriptArguments, on eventLoop: any EventLoop,
        within deadline: TimeAmount? = nil
    ) -> EventLoopFuture<RedisValue> {
        self.submit(.script(script, arguments), on: eventLoop, within: deadline)
    }

    private func submit(
        _ request: RedisRequest, on eventLoop: any EventLoop, within deadline: TimeAmount?
    ) -> EventLoopFuture<RedisValue> {
        let promise = eventLoop.makePromise(of: RedisValue.self)
        let time = deadline?.nanoseconds ?? self.commandTimeout
        let link = self.links.first { $0.eventLoop === eventLoop } ?? self.anyLink()
        if link.eventLoop.inEventLoop {
            link.submit(request, for: .promise(promise), within: time)
        } else {
            link.eventLoop.execute { link.submit(request, for: .promise(promise), within: time) }
        }
        return promise.futureResult
    }

    // MARK: - In a task

    /// Sends a command and waits for its reply.
    ///
    /// While a connection is being made, the command waits for it, within its deadline; when the last attempt has failed, it
    /// fails at once.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - deadline: How long the command may take; the command timeout if nil.
    /// - Throws: ``RedisError``: `unavailable` without a connection or with a full queue, `timedOut`, `connectionLost`,
    ///   `serverError`, `closed`, and `cancelled` when the task is cancelled.
    public func send(_ command: RedisCommand, within deadline: Duration? = nil) async throws(RedisError) -> RedisValue {
        try await self.submit(.command(command), within: deadline)
    }

    /// Runs a script by its hash, with its source when the server does not know it; else like ``send(_:within:)``.
    public func evaluate(
        _ script: RedisScript, with arguments: RedisScriptArguments, within deadline: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        try await self.submit(.script(script, arguments), within: deadline)
    }

    /// Runs a script by its hash, with its source when the server does not know it; else like ``send(_:within:)``.
    public func evaluate(
        _ script: RedisScript, keys: [[UInt8]], arguments: [[UInt8]] = [], within deadline: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        try await self.evaluate(script, with: RedisScriptArguments(keys: keys, arguments: arguments), within: deadline)
    }

    private func submit(_ request: RedisRequest, within deadline: Duration?) async throws(RedisError) -> RedisValue {
        if Task.isCancelled {
            throw RedisError(.cancelled, message: "the task was cancelled before its command was sent to Redis")
        }
        let time = deadline.map { TimeAmount($0).nanoseconds } ?? self.commandTimeout
        let link = self.anyLink()
        let box = ReplyBox()
        link.eventLoop.execute { link.submitPatiently(request, for: box, within: time) }
        return try await box.wait()
    }

    /// The next link in turn, one with a connection if there is any.
    private func anyLink() -> CommandLink {
        let start = self.nextLink.wrappingAdd(1, ordering: .relaxed).oldValue & Int(Int32.max)
        for offset in 0..<self.links.count {
            let link = self.links[(start + offset) % self.links.count]
            if link.isReady { return link }
        }
        return self.links[start % self.links.count]
    }
}
