import LimitService
import LimitServiceRESP
import PrometheusMetrics
import RateLimit
import TestKit
import Testing

@Suite("RESP connections", .timeLimit(.minutes(2)))
struct ConnectionTests {
    let clock = ManualClock()
    private let ask = TestClient.framed(["CL.THROTTLE", "k", "9", "1", "1"])

    private func reply(_ remaining: Int) -> String { "*5\r\n:0\r\n:10\r\n:\(remaining)\r\n:-1\r\n:1\r\n" }

    @Test("answers pipelined and split commands in their order")
    func pipelines() async throws {
        try await withListener(try makeService(clock: self.clock)) { port in
            try await TestClient.with(port: port) { client in
                let pieces = (0..<300).map { TestClient.framed(["ECHO", "message \($0)"]) }.joined() + "PING\r\n"
                let expected = (0..<300).map { "$\("message \($0)".utf8.count)\r\nmessage \($0)\r\n" }.joined() + "+PONG\r\n"
                var bytes = Array(pieces.utf8)[...]
                while !bytes.isEmpty {
                    client.send(Array(bytes.prefix(37)))
                    bytes = bytes.dropFirst(37)
                }
                #expect(await client.receives(expected))
            }
        }
    }

    @Test("keeps the order when decisions come later, in whatever order they come")
    func keepsOrder() async throws {
        let decider = LaterDecider()
        try await withListener(decider) { port in
            try await TestClient.with(port: port) { client in
                client.send("PING 0\r\n" + self.ask + "PING 1\r\nPING 2\r\n" + self.ask + self.ask + "PING 3\r\n" + self.ask)
                await decider.waitForDecisions(4)
                #expect(await client.receives("$1\r\n0\r\n"))
                try decider.decide(2, remaining: 2)
                try decider.decide(1, remaining: 1)
                try decider.decide(3, remaining: 3)
                // Nothing may overtake the first decision; a PING that is sent now stands at the end.
                client.send("PING 4\r\n")
                try decider.decide(0, remaining: 0)
                let all =
                    self.reply(0) + "$1\r\n1\r\n$1\r\n2\r\n" + self.reply(1) + self.reply(2) + "$1\r\n3\r\n" + self.reply(3)
                    + "$1\r\n4\r\n"
                #expect(await client.receives(all))
            }
        }
    }

    @Test("takes futures that have their decision already, thousands in one read")
    func readyFutures() async throws {
        let decider = ConstantDecider(answer: try LaterDecider.answer(limit: 10, remaining: 4), isFuture: true)
        try await withListener(decider, configure: { $0.limits.pendingDecisions = 7 }) { port in
            try await TestClient.with(port: port) { client in
                client.send(String(repeating: self.ask + "PING\r\n", count: 5_000) + "QUIT\r\n")
                let expected = String(repeating: self.reply(4) + "+PONG\r\n", count: 5_000) + "+OK\r\n"
                #expect(await client.receiveToEnd() == expected)
            }
        }
    }

    @Test("writes what is awaited before it ends a connection, and says so when a decision fails")
    func endsInOrder() async throws {
        let decider = LaterDecider()
        try await withListener(decider) { port in
            try await TestClient.with(port: port) { client in
                client.send(self.ask + "QUIT\r\nPING\r\n")
                await decider.waitForDecisions(1)
                decider.fail(0)
                #expect(await client.receiveToEnd() == "-ERR no decision could be made\r\n+OK\r\n")
            }
            try await TestClient.with(port: port) { client in
                client.send(self.ask + self.ask)
                await decider.waitForDecisions(3)
                // A client that only closes its sending half still gets its replies.
                try await client.finish()
                try decider.decide(2, remaining: 2)
                try decider.decide(1, remaining: 1)
                #expect(await client.receiveToEnd() == self.reply(1) + self.reply(2))
            }
        }
    }

    @Test("reads no further while too many decisions are awaited")
    func boundsDecisions() async throws {
        let decider = LaterDecider()
        try await withListener(decider, configure: { $0.limits.pendingDecisions = 3 }) { port in
            try await TestClient.with(port: port) { client in
                client.send(String(repeating: self.ask, count: 5) + "PING\r\n")
                await decider.waitForDecisions(3)
                #expect(decider.count == 3)
                try decider.decide(0, remaining: 0)
                #expect(await client.receives(self.reply(0)))
                await decider.waitForDecisions(4)
                for place in 1..<4 { try decider.decide(place, remaining: Int64(place)) }
                await decider.waitForDecisions(5)
                try decider.decide(4, remaining: 4)
                #expect(await client.receives((1..<5).map(self.reply).joined() + "+PONG\r\n"))
            }
        }
    }

    @Test("holds a client that does not read its replies, and goes on when it does")
    func backPressure() async throws {
        try await withListener(try makeService(clock: self.clock), configure: { $0.limits.replyBytes = 1_000 }) { port in
            try await TestClient.with(port: port, readsItself: false) { client in
                // The replies are far larger than the commands, some megabytes in all.
                client.send(String(repeating: "COMMAND\r\n", count: 8_000) + "QUIT\r\n")
                // Another client is served meanwhile.
                try await TestClient.with(port: port) { other in
                    for _ in 0..<100 { #expect(await other.ask("PING", gets: "+PONG\r\n")) }
                }
                try await client.readOn()
                let replies = await client.receiveToEnd()
                #expect(replies.hasSuffix("+OK\r\n"))
                #expect(replies.utf8.count > 5_000_000)
            }
        }
    }

    @Test(
        "tells what is wrong with bytes that are no RESP, and ends",
        arguments: [
            ("*1\r\n$600000\r\n", "invalid bulk length"), ("*1\r\n$-5\r\n", "invalid bulk length"),
            ("*2000\r\n", "invalid multibulk length"), ("*1\r\n+PING\r\n", "expected '$', got '+'"),
            ("POST /throttle HTTP/1.1\r\nHost: x\r\n\r\n", "this is no HTTP"),
        ])
    func violations(_ text: String, _ reason: String) async throws {
        let registry = PrometheusRegistry()
        let metrics = try RESPMetrics(registry: registry)
        try await withListener(try makeService(clock: self.clock), metrics: metrics) { port in
            try await TestClient.with(port: port) { client in
                client.send("PING\r\n" + text + "PING\r\n")
                #expect(await client.receiveToEnd() == "+PONG\r\n-ERR Protocol error: \(reason)\r\n")
            }
        }
    }

    @Test("refuses one connection too many, and takes the next when one has gone")
    func boundsConnections() async throws {
        try await withListener(try makeService(clock: self.clock), configure: { $0.maximumConnections = 2 }) { port in
            try await TestClient.with(port: port) { first in
                #expect(await first.ask("PING", gets: "+PONG\r\n"))
                try await TestClient.with(port: port) { second in
                    #expect(await second.ask("PING", gets: "+PONG\r\n"))
                    try await TestClient.with(port: port) { third in
                        #expect(await third.receiveToEnd() == "-ERR max number of clients reached\r\n")
                    }
                    second.send("QUIT\r\n")
                    #expect(await second.receiveToEnd() == "+OK\r\n")
                }
                var isServed = false
                while !isServed {
                    isServed = try await TestClient.with(port: port) { await $0.ask("PING", gets: "+PONG\r\n") }
                }
            }
        }
    }

    @Test("ends a connection without a complete command, also one that sends a byte now and then")
    func idle() async throws {
        try await withListener(try makeService(clock: self.clock), configure: { $0.idleTimeout = .milliseconds(50) }) { port in
            try await TestClient.with(port: port) { client in
                client.send("*1\r\n$4\r\nPI")
                #expect(await client.receiveToEnd() == "")
            }
        }
    }

    @Test("answers what it has read before it shuts down")
    func shutsDown() async throws {
        let decider = LaterDecider()
        let (ends, ended) = AsyncStream.makeStream(of: String.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (ports, listening) = AsyncStream.makeStream(of: Int.self)
            let (asks, asked) = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                try await withListener(decider) { port in
                    listening.yield(port)
                    for await _ in asks { break }
                }
            }
            group.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                try await TestClient.with(port: port) { client in
                    client.send(self.ask)
                    await decider.waitForDecisions(1)
                    asked.finish()
                    // The listener is told to end now; its last decision comes when new clients are refused already.
                    while (try? await TestClient.with(port: port) { await $0.ask("PING", gets: "+PONG\r\n") }) == true {}
                    try decider.decide(0, remaining: 7)
                    ended.yield(await client.receiveToEnd())
                }
            }
            try await group.waitForAll()
        }
        var iterator = ends.makeAsyncIterator()
        #expect(await iterator.next() == self.reply(7))
    }

    @Test("takes random bytes without a trap, and serves others afterwards")
    func fuzz() async throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let pieces = [
            self.ask, "PING\r\n", "*", "$", "\r\n", "-1", "99999999999", "*3\r\n", "$4\r\nAUTH\r\n", "HELLO 3\r\n",
            "CLIENT LIST\r\n",
            "COMMAND DOCS\r\n", "\"", "\0", "CL.THROTTLE k 1 1 1 9223372036854775807\r\n", "THROTTLE  1 2 3\r\n", "é", "INFO\r\n",
        ]
        try await withListener(try makeService(clock: self.clock)) { port in
            for _ in 0..<TestRun.count(150, long: 20_000) {
                var text = ""
                for _ in 0..<Int.random(in: 1...30, using: &generator) { text += pieces.randomElement(using: &generator) ?? "" }
                try await TestClient.with(port: port) { client in
                    client.send(text)
                    try? await client.finish()
                    _ = await client.receiveToEnd()
                }
            }
            try await TestClient.with(port: port) { client in
                #expect(await client.ask("PING", gets: "+PONG\r\n"))
            }
        }
    }
}

@Suite("Long pipelines over RESP", .timeLimit(.minutes(1)))
struct LongRESPPipelineTests {
    @Test("get every reply once, in order, though their bytes pass the high-water mark", arguments: [3_000, 5_000, 40_000])
    func getEveryReplyOnce(_ count: Int) async throws {
        let table = try InProcessRateLimitStore(memoryBytes: 1 << 20) { .start }
        let service = try LimitService.inProcess(try LimitServiceConfiguration(), table: table)
        try await withListener(service) { port in
            try await TestClient.with(port: port) { client in
                client.send(String(repeating: "CL.THROTTLE k 1000000 1000000 1\r\n", count: count) + "ECHO end\r\n")
                let replies = (0..<count).map { "*5\r\n:0\r\n:1000001\r\n:\(1_000_000 - $0)\r\n:-1\r\n:1\r\n" }
                let expected = replies.joined() + "$3\r\nend\r\n"
                let received = await client.receive(expected.utf8.count)
                let same = zip(received.utf8, expected.utf8).prefix { $0 == $1 }.count
                #expect(received == expected, "the first difference is at byte \(same)")
            }
        }
    }
}
