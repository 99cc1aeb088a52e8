import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Limits shared in Redis")
struct SharedLimitTests {
    private static let settings = ["RATE_LIMIT_READ_PER_MINUTE": "3", "RATE_LIMIT_WRITE_PER_MINUTE": "2"]

    @Test("are those of all servers, under the prescribed keys, which always expire", arguments: TestStore.allCases)
    func shares(on store: TestStore) async throws {
        try await withRedisServer { redis in
            try await withTestPlace(on: store) { place in
                let settings = Self.settings.merging(["REDIS_URL": redis.url]) { _, new in new }
                try await withServer(in: place, settings: settings) { first in
                    try await withServer(in: place, settings: settings) { second in
                        let user = try await first.makeUser()
                        let id = try await first.makeTrace(key: user.key)
                        var statuses: [Int] = []
                        for server in [first, second, first, second] {
                            statuses.append(
                                try await server.client.send("GET", "/api/v1/traces/\(id)", key: user.key).status)
                        }
                        #expect(statuses == [200, 200, 200, 429])
                        for name in ["read", "write"] {
                            let key = "rl:\(user.id):\(name)"
                            #expect(try await redis.command("TYPE", key) == "hash")
                            let seconds = try #require(Int(try await redis.command("TTL", key)))
                            #expect((1...120).contains(seconds))
                            #expect(try await redis.command("HEXISTS", key, "last_refill") == "1")
                        }
                        #expect(try await second.client.send("GET", "/health").json()["checks"]?["redis"] == "healthy")
                    }
                }
            }
        }
    }

    @Test("are counted in the server while Redis is away: it starts, says so, is degraded and goes on; and shares again later")
    func goesOnAlone() async throws {
        try await withRedisServer { redis in
            try await redis.kill()
            let settings = Self.settings.merging(["REDIS_URL": redis.url]) { _, new in new }
            try await withServer(settings: settings) { server in
                let user = try await server.makeUser()
                let id = try await server.makeTrace(key: user.key)
                var statuses: [Int] = []
                for _ in 0..<4 {
                    statuses.append(try await server.client.send("GET", "/api/v1/traces/\(id)", key: user.key).status)
                }
                #expect(statuses == [200, 200, 200, 429])
                let health = try await server.client.send("GET", "/health")
                #expect(health.status == 200)
                #expect(try health.json()["status"] == "degraded")
                #expect(server.log.contains("limits are counted in this process while Redis gives no answer"))

                try await redis.restart()
                let path = "/api/v1/traces/\(id)"
                for _ in 0..<400 {
                    if try await server.client.send("GET", path, key: user.key).status == 200 { break }
                    try await Task.sleep(for: .milliseconds(25))
                }
                #expect(try await redis.command("EXISTS", "rl:\(user.id):read") == "1")
            }
        }
    }

    @Test("refuses a URL that is none at start", arguments: ["http://x", "redis://x:99999", "redis://x/nine"])
    func badURL(_ url: String) async throws {
        try await withTemporaryDirectory { folder in
            let result = try await Programs.apiServer("serve", in: folder, settings: ["REDIS_URL": url])
            #expect(result.termination == .exited(78))
            #expect(result.standardError.text.contains("REDIS_URL"))
        }
    }
}
