import Foundation
import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("PostgreSQL that goes away under load")
struct PostgresFaultTests {
    enum Fault: CaseIterable {
        case stopped, killed, connectionsCut, halted

        /// Makes the server go away under load, and come back.
        func happen(to postgres: PostgresServer, during load: SteadyLoad) async throws {
            let count = load.answers.count
            switch self {
            case .stopped:
                try await postgres.stop()
                try await load.wait(for: 5, of: [503], after: count)
                try await postgres.start()
            case .killed:
                try await postgres.kill()
                try await load.wait(for: 5, of: [503], after: count)
                try await postgres.start()
            case .connectionsCut:
                try await postgres.cutConnections()
            case .halted:
                postgres.suspend()
                try await load.wait(for: 5, of: [503], after: count)
                postgres.resume()
            }
        }
    }

    /// Short limits, so that a test sees all of them.
    private static let settings = [
        "RATE_LIMIT_ENABLED": "false", "DATABASE_POOL_MAX": "4", "DATABASE_POOL_TIMEOUT_SECONDS": "1",
        "DATABASE_CONNECT_TIMEOUT_SECONDS": "1", "DATABASE_STATEMENT_TIMEOUT_SECONDS": "1",
    ]

    @Test(
        "answers 503 with Retry-After in time, half-writes nothing, and is back without a restart", arguments: Fault.allCases)
    func goesOn(after fault: Fault) async throws {
        try await withPostgresServer { postgres in
            try await withServer(over: postgres, settings: Self.settings) { server in
                let user = try await server.makeUser()
                let load = SteadyLoad()
                try await load.run(server, key: user.key, clients: 8) {
                    try await load.wait(for: 20, of: [202])
                    try await fault.happen(to: postgres, during: load)
                    try await load.wait(for: 20, of: [202], after: load.answers.count)
                }
                #expect(load.failures.isEmpty, "\(load.failures.prefix(3))")
                for answer in load.answers {
                    #expect([202, 503].contains(answer.status), "\(answer)")
                    #expect(answer.status != 503 || answer.retryAfter != nil, "\(answer)")
                    // A place in the pool, a connection and two statements, each with its limit; the rest is for a slow machine.
                    #expect(answer.duration < .seconds(15), "\(answer)")
                }
                try await Self.expectWhole(load, server.place)
                #expect(try await server.client.send("GET", "/health").status == 200)
                #expect(server.child.termination == nil)
                let backends = try await server.place.query(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gatehouse-api-server'")
                #expect(backends.first.flatMap { Int($0) }.map { (1...4).contains($0) } == true, "\(backends)")
                for word in ["gatehouse@", "127.0.0.1:\(postgres.port)", "SQLSTATE", "terminating"] {
                    #expect(!load.answers.contains { $0.detail.contains(word) })
                }
            }
        }
    }

    /// Every trace that was promised is there, and each one has both of its tags.
    private static func expectWhole(_ load: SteadyLoad, _ place: TestPlace) async throws {
        let promised = Set(load.answers.filter { $0.status == 202 }.compactMap(\.id))
        var kept: Set<String> = []
        // In parts, since of a long output only the end is kept.
        for digit in "0123456789abcdef" {
            kept.formUnion(try await place.query("SELECT id FROM traces WHERE CAST(id AS text) LIKE '\(digit)%'"))
        }
        #expect(promised.subtracting(kept).isEmpty)
        let unsure = load.answers.count { $0.status == 503 && $0.detail.contains("may have been made") }
        #expect(kept.count <= promised.count + unsure, "a refused trace was kept")
        let torn = try await place.query(
            "SELECT count(*) FROM traces t WHERE (SELECT count(*) FROM trace_tags g WHERE g.trace_id = t.id) <> 2")
        #expect(torn == ["0"])
    }

    @Test("/health and /readyz say so while it is away, and forget it afterwards")
    func health() async throws {
        try await withPostgresServer { postgres in
            try await withServer(over: postgres, settings: Self.settings) { server async throws in
                let user = try await server.makeUser()
                try await postgres.stop()
                let health = try await server.client.send("GET", "/health")
                #expect(health.status == 503)
                #expect(try health.json()["checks"]?["database"] == "unhealthy")
                #expect(
                    try await server.client.send("GET", "/readyz").text
                        == #"{"status":"not_ready","reason":"database_unavailable"}"#)
                #expect(try await server.client.send("GET", "/livez").status == 200)
                let refused = try await server.client.send("POST", "/api/v1/traces", key: user.key, body: RunningServer.trace)
                #expect(refused.status == 503)
                #expect(refused["Retry-After"] == "1")
                let words = ["The database cannot answer now", "Credentials cannot be checked now"]
                #expect(words.contains(try refused.string("detail")))
                try await postgres.start()
                #expect(try await server.client.send("GET", "/health").status == 200)
                #expect(try await server.client.send("GET", "/readyz").status == 200)
                _ = try await server.makeTrace(key: user.key)
            }
        }
    }

    @Test("loses no connection and no descriptor over many faults")
    func leaks() async throws {
        try await withPostgresServer { postgres in
            try await withServer(over: postgres, settings: Self.settings) { server in
                let user = try await server.makeUser()
                let load = SteadyLoad()
                var before = 0
                try await load.run(server, key: user.key, clients: 4) {
                    for round in 0..<TestRun.count(20, long: 1_000) {
                        try await load.wait(for: 4, of: [202], after: load.answers.count)
                        if round == 4 { before = try Self.descriptors(of: server) }
                        try await postgres.cutConnections()
                    }
                    try await load.wait(for: 4, of: [202], after: load.answers.count)
                }
                #expect(load.answers.allSatisfy { [202, 503].contains($0.status) })
                try await Self.expectWhole(load, server.place)
                let after = try Self.descriptors(of: server)
                // Connections of clients and of the pool come and go within this.
                #expect(after <= before + 12, "\(before) descriptors became \(after)")
            }
        }
    }

    private static func descriptors(of server: RunningServer) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(server.child.processID)/fd").count
    }
}

extension PostgresServer {
    /// Ends all connections of api-servers.
    fileprivate func cutConnections() async throws {
        try await self.command(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'gatehouse-api-server'")
    }
}

/// Starts `api-server` on a new database of a PostgreSQL server that the test may stop, kill or halt.
private func withServer<Value>(
    over postgres: PostgresServer, settings: [String: String], _ body: (RunningServer) async throws -> Value
) async throws -> Value {
    let name = try await postgres.createDatabase()
    return try await withTemporaryDirectory { folder in
        let place = try TestPlace(name, on: postgres, in: folder)
        return try await withServer(in: place, settings: settings, arguments: ["--migrate"], body)
    }
}
