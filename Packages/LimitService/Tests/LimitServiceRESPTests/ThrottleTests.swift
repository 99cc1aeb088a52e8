import LimitService
import TestKit
import Testing

@testable import LimitServiceRESP

@Suite("CL.THROTTLE and THROTTLE")
struct ThrottleTests {
    let clock = ManualClock()

    /// Asks one command after the other on one connection.
    private func expect(_ exchanges: [(command: String, reply: String)]) async throws {
        try await withListener(try makeService(clock: self.clock)) { port in
            try await TestClient.with(port: port) { client in
                for (command, reply) in exchanges {
                    client.send(TestClient.framed(command.split(separator: " ").map(String.init)))
                    let numbers = reply.split(separator: " ")
                    let text =
                        reply.hasPrefix("-")
                        ? "\(reply)\r\n" : "*\(numbers.count)\r\n" + numbers.map { ":\($0)\r\n" }.joined()
                    let got = await client.receive(text.utf8.count)
                    #expect(got == text, "\(command)")
                }
            }
        }
    }

    @Test("CL.THROTTLE answers as redis-cell: limited, limit, remaining, retry after, reset after")
    func cell() async throws {
        try await self.expect([
            ("CL.THROTTLE user123 15 30 60", "0 16 15 -1 2"), ("cl.throttle user123 15 30 60 0", "0 16 15 -1 2"),
            ("CL.THROTTLE user123 15 30 60 15", "0 16 0 -1 32"), ("Cl.Throttle user123 15 30 60", "1 16 0 2 32"),
            ("CL.THROTTLE user123 15 30 60 16", "1 16 0 32 32"), ("CL.THROTTLE user123 15 30 60 17", "1 16 0 -1 32"),
            ("CL.THROTTLE other 0 10000 1", "0 1 0 -1 1"), ("CL.THROTTLE other 0 10000 1", "1 1 0 1 1"),
        ])
    }

    @Test("THROTTLE answers as throttlecrab: allowed, limit, remaining, reset after, retry after")
    func crab() async throws {
        try await self.expect([
            ("THROTTLE user123 15 30 60", "1 15 14 2 0"), ("throttle user123 15 30 60 0", "1 15 14 2 0"),
            ("THROTTLE user123 15 30 60 14", "1 15 0 30 0"), ("THROTTLE user123 15 30 60", "0 15 0 30 2"),
            ("THROTTLE user123 15 30 60 16", "0 15 0 30 -1"), ("THROTTLE one 1 1 60", "1 1 0 60 0"),
            ("THROTTLE one 1 1 60 1", "0 1 0 60 60"),
        ])
    }

    @Test(
        "an idle spell never saves up more than one burst",
        arguments: [(10, 1, 1, 8_000), (100, 10, 1, 9_800), (50, 50, 60, 55_000)])
    func idleThenBurst(_ burst: Int, _ count: Int, _ period: Int, _ idleMilliseconds: Int) async throws {
        try await withListener(try makeService(clock: self.clock)) { port in
            try await TestClient.with(port: port) { client in
                let crab = TestClient.framed(["THROTTLE", "a", "\(burst)", "\(count)", "\(period)"])
                let cell = TestClient.framed(["CL.THROTTLE", "b", "\(burst)", "\(count)", "\(period)"])
                client.send(crab + cell + "PING\r\n")
                _ = await Self.allowed(&client)
                self.clock.advance(by: .milliseconds(idleMilliseconds))
                client.send(String(repeating: crab, count: 3 * burst) + "PING\r\n")
                #expect(await Self.allowed(&client).crab == burst)
                client.send(String(repeating: cell, count: 3 * burst) + "PING\r\n")
                #expect(await Self.allowed(&client).cell == burst + 1)
            }
        }
    }

    /// Reads replies up to a PONG, and counts those that start with 1 and with 0.
    private static func allowed(_ client: inout TestClient) async -> (crab: Int, cell: Int) {
        var lines: [Substring] = []
        var text = ""
        while !text.hasSuffix("+PONG\r\n") { text += await client.receive(1) }
        lines = text.split(separator: "\r\n")
        let firsts = lines.indices.filter { lines[$0] == "*5" }.map { lines[$0 + 1] }
        return (firsts.count { $0 == ":1" }, firsts.count { $0 == ":0" })
    }

    @Test(
        "answers clearly where the arguments are no bucket",
        arguments: [
            ("CL.THROTTLE", "-ERR wrong number of arguments for 'cl.throttle' command"),
            ("CL.THROTTLE k 1 1", "-ERR wrong number of arguments for 'cl.throttle' command"),
            ("THROTTLE k 1 1 1 1 1", "-ERR wrong number of arguments for 'throttle' command"),
            ("CL.THROTTLE k x 1 1", "-ERR max_burst is not an integer or out of range"),
            ("CL.THROTTLE k 1.5 1 1", "-ERR max_burst is not an integer or out of range"),
            ("CL.THROTTLE k -1 1 1", "-ERR max_burst must be 0 or more"),
            ("CL.THROTTLE k 9223372036854775807 1 1", "-ERR max_burst is not an integer or out of range"),
            ("CL.THROTTLE k 9223372036854775808 1 1", "-ERR max_burst is not an integer or out of range"),
            ("CL.THROTTLE k 9223372036854775806 1 1", "-ERR a bucket of 9223372036854775807 tokens that wins back 1"),
            ("THROTTLE k 0 1 1", "-ERR max_burst must be 1 or more"), ("THROTTLE k 1 0 1", "-ERR count must be 1 or more"),
            ("CL.THROTTLE k 1 -5 1", "-ERR count must be 1 or more"), ("CL.THROTTLE k 1 1 0", "-ERR period must be 1 or more"),
            ("CL.THROTTLE k 1 1 -9223372036854775808", "-ERR period must be 1 or more"),
            ("CL.THROTTLE k 1 1 9223372036854775807", "-ERR a window of 9223372036854775807 second is out of range"),
            ("CL.THROTTLE k 1 1 y", "-ERR period is not an integer or out of range"),
            ("CL.THROTTLE k 1 1 1 -1", "-ERR quantity must be 0 or more"),
            ("CL.THROTTLE k 1 1 1 z", "-ERR quantity is not an integer or out of range"),
        ])
    func refuses(_ command: String, _ reply: String) async throws {
        try await withListener(try makeService(clock: self.clock)) { port in
            try await TestClient.with(port: port) { client in
                client.send(TestClient.framed(command.split(separator: " ").map(String.init)) + "PING\r\nQUIT\r\n")
                let replies = await client.receiveToEnd()
                #expect(replies.hasPrefix(reply) && replies.hasSuffix("\r\n+PONG\r\n+OK\r\n"), "\(replies)")
            }
        }
    }

    @Test("takes keys of any bytes, up to the longest")
    func strangeKeys() async throws {
        try await withListener(try makeService(clock: self.clock)) { port in
            try await TestClient.with(port: port) { client in
                for key in ["", "a b", "a:b/%2F", "\u{0}", "a\r\nb", "é", "e\u{301}", String(repeating: "k", count: 4_000)] {
                    #expect(await client.ask("CL.THROTTLE", key, "0", "1", "60", gets: "*5\r\n:0\r\n:1\r\n:0\r\n:-1\r\n:60\r\n"))
                    #expect(await client.ask("CL.THROTTLE", key, "0", "1", "60", gets: "*5\r\n:1\r\n:1\r\n:0\r\n:60\r\n:60\r\n"))
                }
                client.send(
                    TestClient.framed(["CL.THROTTLE", String(repeating: "k", count: 10_000), "0", "1", "60"]) + "QUIT\r\n")
                let replies = await client.receiveToEnd()
                #expect(replies.hasPrefix("-ERR ") && replies.hasSuffix("\r\n+OK\r\n"), "\(replies)")
            }
        }
    }

    @Test("says so when nobody can decide")
    func unavailable() async throws {
        let answer = try LaterDecider.answer(limit: 1, remaining: 0, source: .policy, isAllowed: false)
        try await withListener(ConstantDecider(answer: answer)) { port in
            try await TestClient.with(port: port) { client in
                let text = "-ERR the shared store gives no answer, try again later\r\n"
                #expect(await client.ask("CL.THROTTLE", "k", "1", "1", "1", gets: text))
                #expect(await client.ask("THROTTLE", "k", "1", "1", "1", gets: text))
            }
        }
    }

    @Test("many connections that ask for one key are admitted exactly as often as its burst allows")
    func exactlyTheBurst() async throws {
        let command = TestClient.framed(["CL.THROTTLE", "hot", "99", "1", "3600"])
        try await withListener(try makeService(clock: self.clock)) { port in
            let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await TestClient.with(port: port) { client in
                            client.send(String(repeating: command, count: 100) + "QUIT\r\n")
                            return await client.receiveToEnd().components(of: "*5\r\n:0\r\n")
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(admitted == 100)
        }
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(of text: String) -> Int {
        self.split(separator: text, omittingEmptySubsequences: false).count - 1
    }
}
