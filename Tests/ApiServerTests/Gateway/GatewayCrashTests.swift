import DatabaseTestSupport
import Foundation
import OutboundTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Calls of tools when a server dies or stands alone")
struct GatewayCrashTests {
    /// The request ids that a tool server has seen.
    private static func seen(by tools: ScriptedServer) -> [String] {
        tools.requests.compactMap { request in
            request.split(separator: "\r\n").first { $0.hasPrefix("X-MCP-Gateway-Request-Id: ") }
                .map { String($0.dropFirst("X-MCP-Gateway-Request-Id: ".count)) }
        }
    }

    /// What must hold whatever happened: each effect has its intent, each intent its end, nothing ran twice, the trail is whole.
    private static func check(_ place: TestPlace, _ seen: [String], _ comment: Comment) async throws {
        #expect(Set(seen).count == seen.count, comment)
        let intents = try await Set(place.query("SELECT request_id FROM audit_journal WHERE kind = 'intent'"))
        #expect(Set(seen).subtracting(intents) == [], comment)
        let ended = try await Set(place.query("SELECT request_id FROM audit_events"))
        #expect(intents.subtracting(ended) == [], comment)
        #expect(try await place.query("SELECT COUNT(*) FROM audit_open_requests") == ["0"], comment)
        let verified = try await Programs.apiServer("audit", "verify", in: place.folder)
        #expect(verified.isSuccess, "\(comment): \(verified.standardOutput.text)")
    }

    private static func waitForEnds(_ place: TestPlace) async throws {
        for _ in 0..<3_000 {
            if try await place.query("SELECT COUNT(*) FROM audit_open_requests") == ["0"] { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Calls that are allowed, denied, held up and approved, eight at a time, until the server is gone.
    private static func load(_ place: ToolPlace, _ keys: (agent: String, admin: String), prefix: String) async {
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask {
                    for number in 0..<40 {
                        let id = "\(prefix)-\(lane)-\(number)"
                        let path = number % 5 == 4 ? "/etc/hosts" : "/data/\(lane)"
                        guard let answer = try? await place.invoke("fs.read", ["path": .string(path)], key: keys.agent, id: id),
                            answer.status == 200
                        else { return }
                    }
                }
            }
        }
    }

    @Test("leave no effect without its intent and no intent without its end, killed at any moment", arguments: TestStore.allCases)
    func killed(on store: TestStore) async throws {
        let rounds = TestRun.count(3, long: 60)
        var generator = SeededGenerator(seed: TestRun.seed)
        try await withTestPlace(on: store) { place in
            var keys: (agent: String, admin: String)?
            var seen: [String] = []
            for round in 0..<rounds {
                let delay = Int.random(in: 5...250, using: &generator)
                seen += try await ToolPlace.with(in: place) { tool in
                    if keys == nil { keys = try await place.seed() }
                    let known = try #require(keys)
                    async let load: Void = Self.load(tool, known, prefix: "round-\(round)")
                    for _ in 0..<1_000 where tool.tools.requests.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
                    try await Task.sleep(for: .milliseconds(delay))
                    tool.server.child.send(signal: SIGKILL)
                    await load
                    _ = try await tool.server.child.waitForExit(within: .seconds(20))
                    return Self.seen(by: tool.tools)
                }
            }
            #expect(!seen.isEmpty)
            let later = try await ToolPlace.with(in: place) { tool in
                try await Self.waitForEnds(place)
                return tool.tools.requests.count
            }
            // What was cut off is not sent again.
            #expect(later == 0)
            try await Self.check(place, seen, "\(rounds) rounds, seed \(TestRun.seed)")
        }
    }

    @Test("go on in files or not at all while PostgreSQL is away, and come to it afterwards")
    func databaseAway() async throws {
        try await withPostgresServer { postgres in
            let name = try await postgres.createDatabase()
            try await withTemporaryDirectory { folder in
                let place = try TestPlace(name, on: postgres, in: folder)
                #expect(try await Programs.migrator("upgrade", in: folder).isSuccess)
                let seen = try await ToolPlace.with(in: place) { tool in
                    let keys = try await place.seed()
                    async let load: Void = Self.load(tool, keys, prefix: "away")
                    for _ in 0..<1_000 where tool.tools.requests.count < 10 { try await Task.sleep(for: .milliseconds(2)) }
                    try await postgres.stop()
                    await load
                    // Whoever is not known calls nothing, and is told so.
                    let away = try await tool.invoke("fs.read", ["path": "/data/a"], key: keys.agent, id: "while-away")
                    #expect([200, 503].contains(away.status), "\(away.text)")
                    try await postgres.start()
                    for _ in 0..<3_000 {
                        if try await tool.server.client.send("GET", "/health").text.contains(#""audit":"healthy""#) { break }
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    #expect(try await tool.invoke("fs.read", ["path": "/data/a"], key: keys.agent, id: "after").status == 200)
                    try await Self.waitForEnds(place)
                    return Self.seen(by: tool.tools)
                }
                #expect(seen.contains("after"))
                try await Self.check(place, seen, "PostgreSQL away")
            }
        }
    }

    @Test("go on while Redis is away", arguments: TestStore.allCases)
    func redisAway(on store: TestStore) async throws {
        try await withRedisServer { redis in
            try await ToolPlace.with(on: store, settings: ["REDIS_URL": redis.url, "RATE_LIMIT_ENABLED": "true"]) { tool in
                let keys = try await tool.server.place.seed()
                let agent = try await tool.makeCaller("prod-agent", role: "developer", environment: "prod")
                let arguments: JSONValue = ["path": "/data/output/a", "content": "x"]
                let token = try await tool.invoke("fs.write", arguments, key: agent).string("approval_token")
                try await redis.kill()
                #expect(try await tool.invoke("fs.read", ["path": "/data/a"], key: keys.agent).string("decision") == "ALLOW")
                let handle = try await tool.server.place.query("SELECT token FROM approval_requests").first ?? ""
                let approved = try await tool.server.client.send("POST", "/v1/approvals/\(handle)/approve", key: keys.admin)
                #expect(approved.status == 200, "\(approved.text)")
                #expect(try await tool.invoke("fs.write", arguments, key: agent, token: token).string("decision") == "ALLOW")
                #expect(
                    try await tool.invoke("fs.write", arguments, key: agent, token: token).string("decision")
                        == "APPROVAL_REQUIRED")
                #expect(tool.tools.requests.count == 2)
            }
        }
    }
}
