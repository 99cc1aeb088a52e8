import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Whose limit a request is charged to")
struct LimitIdentityTests {
    /// A limited route with the settings that allow two calls of it.
    enum Surface: String, CaseIterable, Sendable {
        case reading
        case writing
        case tools
        case reports
        case questions
        case uploads
        case documents

        var settings: [String: String] {
            switch self {
            case .reading: ["RATE_LIMIT_READ_PER_MINUTE": "2"]
            case .writing: ["RATE_LIMIT_WRITE_PER_MINUTE": "2"]
            case .tools: ["RATE_LIMIT_INVOKE": "2/hour"]
            case .reports, .documents: ["RATE_LIMIT_DEFAULT": "2/hour"]
            case .questions: ["RATE_LIMIT_QUERY": "2/hour"]
            case .uploads: ["RATE_LIMIT_UPLOAD": "2/hour"]
            }
        }

        /// Calls the route; it is refused for limits alone.
        func isAdmitted(_ server: RunningServer, key: String, fields: [String] = []) async throws -> Bool {
            let answer =
                switch self {
                case .reading:
                    try await server.client.send(
                        "GET", "/api/v1/traces/6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f", fields: fields, key: key)
                case .writing:
                    try await server.client.send("POST", "/api/v1/traces", fields: fields, key: key, body: RunningServer.trace)
                case .tools:
                    try await server.client.send(
                        "POST", "/v1/gateway/invoke", fields: fields, key: key,
                        body: #"{"environment":"dev","tool_call":{"server":"s","tool":"t","arguments":{}}}"#)
                case .reports:
                    try await server.client.send(
                        "POST", "/api/v1/llm/usage", fields: fields, key: key,
                        body: #"{"model":"m","operation":"o","tokens":1,"status":"success"}"#)
                case .questions:
                    try await server.client.send(
                        "POST", "/api/v1/query/enhanced", fields: fields, key: key, body: #"{"query":"anything"}"#)
                case .uploads:
                    try await server.upload([0x61], name: "a.txt", type: "text/plain", key: key, fields: fields)
                case .documents: try await server.client.send("GET", "/api/v1/documents", fields: fields, key: key)
                }
            #expect(answer.status != 401)
            if answer.status == 429 {
                let seconds = answer["Retry-After"].flatMap { Int($0) }
                #expect((seconds ?? 0) >= 1, "a refusal says when to come back")
            }
            return answer.status != 429
        }
    }

    @Test("two users behind one address do not disturb each other, on any surface", arguments: Surface.allCases)
    func twoUsers(_ surface: Surface) async throws {
        try await withServer(settings: surface.settings) { server in
            let first = try await server.makeUser()
            let second = try await server.makeUser()
            var admitted: [Bool] = []
            for _ in 0..<3 { admitted.append(try await surface.isAdmitted(server, key: first.key)) }
            #expect(admitted == [true, true, false])
            #expect(try await surface.isAdmitted(server, key: second.key))
        }
    }

    @Test("a user who says to come from elsewhere is the same user", arguments: Surface.allCases)
    func spoofedByUser(_ surface: Surface) async throws {
        // The peer of the tests is a trusted proxy, so the address that is told counts where addresses do.
        try await withServer(settings: surface.settings) { server in
            let user = try await server.makeUser()
            var admitted: [Bool] = []
            for number in 1...3 {
                let fields = ["X-Forwarded-For: 198.51.100.\(number)"]
                admitted.append(try await surface.isAdmitted(server, key: user.key, fields: fields))
            }
            #expect(admitted == [true, true, false])
        }
    }

    @Test("a user does not inherit what was charged to the address", arguments: Surface.allCases)
    func anonymousCount(_ surface: Surface) async throws {
        let own = ["RATE_LIMIT_FAILED_AUTH": "2/hour", "RATE_LIMIT_KEY_CREATION": "2/hour"]
        try await withServer(settings: own.merging(surface.settings) { _, new in new }) { server in
            let user = try await server.makeUser()
            _ = try await server.makeUser()
            #expect(try await server.client.send("POST", "/api/v1/keys", body: "{}").status == 429)
            var statuses: [Int] = []
            for _ in 0..<3 {
                statuses.append(try await server.client.send("GET", "/api/v1/keys/verify", key: "wrong").status)
            }
            #expect(statuses == [401, 401, 429])
            var admitted: [Bool] = []
            for _ in 0..<3 { admitted.append(try await surface.isAdmitted(server, key: user.key)) }
            #expect(admitted == [true, true, false])
        }
    }

    @Test("an address is that of the peer unless the peer is trusted", arguments: ["", "10.0.0.0/8"])
    func spoofedByStranger(_ proxies: String) async throws {
        try await withServer(settings: ["RATE_LIMIT_FAILED_AUTH": "2/hour", "TRUSTED_PROXIES": proxies]) { server in
            var statuses: [Int] = []
            for number in 1...4 {
                let fields = ["X-Forwarded-For: 198.51.100.\(number)", "X-Real-IP: 198.51.100.\(number)"]
                statuses.append(
                    try await server.client.send("GET", "/api/v1/keys/verify", fields: fields, key: "wrong").status)
            }
            #expect(statuses == [401, 401, 429, 429])
        }
    }

    @Test("counters are the server's own when Redis is lost, with a warning, and nothing else fails", arguments: Surface.allCases)
    func lostRedis(_ surface: Surface) async throws {
        try await withRedisServer { redis in
            let settings = surface.settings.merging(["REDIS_URL": redis.url]) { _, new in new }
            try await withServer(settings: settings) { server in
                let user = try await server.makeUser()
                #expect(try await surface.isAdmitted(server, key: user.key))
                try await redis.kill()
                var admitted: [Bool] = []
                for _ in 0..<3 { admitted.append(try await surface.isAdmitted(server, key: user.key)) }
                #expect(admitted == [true, true, false], "the table of the server begins anew")
                #expect(server.log.contains("limits are counted in this process while Redis gives no answer"))
                let health = try await server.client.send("GET", "/health")
                #expect(health.status == 200)
                #expect(try health.json()["status"] == "degraded")
            }
        }
    }

    @Test("counters are the server's own when Redis is away from the start", arguments: Surface.allCases)
    func noRedis(_ surface: Surface) async throws {
        let settings = surface.settings.merging(["REDIS_URL": "redis://127.0.0.1:\(try FreePort.find())"]) { _, new in new }
        try await withServer(settings: settings) { server in
            let user = try await server.makeUser()
            var admitted: [Bool] = []
            for _ in 0..<3 { admitted.append(try await surface.isAdmitted(server, key: user.key)) }
            #expect(admitted == [true, true, false])
            #expect(server.log.contains("limits are counted in this process while Redis gives no answer"))
        }
    }
}
