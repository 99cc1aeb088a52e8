import NIOCore
import Redis
import RedisTestSupport
import TestKit
import Testing

@Suite("Client")
struct ClientTests {
    @Test("sends commands and reads every kind of reply")
    func replies() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                let done = try await client.send(RedisCommand("SET", "k", "v", "PX", 60_000))
                #expect(done == .status("OK"))
                #expect(try await client.send(RedisCommand("GET", "k")) == .string(Array("v".utf8)))
                #expect(try await client.send(RedisCommand("GET", "none")) == .null)
                #expect(try await client.send(RedisCommand("INCRBY", "n", -7)) == .integer(-7))
                let nested = RedisScript("return {1, {2, {3, 'x'}}, false}")
                #expect(
                    try await client.evaluate(nested, keys: [])
                        == .array([
                            .integer(1), .array([.integer(2), .array([.integer(3), .string([120])])]), .null,
                        ]))
                #expect(client.isConnected)
            }
        }
    }

    @Test("keeps the order of many commands that are sent at once", arguments: [1, 3])
    func pipelining(_ loopCount: Int) async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url, loopCount: loopCount) { client, group in
                _ = try await client.send(RedisCommand("PING"))
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for number in 0..<2_000 {
                        tasks.addTask {
                            let reply = try await client.send(RedisCommand("ECHO", number))
                            #expect(reply.integerValue == Int64(number))
                        }
                    }
                    try await tasks.waitForAll()
                }
                for loop in group.makeIterator() {
                    try await waitUntil { (try? await client.send(RedisCommand("PING"), on: loop).get()) != nil }
                    let replies = try await loop.submit {
                        (0..<1_000).map { client.send(RedisCommand("RPUSH", "list", $0), on: loop) }
                    }.get()
                    let lengths = try await EventLoopFuture.whenAllSucceed(replies, on: loop).get().map(\.integerValue)
                    #expect(lengths == lengths.sorted { ($0 ?? 0) < ($1 ?? 0) })
                }
            }
        }
    }

    @Test("passes on what the server refuses, in the server's words")
    func serverErrors() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                let unknown = try await #require(throws: RedisError.self) { try await client.send(RedisCommand("NONSENSE")) }
                #expect(unknown.code == .serverError)
                #expect(unknown.message.hasPrefix("ERR unknown command"))

                try await server.command("CONFIG", "SET", "maxmemory", "1")
                let full = try await #require(throws: RedisError.self) { try await client.send(RedisCommand("SET", "k", "v")) }
                #expect(full.serverCode == "OOM")
                try await server.command("CONFIG", "SET", "maxmemory", "0")

                try await server.command("REPLICAOF", "127.0.0.1", "1")
                let replica = try await #require(throws: RedisError.self) { try await client.send(RedisCommand("SET", "k", "v")) }
                #expect(replica.serverCode == "READONLY")
            }
        }
    }

    @Test("fails at once when nobody listens, says why, and connects when somebody does")
    func absentServer() async throws {
        try await withRedisServer { server in
            try await server.kill()
            try await withRedisClient(server.url) { client, group in
                await #expect(throws: RedisError.expected(.unavailable)) {
                    try await client.send(RedisCommand("PING"), within: .seconds(30))
                }
                await #expect(throws: RedisError.expected(.unavailable)) {
                    try await client.send(RedisCommand("PING"), on: group.next()).get()
                }
                #expect(!client.isConnected)
                try await server.start()
                try await waitUntil { client.isConnected }
                #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
            }
        }
    }

    @Test("refuses commands before it runs and after it has ended")
    func beforeAndAfter() async throws {
        try await withRedisServer { server in
            let client = try await withRedisClient(server.url) { client, _ in
                let pong = try await client.send(RedisCommand("PING"))
                #expect(pong == .status("PONG"))
                await #expect(throws: RedisError.expected(.invalidConfiguration)) { try await client.run() }
                return client
            }
            #expect(!client.isConnected)
        }
    }
}
