import Logging
import NIOCore
import NIOPosix
import Redis
import RedisTestSupport
import ServiceLifecycle
import TestKit
import Testing

@Suite("Shutdown")
struct ShutdownTests {
    @Test("finishes what is in flight at graceful shutdown and refuses what comes later")
    func graceful() async throws {
        try await withRedisServer { server in
            try await withFaultProxy(port: server.port) { proxy in
                let url = try RedisURL(parsing: "redis://127.0.0.1:\(proxy.port)")
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let client = RedisClient(
                    configuration: RedisConfiguration(url: url), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                    logger: logger)
                let services = ServiceGroup(services: [client], logger: logger)
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await services.run() }
                    _ = try await client.send(RedisCommand("PING"))
                    proxy.holdReplies()
                    async let reply = client.send(RedisCommand("ECHO", "in flight"))
                    try await waitUntil { try await server.command("INFO", "commandstats").contains("cmdstat_echo:calls=1") }
                    await services.triggerGracefulShutdown()
                    try await waitUntil { !client.isConnected }
                    await #expect(throws: RedisError.expected(.closed)) { try await client.send(RedisCommand("PING")) }
                    proxy.resume()
                    let text = try await reply.text
                    #expect(text == "in flight")
                    try await tasks.waitForAll()
                }
                try await waitUntil { proxy.connectionCount == 0 }
            }
        }
    }

    @Test("gives up replies that do not come within the shutdown timeout")
    func bounded() async throws {
        try await withRedisServer { server in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            var configuration = RedisConfiguration(url: try RedisURL(parsing: server.url))
            configuration.shutdownTimeout = .milliseconds(50)
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let client = RedisClient(configuration: configuration, eventLoopGroup: group, logger: logger)
            let services = ServiceGroup(services: [client], logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await services.run() }
                _ = try await client.send(RedisCommand("PING"))
                server.suspend()
                // Sent before the shutdown is asked for, as both go to the same loop in turn.
                let reply = client.send(RedisCommand("PING"), on: group.next(), within: .seconds(600))
                await services.triggerGracefulShutdown()
                await #expect(throws: RedisError.expected(.connectionLost)) { try await reply.get() }
                try await tasks.waitForAll()
            }
            try await group.shutdownGracefully()
        }
    }

    @Test("ends at once when it is cancelled while it cannot connect")
    func cancelledWhileAbsent() async throws {
        try await withRedisServer { server in
            try await server.kill()
            try await withRedisClient(
                server.url,
                adjust: {
                    $0.shortestBackoff = .seconds(3_600); $0.longestBackoff = .seconds(3_600)
                }
            ) {
                client, _ in
                await #expect(throws: RedisError.expected(.unavailable)) { try await client.send(RedisCommand("PING")) }
                try #require(!client.isConnected)
            }
        }
    }

    @Test("ends at once when it is cancelled while a server does not answer its greeting")
    func cancelledWhileConnecting() async throws {
        try await withRedisServer { server in
            server.suspend()
            try await withRedisClient(server.url, adjust: { $0.connectTimeout = .seconds(3_600) }) { client, _ in
                await #expect(throws: RedisError.expected(.unavailable)) {
                    try await client.send(RedisCommand("PING"), within: .milliseconds(20))
                }
                try #require(!client.isConnected)
            }
        }
    }
}
