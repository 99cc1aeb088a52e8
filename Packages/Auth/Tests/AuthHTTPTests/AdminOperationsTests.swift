import Auth
import AuthHTTP
import AuthSchema
import CommonsSchema
import GatewaySchema
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Logging
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import PrometheusMetrics
import StrictJSON
import Testing

@Suite("Operations on sessions of administrators")
struct AdminOperationsTests {
    /// A service with an administrator, and how often failures were charged.
    private struct Service {
        let http: HTTPService
        let limits: CountingLimits
        let ledger: RecordedSessions
        let refusals: RecordedRefusals
        let database: any Database
        let store: KeyStore
        let key: String

        func logIn(_ key: String) async throws -> ServiceAnswer {
            try await self.http.answer(.post, "/v1/admin/login", json: ["api_key": .string(key)])
        }

        func token() async throws -> String {
            let answer = try await self.logIn(self.key)
            return try #require(try answer.json["session_token"]?.stringValue)
        }

        func me(_ headers: HTTPFields) async throws -> ServiceAnswer {
            try await self.http.answer(.get, "/v1/admin/me", headers: headers)
        }
    }

    private static let adminKey = ["operator", "secret"].joined(separator: "-")
    private static let probe = Operation(
        .get, "/probe", id: "probe", summary: "Outside", tag: "test", access: .caller
    ) { _ in .empty() }

    private func withService(
        _ store: TestStore, limits: CountingLimits = CountingLimits(), adminKey: String = "",
        _ body: (Service) async throws -> Void
    ) async throws {
        let chains = [CommonsRevisions.chain, GatewayRevisions.chain, AuthRevisions.chain]
        try await withMigratedDatabase(store, chains) { database, _ in
            let authority = KeyAuthority(database: database, logger: Logger(label: "test"))
            let keys = KeyStore(database: database)
            let header = try #require(HTTPField.Name("X-Admin-Key"))
            let further = AdminAPIKey(adminKey).map {
                [FurtherCredential(header, paths: AdminOperations.adminKeyPaths, resolver: $0)]
            }
            let (ledger, refusals) = (RecordedSessions(), RecordedRefusals())
            let parts = HTTPService.Parts(
                resolver: authority, furtherCredentials: further ?? [], limits: limits,
                metrics: try HTTPMetrics(registry: PrometheusRegistry()), translate: { _ in nil }, refusals: refusals)
            var configuration = HTTPService.Configuration(keyHeader: try #require(HTTPField.Name("X-API-Key")))
            configuration.failedAuthenticationLimit = KeyOperations.failedAuthenticationLimit
            let operations = AdminOperations(
                authority: authority, store: keys, limits: limits, failureLimit: KeyOperations.failedAuthenticationLimit,
                ledger: ledger)
            let http = try HTTPService(
                operations: operations.operations + [Self.probe], parts: parts, configuration: configuration)
            let admin = try await keys.createGatewayCaller(
                id: CallerID(unchecked: "boss"), role: .admin, trustLevel: .low, environment: .production,
                organisation: OrganisationID(unchecked: "acme-prod"))
            try await body(
                Service(
                    http: http, limits: limits, ledger: ledger, refusals: refusals, database: database, store: keys,
                    key: admin.key.text))
        }
    }

    @Test("open a session that the other surfaces accept, show it, and end it", arguments: TestStore.allCases)
    func life(_ store: TestStore) async throws {
        try await self.withService(store) { service in
            let answer = try await service.logIn(service.key)
            #expect(answer.status == .ok)
            #expect(answer.headers[.cacheControl] == "no-store")
            let session = try answer.json
            let row = try await service.database.queryOne("SELECT id FROM api_keys")?.decode("id", as: Int.self)
            let id = JSONValue.integer(try #require(row))
            #expect(session["caller_id"] == "boss")
            #expect(session["role"] == "admin")
            #expect(session["environment"] == "prod")
            #expect(session["api_key_id"] == id)
            #expect(session["org_id"] == "acme-prod")
            let end = try #require(session["expires_at"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
            #expect(abs(Timestamp.now().duration(to: end) / .seconds(1) - 3_600) < 60)
            let bearer: HTTPFields = [.authorization: "Bearer \(try #require(session["session_token"]?.stringValue))"]
            let me = try await service.me(bearer)
            #expect(me.status == .ok)
            #expect(
                try me.json == [
                    "caller_id": "boss", "role": "admin", "trust_level": 4, "environment": "prod", "api_key_id": id,
                    "org_id": "acme-prod",
                ])
            #expect(try await service.http.answer(.get, "/probe", headers: bearer).status == .noContent)
            let out = try await service.http.answer(.post, "/v1/admin/logout", headers: bearer)
            #expect(out.status == .ok)
            #expect(try out.json == ["status": "ok"])
            for path in ["/v1/admin/logout", "/v1/admin/me"] {
                let method: HTTPRequest.Method = path.hasSuffix("me") ? .get : .post
                #expect(try await service.http.answer(method, path, headers: bearer).status == .unauthorized)
            }
        }
    }

    @Test("answer 401 alike for whatever is no key or session, and charge the address", arguments: TestStore.allCases)
    func unauthorized(_ store: TestStore) async throws {
        try await self.withService(store, limits: CountingLimits(["failed-authentication": 9])) { service in
            let id = try #require(HTTPField.Name("X-Request-ID"))
            let token = try await service.token()
            var bodies: Set<[UInt8]> = []
            for key in ["wrong", "", "' OR '1'='1", token, "gth_" + String(repeating: "0", count: 46)] {
                let answer = try await service.http.answer(
                    .post, "/v1/admin/login", json: ["api_key": .string(key)], headers: [id: "r"])
                #expect(answer.status == .unauthorized)
                bodies.insert(answer.body)
            }
            let credentials: [HTTPFields] = [
                [id: "r"], [id: "r", .authorization: "Bearer ' OR '1'='1"], [id: "r", .authorization: "Bearer x"],
            ]
            for headers in credentials {
                let answer = try await service.me(headers)
                #expect(answer.status == .unauthorized)
                bodies.insert(answer.body)
            }
            let keyOnly = try await service.http.answer(
                .post, "/v1/admin/logout", headers: [id: "r", .authorization: "Bearer \(service.key)"])
            #expect(keyOnly.status == .unauthorized)
            bodies.insert(keyOnly.body)
            #expect(bodies.count == 1)
            #expect(service.limits.charged.filter { $0 == "failed-authentication" }.count == 8)
            #expect(try await service.logIn("wrong").status == .unauthorized)
            #expect(try await service.logIn("wrong").status == .tooManyRequests)
            // Nobody is refused for the failures of others.
            #expect(try await service.logIn(service.key).status == .ok)
        }
    }

    @Test("answer 403 for keys of others, and 422 for no key at all", arguments: TestStore.allCases)
    func forbidden(_ store: TestStore) async throws {
        try await self.withService(store) { service in
            let user = try await service.store.createUser(email: nil, displayName: nil).key.text
            let answer = try await service.logIn(user)
            #expect(answer.status == .forbidden)
            #expect(try answer.json["detail"] == "Admin access required")
            #expect(try await service.me([.authorization: "Bearer \(user)"]).status == .forbidden)
            #expect(service.limits.charged == ["admin-login", "admin-login"])
            #expect(try await service.http.answer(.post, "/v1/admin/login", json: [:]).status == .unprocessableContent)
        }
    }

    @Test("answer 503 while the database is away", arguments: TestStore.allCases)
    func unavailable(_ store: TestStore) async throws {
        try await self.withService(store) { service in
            await service.database.close()
            let answer = try await service.logIn(service.key)
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.headers[.retryAfter] == "1")
            #expect(service.limits.charged == ["admin-login"])
            #expect(service.ledger.events.isEmpty)
        }
    }

    @Test("bound guessing: more log-ins than the class admits answer 429, with whatever key", arguments: TestStore.allCases)
    func bounded(_ store: TestStore) async throws {
        // A log-in with a proven key is charged to the address and to the caller.
        try await self.withService(store, limits: CountingLimits(["admin-login": 5])) { service in
            for _ in 0..<3 { #expect(try await service.logIn("wrong").status == .unauthorized) }
            let answer = try await service.logIn(service.key)
            #expect(answer.status == .ok)
            #expect(answer.headers[.age] == "1")
            for key in [service.key, "wrong"] {
                let denied = try await service.logIn(key)
                #expect(denied.status == .tooManyRequests)
                #expect(denied.headers[.retryAfter] == "1")
            }
            #expect(service.ledger.events.count == 2)
        }
        #expect(AdminOperations.loginLimit.subject == .address)
    }

    @Test("name the caller of a refused log-in to the observer, once the key is proven", arguments: TestStore.allCases)
    func named(_ store: TestStore) async throws {
        try await self.withService(store) { service in
            let agent = try await service.store.createGatewayCaller(
                id: CallerID(unchecked: "agent-1"), role: .developer, trustLevel: .low, environment: .production)
            #expect(try await service.logIn(agent.key.text).status == .forbidden)
            #expect(try await service.logIn("wrong").status == .unauthorized)
            #expect(service.refusals.all.map(\.status.code) == [403, 401])
            #expect(service.refusals.all.map { $0.caller?.id.text } == ["agent-1", nil])
            #expect(service.refusals.all.first?.caller?.keyID == agent.key.publicID)
        }
    }

    @Test("record who opened and ended which session, before and after, and never the token", arguments: TestStore.allCases)
    func recorded(_ store: TestStore) async throws {
        try await self.withService(store) { service in
            let token = try await service.token()
            let bearer: HTTPFields = [.authorization: "Bearer \(token)"]
            #expect(try await service.http.answer(.post, "/v1/admin/logout", headers: bearer).status == .ok)
            let events = service.ledger.events
            #expect(events.map(\.action) == [.logIn, .logIn, .logOut, .logOut])
            #expect(events.map(\.phase) == [.intent, .done, .intent, .done])
            #expect(events.map { $0.caller.id.text } == Array(repeating: "boss", count: 4))
            let id = AdminSession.id(ofToken: token)
            #expect(events.map(\.session) == [nil, id, id, id])
            #expect(events[1].endsAt != nil)
            #expect(Set(events.map(\.attempt)).count == 2)
            #expect(events.allSatisfy { !$0.requestID.isEmpty && $0.clientAddress != nil })
            #expect(!"\(events)".contains(token) && !"\(events)".contains(service.key))
            // A key is no session that could end.
            let key: HTTPFields = [.authorization: "Bearer \(service.key)"]
            #expect(try await service.http.answer(.post, "/v1/admin/logout", headers: key).status == .unauthorized)
            #expect(service.ledger.events.suffix(2).map(\.phase) == [.intent, .refused])
        }
    }

    @Test("change nothing and answer 503 when it cannot be recorded", arguments: TestStore.allCases)
    func unrecorded(_ store: TestStore) async throws {
        try await self.withService(store) { service in
            let token = try await service.token()
            service.ledger.refuse()
            let answer = try await service.logIn(service.key)
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.headers[.retryAfter] == "1")
            let bearer: HTTPFields = [.authorization: "Bearer \(token)"]
            #expect(try await service.http.answer(.post, "/v1/admin/logout", headers: bearer).status == .serviceUnavailable)
            let count = try await service.database.queryOne("SELECT count(*) AS n FROM admin_sessions")?.decode("n", as: Int.self)
            #expect(count == 1)
            #expect(try await service.me(bearer).status == .ok)
        }
    }

    @Test("accept X-Admin-Key on their paths, only when it is set and nothing else is presented", arguments: TestStore.allCases)
    func adminKey(_ store: TestStore) async throws {
        let header = try #require(HTTPField.Name("X-Admin-Key"))
        try await self.withService(store, adminKey: Self.adminKey) { service in
            let me = try await service.me([header: Self.adminKey])
            #expect(me.status == .ok)
            #expect(
                try me.json == [
                    "caller_id": "admin-api-key", "role": "admin", "trust_level": 4, "environment": nil, "api_key_id": nil,
                    "org_id": "default",
                ])
            #expect(try await service.me([header: "wrong"]).status == .unauthorized)
            #expect(try await service.me([header: Self.adminKey, .authorization: "Bearer wrong"]).status == .unauthorized)
            #expect(try await service.http.answer(.get, "/probe", headers: [header: Self.adminKey]).status == .unauthorized)
            #expect(try await service.me([.authorization: "Bearer \(Self.adminKey)"]).status == .unauthorized)
            #expect(service.limits.charged.count == 4)
            let document = try JSONValue(parsing: service.http.openAPIDocument)
            let security = document["paths"]?["/v1/admin/me"]?["get"]?["security"]
            #expect(security == [["apiKey": []], ["bearer": []], ["x-admin-key": []]])
            #expect(document["components"]?["securitySchemes"]?["x-admin-key"]?["name"] == "X-Admin-Key")
        }
        try await self.withService(store) { service in
            for key in [Self.adminKey, ""] {
                let answer = try await service.me([header: key])
                #expect(answer.status == .unauthorized)
            }
        }
    }
}
