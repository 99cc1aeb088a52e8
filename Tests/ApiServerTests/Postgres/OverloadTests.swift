import Foundation
import NIOCore
import NIOHTTP1
import DatabaseTestSupport
import ProgramTestSupport
import TestKit
import Testing

@Suite("Far more requests than connections to PostgreSQL")
struct OverloadTests {
    private static let settings = [
        "DATABASE_POOL_MAX": "10", "DATABASE_POOL_TIMEOUT_SECONDS": "2", "DATABASE_STATEMENT_TIMEOUT_SECONDS": "5",
        "RATE_LIMIT_READ_PER_MINUTE": "1000000",
    ]

    @Test("10 000 requests over 2 000 connections and a pool of 10: each is answered, memory and wait are bounded")
    func burst() async throws {
        try await withServer(on: .postgres, settings: Self.settings) { server in
            let user = try await server.makeUser()
            let id = try await server.makeTrace(key: user.key)
            let before = try Self.peakMemory(of: server)
            let (client, place) = (server.client, server.place)
            async let burst = Burst.run(port: client.port, connections: 2_000, rounds: 5) { number in
                Self.request(number, id: id, key: user.key)
            }
            // While nobody gets at a trace, the pool is exhausted for sure.
            let refused = try await withLockedTable("traces", at: place) {
                try await Self.waitForStuckStatements(10, at: place)
                return try await client.send("GET", "/api/v1/traces/\(id)", key: user.key)
            }
            #expect([200, 503].contains(refused.status))
            let tally = try await burst
            #expect(tally.failures.isEmpty, "\(tally.failures.count): \(tally.failures.prefix(3))")
            let answers = tally.answers
            #expect(answers.count == 10_000)
            let counts = Dictionary(grouping: answers, by: \.status).mapValues(\.count)
            #expect(Set(counts.keys).isSubset(of: [200, 202, 429, 503]), "\(counts)")
            #expect(counts[503] ?? 0 > 0 && counts[200] ?? 0 > 0 && counts[429] ?? 0 > 0, "\(counts)")
            #expect(answers.allSatisfy { ![429, 503].contains($0.status) || $0.retryAfter != nil })
            let longest = answers.map(\.duration.nanoseconds).max() ?? 0
            // A place in the pool, and a statement that is given up; the rest is for two thousand clients on two cores.
            #expect(longest < 30_000_000_000)
            let after = try Self.peakMemory(of: server)
            print(
                "burst: \(counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")),",
                "longest \(longest / 1_000_000) ms, memory \(before) to \(after) MiB at most")
            #expect(after < before + 400, "\(before) MiB became \(after) MiB")
            let backends = try await place.query(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'gatehouse-api-server'"
            )
            #expect(backends.first.flatMap { Int($0) }.map { $0 <= 10 } == true, "\(backends)")
            for _ in 0..<100 {
                if try await client.send("GET", "/api/v1/traces/\(id)", key: user.key).status == 200 { return }
                try await Task.sleep(for: .milliseconds(50))
            }
            Issue.record("the server did not recover")
        }
    }

    /// Three of four clients read, the fourth writes.
    private static func request(_ number: Int, id: String, key: String) -> (head: HTTPRequestHead, body: String?) {
        var fields: HTTPHeaders = ["Host": "localhost", "X-API-Key": key]
        if number % 4 != 0 {
            return (HTTPRequestHead(version: .http1_1, method: .GET, uri: "/api/v1/traces/\(id)", headers: fields), nil)
        }
        fields.add(name: "Content-Type", value: "application/json")
        fields.add(name: "Content-Length", value: "\(RunningServer.trace.utf8.count)")
        return (HTTPRequestHead(version: .http1_1, method: .POST, uri: "/api/v1/traces", headers: fields), RunningServer.trace)
    }

    private static func waitForStuckStatements(_ count: Int, at place: TestPlace) async throws {
        for _ in 0..<400 {
            let stuck = try await place.query(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            if let number = stuck.first.flatMap({ Int($0) }), number >= count { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the pool was not exhausted within 20 s")
    }

    /// Most memory that the process has had, in MiB.
    private static func peakMemory(of server: RunningServer) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(server.child.processID)/status", encoding: .utf8)
        let line = try #require(status.firstMatch(of: #/VmHWM:\s+(\d+) kB/#))
        return (Int(line.1) ?? 0) / 1_024
    }
}
