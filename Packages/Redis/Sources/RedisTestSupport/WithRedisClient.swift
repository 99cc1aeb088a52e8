public import NIOCore
import Logging
import NIOPosix
public import Redis

/// Runs a client for one test, and ends it when the scope is left on any path.
///
/// The first commands in a task wait for the connection. The timeouts for commands and for connecting are a minute unless
/// they are adjusted.
///
/// - Parameters:
///   - url: Where the server is.
///   - loopCount: How many event loops, and so connections, the client has.
///   - adjust: Changes the configuration.
///   - body: Uses the client and the group of its event loops.
/// - Throws: ``RedisError`` when the URL or the configuration is wrong, and what `body` throws.
public func withRedisClient<Value>(
    _ url: String, loopCount: Int = 1, adjust: (inout RedisConfiguration) -> Void = { _ in },
    _ body: (RedisClient, any EventLoopGroup) async throws -> Value
) async throws -> Value {
    var configuration = RedisConfiguration(url: try RedisURL(parsing: url))
    // Machines that run tests are busy; a deadline is shorter where it is the subject.
    configuration.commandTimeout = .seconds(60)
    configuration.connectTimeout = .seconds(60)
    adjust(&configuration)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: loopCount)
    let client = RedisClient(
        configuration: configuration, eventLoopGroup: group, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let value: Value
    do {
        value = try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await client.run() }
            let value = try await body(client, group)
            tasks.cancelAll()
            try await tasks.waitForAll()
            return value
        }
    } catch {
        try? await group.shutdownGracefully()
        throw error
    }
    try await group.shutdownGracefully()
    return value
}
