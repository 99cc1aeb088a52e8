import NIOCore
import Redis
import RedisTestSupport
import TestKit
import Testing

@Suite("Faults")
struct FaultTests {
    static let script = RedisScript("return redis.call('INCR', KEYS[1])")
    static let key = Array("counter".utf8)

    @Test("a halted server costs the deadline, then the connection, and is back when it goes on")
    func haltedServer() async throws {
        try await withRedisServer { server in
            let adjust = { (configuration: inout RedisConfiguration) in
                configuration.silenceTimeout = .milliseconds(100)
                configuration.connectTimeout = .milliseconds(200)
            }
            try await withRedisClient(server.url, adjust: adjust) { client, group in
                _ = try await client.send(RedisCommand("PING"))
                server.suspend()
                await #expect(throws: RedisError.expected(.timedOut)) {
                    try await client.send(RedisCommand("PING"), within: .milliseconds(20))
                }
                try await waitUntil { !client.isConnected }
                await #expect(throws: RedisError.expected(.unavailable)) {
                    try await client.send(RedisCommand("PING"), on: group.next(), within: .milliseconds(20)).get()
                }
                server.resume()
                try await waitUntil { client.isConnected }
                let pong = try await client.send(RedisCommand("PING"))
                #expect(pong == .status("PONG"))
            }
        }
    }

    @Test("a killed and restarted server is found again, and gets its scripts again")
    func killedServer() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                _ = try await client.evaluate(Self.script, keys: [Self.key])
                try await server.kill()
                try await waitUntil { !client.isConnected }
                await #expect(throws: RedisError.expected(.unavailable)) {
                    try await client.evaluate(Self.script, keys: [Self.key])
                }
                try await server.start()
                try await waitUntil { client.isConnected }
                let count = try await client.evaluate(Self.script, keys: [Self.key])
                #expect(count == .integer(1))
                let stats = try await server.command("INFO", "commandstats")
                #expect(stats.contains("cmdstat_eval:calls=1,"))
            }
        }
    }

    @Test("a script that the server forgot runs exactly once, for each of many callers")
    func forgottenScript() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, group in
                let loop = group.next()
                _ = try await client.evaluate(Self.script, keys: [Self.key])
                try await server.command("SCRIPT", "FLUSH")
                let replies = try await loop.submit {
                    (0..<100).map { _ in client.evaluate(Self.script, with: RedisScriptArguments(keys: [Self.key]), on: loop) }
                }.get()
                let counts = try await EventLoopFuture.whenAllSucceed(replies, on: loop).get().compactMap(\.integerValue)
                #expect(counts.sorted() == (2...101).map { Int64($0) })
                try await server.command("SCRIPT", "FLUSH")
                let last = try await client.evaluate(Self.script, keys: [Self.key])
                #expect(last == .integer(102))
            }
        }
    }

    @Test("calls of one loop run in the order in which they are made, the first ones of a script too")
    func orderOfFirstCalls() async throws {
        try await withRedisServer { server in
            for round in 0..<5 {
                try await server.command("SCRIPT", "FLUSH")
                try await server.command("DEL", String(decoding: Self.key, as: UTF8.self))
                try await withRedisClient(server.url) { client, group in
                    let loop = group.next()
                    _ = try await client.send(RedisCommand("PING"))
                    var replies: [EventLoopFuture<RedisValue>] = []
                    for _ in 0..<200 {
                        // A turn of the loop each, so that replies arrive between them.
                        replies.append(
                            try await loop.submit {
                                client.evaluate(Self.script, with: RedisScriptArguments(keys: [Self.key]), on: loop)
                            }.get())
                    }
                    let counts = try await EventLoopFuture.whenAllSucceed(replies, on: loop).get().map(\.integerValue)
                    #expect(counts == (1...200).map { Int64($0) }, "round \(round)")
                }
            }
        }
    }

    @Test("more scripts than a connection remembers all run, before and after the server forgot them")
    func manyScripts() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                let scripts = (0..<70).map { RedisScript("return \($0)") }
                for _ in 0..<2 {
                    for (number, script) in scripts.enumerated() {
                        #expect(try await client.evaluate(script, keys: []) == .integer(Int64(number)))
                    }
                    try await server.command("SCRIPT", "FLUSH")
                }
            }
        }
    }

    @Test("a lost reply is an error, and the command has run exactly once")
    func lostReply() async throws {
        try await withRedisServer { server in
            try await withFaultProxy(port: server.port) { proxy in
                try await withRedisClient("redis://127.0.0.1:\(proxy.port)") { client, _ in
                    _ = try await client.evaluate(Self.script, keys: [Array("other".utf8)])
                    proxy.loseNextReply()
                    await #expect(throws: RedisError.expected(.connectionLost)) {
                        try await client.evaluate(Self.script, keys: [Self.key])
                    }
                    #expect(proxy.lostReplyCount == 1)
                    try await waitUntil { client.isConnected }
                    let count = try await client.send(RedisCommand("GET", Self.key))
                    #expect(count.integerValue == 1)
                }
            }
        }
    }

    @Test("a late reply is dropped and goes to nobody else")
    func lateReply() async throws {
        try await withRedisServer { server in
            try await withFaultProxy(port: server.port) { proxy in
                try await withRedisClient("redis://127.0.0.1:\(proxy.port)") { client, _ in
                    _ = try await client.send(RedisCommand("PING"))
                    proxy.holdReplies()
                    await #expect(throws: RedisError.expected(.timedOut)) {
                        try await client.send(RedisCommand("ECHO", "late"), within: .milliseconds(20))
                    }
                    async let next = client.send(RedisCommand("ECHO", "next"))
                    proxy.resume()
                    let text = try await next.text
                    #expect(text == "next")
                    // The connection is still the first one.
                    let list = try await server.command("CLIENT", "LIST", "TYPE", "normal")
                    #expect(list.split(separator: "\n").count { $0.contains("laddr=127.0.0.1:\(server.port)") } == 1)
                }
            }
        }
    }

    @Test("replies that are slow arrive within a longer deadline, in order")
    func slowReplies() async throws {
        try await withRedisServer { server in
            try await withFaultProxy(port: server.port) { proxy in
                try await withRedisClient("redis://127.0.0.1:\(proxy.port)") { client, group in
                    let loop = group.next()
                    _ = try await client.send(RedisCommand("PING"))
                    proxy.delay(.milliseconds(60))
                    let replies = try await loop.submit {
                        [5, 1_000].flatMap { limit in
                            (0..<20).map { client.send(RedisCommand("ECHO", $0), on: loop, within: .milliseconds(limit)) }
                        }
                    }.get()
                    let outcomes = try await EventLoopFuture.whenAllComplete(replies, on: loop).get()
                    for outcome in outcomes.prefix(20) {
                        #expect(throws: RedisError.expected(.timedOut)) { try outcome.get() }
                    }
                    #expect(try outcomes.dropFirst(20).map { try $0.get().integerValue } == (0..<20).map { Int64($0) })
                }
            }
        }
    }

    @Test("a full queue refuses at once, by number or by bytes", arguments: [(10, 1 << 20, 15, 5), (1_000, 2_000, 15, 12)])
    func fullQueue(_ limit: Int, _ byteLimit: Int, _ sent: Int, _ refused: Int) async throws {
        try await withRedisServer { server in
            try await withFaultProxy(port: server.port) { proxy in
                let adjust = { (configuration: inout RedisConfiguration) in
                    configuration.queueLimit = limit
                    configuration.queueByteLimit = byteLimit
                }
                try await withRedisClient("redis://127.0.0.1:\(proxy.port)", adjust: adjust) { client, group in
                    let loop = group.next()
                    _ = try await client.send(RedisCommand("PING"))
                    proxy.holdReplies()
                    let word = String(repeating: "x", count: 800)
                    let replies = try await loop.submit {
                        (0..<sent).map { _ in client.send(RedisCommand("ECHO", word), on: loop) }
                    }.get()
                    // Those beyond the limit have failed although no reply has come.
                    await #expect(throws: RedisError.expected(.unavailable)) { try await replies[sent - 1].get() }
                    proxy.resume()
                    let outcomes = try await EventLoopFuture.whenAllComplete(replies, on: loop).get()
                    #expect(outcomes.count { (try? $0.get()) == nil } == refused)
                    let text = try await client.send(RedisCommand("ECHO", "again")).text
                    #expect(text == "again")
                }
            }
        }
    }

    @Test("a cut connection fails what is in flight, and the client comes back")
    func cutConnection() async throws {
        try await withRedisServer { server in
            try await withFaultProxy(port: server.port) { proxy in
                try await withRedisClient("redis://127.0.0.1:\(proxy.port)") { client, group in
                    let loop = group.next()
                    _ = try await client.send(RedisCommand("PING"))
                    proxy.holdReplies()
                    let replies = try await loop.submit { (0..<50).map { _ in client.send(RedisCommand("PING"), on: loop) } }
                        .get()
                    try await waitUntil { try await server.command("INFO", "commandstats").contains("cmdstat_ping:calls=52") }
                    proxy.cut()
                    let outcomes = try await EventLoopFuture.whenAllComplete(replies, on: loop).get()
                    for outcome in outcomes {
                        #expect(throws: RedisError.expected(.connectionLost)) { try outcome.get() }
                    }
                    proxy.resume()
                    try await waitUntil { client.isConnected }
                }
            }
        }
    }

    @Test("a cancelled task goes on at once, and others get their replies")
    func cancellation() async throws {
        try await withRedisServer { server in
            try await withFaultProxy(port: server.port) { proxy in
                try await withRedisClient("redis://127.0.0.1:\(proxy.port)") { client, _ in
                    _ = try await client.send(RedisCommand("PING"))
                    proxy.holdReplies()
                    let waiting = Task { try await client.send(RedisCommand("ECHO", "first"), within: .seconds(600)) }
                    try await waitUntil { try await server.command("INFO", "commandstats").contains("cmdstat_echo:calls=1") }
                    waiting.cancel()
                    await #expect(throws: RedisError.expected(.cancelled)) { try await waiting.value }
                    async let second = client.send(RedisCommand("ECHO", "second"))
                    proxy.resume()
                    let text = try await second.text
                    #expect(text == "second")
                }
            }
        }
    }
}
