import Logging
import NIOPosix
import Redis
import StrictJSON
import TestKit
import Testing

@Suite("README of Redis")
struct ReadmeExampleTests {
    @Test("has an example that works")
    func exampleWorks() async throws {
        try await withRedisServer { server in
            let url = server.url

            var configuration = RedisConfiguration(url: try RedisURL(parsing: url))
            configuration.commandTimeout = .milliseconds(500)
            let client = RedisClient(
                configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: Logger(label: "redis"))

            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await client.run() }

                _ = try await client.send(RedisCommand("SET", "greeting", "hello", "PX", 60_000))
                let greeting = try await client.send(RedisCommand("GET", "greeting")).text

                let script = RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")
                let visits = try await client.evaluate(script, keys: [Array("visits".utf8)], arguments: [Array("2".utf8)])
                    .integerValue

                try await client.setJSON(.string("open"), for: "door", timeToLive: .seconds(60))
                let door = try await client.getJSON("door")
                #expect(greeting == "hello" && visits == 2 && door == .string("open"))
                tasks.cancelAll()
            }
        }
    }
}
