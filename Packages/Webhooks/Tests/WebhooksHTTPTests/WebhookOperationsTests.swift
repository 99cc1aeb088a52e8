import Cryptography
import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Logging
import Outbound
import Persistence
import PrometheusMetrics
import SchemasTestSupport
import StandardWebhooks
import StrictJSON
import Testing
import Webhooks
import WebhooksHTTP
import WebhooksSchema

@Suite("Webhook operations")
struct WebhookOperationsTests {
    private static let path = "/v1/admin/webhooks"
    private static let admin: HTTPFields = [.authorization: "Bearer " + "admin"]
    private static let stranger: HTTPFields = [.authorization: "Bearer " + "stranger"]

    /// Every name means an address that nobody calls here.
    private struct PublicResolver: AddressResolver {
        func addresses(of name: String) async throws(OutboundError) -> [IPAddress] {
            if name == "slow.example" { throw OutboundError(.timedOut, message: "late") }
            return [IPAddress("93.184.215.14")].compactMap { $0 }
        }
    }

    private struct Scene {
        let service: HTTPService
        let database: any Database
        let ledger: RecordedChanges
        let outbox: WebhookOutbox

        func enqueue() async throws {
            let outbox = self.outbox
            try await self.database.transaction { connection in
                _ = try outbox.enqueue(
                    "approval.required", data: [:], organisation: OrganisationID(unchecked: "acme"), in: connection)
            }
        }

        func register(_ url: String = "https://hooks.example/x?team=7") async throws -> ServiceAnswer {
            try await self.service.answer(.post, path, json: ["url": .string(url)], headers: admin)
        }
    }

    private func withScene(_ store: TestStore, _ body: (Scene) async throws -> Void) async throws {
        try await withMigratedDatabase(store, [WebhooksRevisions.chain]) { database, _ in
            let client = try OutboundClient(
                policy: AddressPolicy(), resolver: PublicResolver(), logger: Logger(label: "test"))
            let ledger = RecordedChanges()
            let endpoints = try WebhookEndpoints(
                database: database, client: client, keyring: SecretKeyring(current: ServerSecret.random()), ledger: ledger)
            func caller(_ id: String, _ organisation: String, _ role: Role) -> Caller {
                Caller(
                    id: CallerID(unchecked: id), kind: .gatewayCaller, organisation: OrganisationID(unchecked: organisation),
                    role: role)
            }
            let parts = HTTPService.Parts(
                resolver: FixedCallers([
                    "admin": caller("ada", "acme", .admin), "stranger": caller("eve", "other", .admin),
                    "developer": caller("dev", "acme", .developer),
                ]),
                limits: CountingLimits(), metrics: try HTTPMetrics(registry: PrometheusRegistry()), translate: { _ in nil })
            let header = try #require(HTTPField.Name("X-API-Key"))
            let service = try HTTPService(
                operations: WebhookOperations(endpoints: endpoints).operations, parts: parts,
                configuration: HTTPService.Configuration(keyHeader: header))
            try await body(Scene(service: service, database: database, ledger: ledger, outbox: WebhookOutbox()))
            client.close()
        }
    }

    @Test("are for administrators only")
    func access() async throws {
        try await self.withScene(.sqlite) { scene in
            let id = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"
            let calls: [(HTTPRequest.Method, String)] = [
                (.post, Self.path), (.get, Self.path), (.delete, "\(Self.path)/\(id)"), (.post, "\(Self.path)/\(id)/rotate"),
                (.post, "\(Self.path)/\(id)/enable"), (.get, "\(Self.path)/\(id)/deliveries"),
            ]
            for (method, path) in calls {
                #expect(try await scene.service.answer(method, path).status == .unauthorized)
                let developer = try await scene.service.answer(method, path, headers: [.authorization: "Bearer " + "developer"])
                #expect(developer.status == .forbidden)
            }
        }
    }

    @Test("register a receiver and tell its secret once", arguments: TestStore.allCases)
    func register(_ store: TestStore) async throws {
        try await self.withScene(store) { scene in
            let created = try await scene.service.answer(
                .post, Self.path, json: ["url": "https://Hooks.example:443/x?team=7", "events": ["approval.required"]],
                headers: Self.admin)
            #expect(created.status == .created)
            let secret = try #require(try created.json["secret"]?.stringValue)
            _ = try WebhookSecret(parsing: secret)
            #expect(try created.json["url"] == "https://hooks.example/x?team=***")
            #expect(try created.json["events"] == ["approval.required"])
            #expect(try created.json["enabled"] == true)
            let all = try await scene.service.answer(.get, Self.path, headers: Self.admin)
            #expect(all.status == .ok)
            #expect(try all.json[0]?["id"] == created.json["id"] && all.json.arrayValue?.count == 1)
            #expect(!String(decoding: all.body, as: UTF8.self).contains("whsec"))
            let others = try await scene.service.answer(.get, Self.path, headers: Self.stranger)
            #expect(try others.json == [])
        }
    }

    @Test(
        "refuse hostile URLs with the reason",
        arguments: [
            "https://127.0.0.1/", "http://hooks.example/", "https://2130706433/", "https://[::ffff:7f00:1]/",
            "https://localhost./",
            "https://u:p@hooks.example/", "https://hooks.example:6379/", "https://169.254.169.254/", "gopher://hooks.example/",
            "https://[64:ff9b::7f00:1]/", "nothing",
        ])
    func hostile(_ url: String) async throws {
        try await self.withScene(.sqlite) { scene in
            let answer = try await scene.register(url)
            #expect(answer.status == .unprocessableContent)
            #expect(try answer.json["errors"]?[0]?["loc"] == ["body", "url"])
            #expect(try answer.json["detail"]?.stringValue?.isEmpty == false)
            let all = try await scene.service.answer(.get, Self.path, headers: Self.admin)
            #expect(try all.json == [])
        }
    }

    @Test("refuse bodies of another shape")
    func shapes() async throws {
        try await self.withScene(.sqlite) { scene in
            let many = JSONValue.array((0..<51).map { .string("e\($0)") })
            let bodies: [(JSONValue, JSONValue)] = [
                ([:], ["body", "url"]), (["url": 5], ["body", "url"]), (["url": ""], ["body", "url"]),
                (["url": .string("https://hooks.example/" + String(repeating: "x", count: 2_048))], ["body", "url"]),
                (["url": "https://hooks.example/", "events": "a"], ["body", "events"]),
                (["url": "https://hooks.example/", "events": many], ["body", "events"]),
                (["url": "https://hooks.example/", "events": ["a b"]], ["body", "events"]),
            ]
            for (body, location) in bodies {
                let answer = try await scene.service.answer(.post, Self.path, json: body, headers: Self.admin)
                #expect(answer.status == .unprocessableContent)
                #expect(try answer.json["errors"]?[0]?["loc"] == location)
            }
            let slow = try await scene.register("https://slow.example/")
            #expect(slow.status == .serviceUnavailable && slow.headers[.retryAfter] == "5")
        }
    }

    @Test("take at most twenty receivers")
    func limit() async throws {
        try await self.withScene(.sqlite) { scene in
            for _ in 0..<20 { #expect(try await scene.register().status == .created) }
            let answer = try await scene.register()
            #expect(answer.status == .conflict)
            #expect(try answer.json["error"] == "conflict")
        }
    }

    @Test("do not show or change receivers of other organisations", arguments: TestStore.allCases)
    func organisations(_ store: TestStore) async throws {
        try await self.withScene(store) { scene in
            let id = try #require(try await scene.register().json["id"]?.stringValue)
            for (method, path) in [
                (HTTPRequest.Method.delete, ""), (.post, "/rotate"), (.post, "/enable"), (.get, "/deliveries"),
            ] {
                let answer = try await scene.service.answer(method, "\(Self.path)/\(id)\(path)", headers: Self.stranger)
                #expect(answer.status == .notFound, "\(method) \(path)")
            }
            let gone = try await scene.service.answer(.delete, "\(Self.path)/\(id)", headers: Self.admin)
            #expect(gone.status == .noContent && gone.body.isEmpty)
            #expect(try await scene.service.answer(.delete, "\(Self.path)/\(id)", headers: Self.admin).status == .notFound)
        }
    }

    @Test("rotate and enable", arguments: TestStore.allCases)
    func rotate(_ store: TestStore) async throws {
        try await self.withScene(store) { scene in
            let created = try await scene.register().json
            let id = try #require(created["id"]?.stringValue)
            let rotate = "\(Self.path)/\(id)/rotate"
            for body: JSONValue in [[:], ["overlap_seconds": nil], ["overlap_seconds": 0], ["overlap_seconds": 2_592_000]] {
                let answer = try await scene.service.answer(.post, rotate, json: body, headers: Self.admin)
                #expect(answer.status == .ok)
                #expect(try answer.json["secret"] != created["secret"] && answer.json["id"] == created["id"])
                #expect(try Timestamp(rfc3339: answer.json["older_secrets_end_at"]?.stringValue ?? "") != nil)
            }
            #expect(try await scene.service.answer(.post, rotate, headers: Self.admin).status == .ok)
            for overlap: JSONValue in [-1, 2_592_001, "x", .float(1e300)] {
                let answer = try await scene.service.answer(
                    .post, rotate, json: ["overlap_seconds": overlap], headers: Self.admin)
                #expect(answer.status == .unprocessableContent)
            }
            try await scene.database.write { connection in
                _ = try connection.execute(
                    "UPDATE webhook_endpoints SET disabled_at = \(Timestamp.now()), disabled_reason = 'gone'")
            }
            let disabled = try await scene.service.answer(.get, Self.path, headers: Self.admin).json[0]
            #expect(disabled?["enabled"] == false && disabled?["disabled_reason"] == "gone")
            for _ in 0..<2 {
                let answer = try await scene.service.answer(.post, "\(Self.path)/\(id)/enable", headers: Self.admin)
                #expect(answer.status == .ok)
                #expect(try answer.json["enabled"] == true && answer.json["disabled_at"] == .null)
            }
        }
    }

    @Test("show no value of a URL's query in any answer, and keep none in the clear", arguments: TestStore.allCases)
    func masked(_ store: TestStore) async throws {
        try await self.withScene(store) { scene in
            let canary = ["canary", "in", "query"].joined(separator: "-")
            let created = try await scene.register("https://hooks.example/x?token=\(canary)&\(canary)&team=")
            #expect(created.status == .created)
            #expect(try created.json["url"] == "https://hooks.example/x?token=***&***&team=***")
            let id = try #require(try created.json["id"]?.stringValue)
            var answers = [created, try await scene.service.answer(.get, Self.path, headers: Self.admin)]
            for path in ["rotate", "enable"] {
                answers.append(try await scene.service.answer(.post, "\(Self.path)/\(id)/\(path)", headers: Self.admin))
            }
            for answer in answers {
                #expect([.ok, .created].contains(answer.status))
                #expect(!String(decoding: answer.body, as: UTF8.self).contains(canary))
                #expect(String(decoding: answer.body, as: UTF8.self).contains("token=***"))
            }
            let rows = try await scene.database.query("SELECT * FROM webhook_endpoints")
            for row in rows {
                for name in row.columnNames {
                    #expect(!"\(String(describing: row[name]))".contains(canary), "\(name)")
                }
                let sealed = try row.decode("sealed_url", as: [UInt8].self)
                #expect(!String(decoding: sealed, as: UTF8.self).contains(canary))
            }
            #expect(!"\(scene.ledger.changes)".contains(canary))
        }
    }

    @Test("record who changed which receiver, before and after", arguments: TestStore.allCases)
    func recorded(_ store: TestStore) async throws {
        try await self.withScene(store) { scene in
            let id = try #require(try await scene.register().json["id"]?.stringValue)
            for path in ["rotate", "enable"] {
                let answer = try await scene.service.answer(.post, "\(Self.path)/\(id)/\(path)", headers: Self.admin)
                #expect(answer.status == .ok)
            }
            let stranger = try await scene.service.answer(.delete, "\(Self.path)/\(id)", headers: Self.stranger)
            #expect(stranger.status == .notFound)
            #expect(try await scene.service.answer(.delete, "\(Self.path)/\(id)", headers: Self.admin).status == .noContent)
            // What is refused before anything could happen is no change.
            #expect(try await scene.register("gopher://hooks.example/").status == .unprocessableContent)
            let changes = scene.ledger.changes
            let actions: [WebhookChange.Action] = [.register, .rotate, .enable, .delete, .delete]
            #expect(changes.map(\.action) == actions.flatMap { [$0, $0] })
            #expect(
                changes.map(\.phase) == [
                    .intent, .done, .intent, .done, .intent, .done, .intent, .refused, .intent, .done,
                ])
            #expect(changes.allSatisfy { $0.endpointID == id })
            #expect(Set(changes.map(\.attempt)).count == 5)
            let names = changes.map { $0.author?.caller.id.text }
            #expect(names == Array(repeating: "ada", count: 6) + ["eve", "eve", "ada", "ada"])
            #expect(changes.first?.origin == "https://hooks.example" && changes.first?.author?.clientAddress != nil)
        }
    }

    @Test("change nothing and answer 503 when it cannot be recorded", arguments: TestStore.allCases)
    func unrecorded(_ store: TestStore) async throws {
        try await self.withScene(store) { scene in
            let id = try #require(try await scene.register().json["id"]?.stringValue)
            try await scene.database.write { connection in
                _ = try connection.execute(
                    "UPDATE webhook_endpoints SET disabled_at = \(Timestamp.now()), disabled_reason = 'gone'")
            }
            func picture() async throws -> [String] {
                try await scene.database.query(
                    """
                    SELECT e.id AS id, e.disabled_at AS disabled_at, s.number AS number
                    FROM webhook_endpoints e JOIN webhook_secrets s ON s.endpoint_id = e.id
                    """
                ).map { row in row.columnNames.map { "\(String(describing: row[$0]))" }.joined() }
            }
            let before = try await picture()
            scene.ledger.refuse()
            let calls: [(HTTPRequest.Method, String)] = [(.post, "/\(id)/rotate"), (.post, "/\(id)/enable"), (.delete, "/\(id)")]
            for (method, path) in calls {
                let answer = try await scene.service.answer(method, Self.path + path, headers: Self.admin)
                #expect(answer.status == .serviceUnavailable, "\(path)")
                #expect(answer.headers[.retryAfter] == "1")
            }
            #expect(try await scene.register().status == .serviceUnavailable)
            #expect(try await picture() == before)
        }
    }

    @Test("list deliveries page by page", arguments: TestStore.allCases)
    func deliveries(_ store: TestStore) async throws {
        try await self.withScene(store) { scene in
            let id = try #require(try await scene.register().json["id"]?.stringValue)
            for _ in 0..<3 { try await scene.enqueue() }
            let path = "\(Self.path)/\(id)/deliveries"
            let first = try await scene.service.answer(.get, "\(path)?limit=2", headers: Self.admin)
            #expect(first.status == .ok)
            #expect(try first.json.arrayValue?.count == 2)
            let delivery = try first.json[0]
            #expect(delivery?["status"] == "pending" && delivery?["attempts"] == 0 && delivery?["last_status"] == .null)
            #expect(delivery?["type"] == "approval.required")
            #expect(!String(decoding: first.body, as: UTF8.self).contains("whsec"))
            let name = try #require(HTTPField.Name("X-Next-Cursor"))
            let cursor = try #require(first.headers[name])
            let second = try await scene.service.answer(.get, "\(path)?limit=2&cursor=\(cursor)", headers: Self.admin)
            #expect(try second.json.arrayValue?.count == 1)
            #expect(second.headers[name] == nil)
            for query in ["limit=0", "limit=201", "limit=1000000000", "cursor=x", "cursor=\(cursor.dropLast())", "cursor="] {
                let answer = try await scene.service.answer(.get, "\(path)?\(query)", headers: Self.admin)
                #expect(answer.status == .unprocessableContent, "\(query)")
            }
        }
    }
}
