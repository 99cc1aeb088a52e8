import Credentials
import CredentialsHTTP
import CredentialsSchema
import Cryptography
import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Logging
import Persistence
import PrometheusMetrics
import SchemasTestSupport
import StrictJSON
import Testing

/// A service with the operations on a database of its own.
struct CredentialService: Sendable {
    static let path = CredentialOperations.path
    static let keyHeader: HTTPField.Name = .authorization

    let database: any Database
    let limits: CountingLimits
    let operations: [HTTPCore.Operation]
    let http: HTTPService

    static func with(
        _ kind: TestStore, isSecure: Bool = false, budget: [String: Int] = [:], _ body: (CredentialService) async throws -> Void
    ) async throws {
        try await withMigratedDatabase(kind, [CredentialsRevisions.chain]) { database, _ in
            let store = CredentialStore(
                database: database, keyring: try SecretKeyring(parsing: String(repeating: "A", count: 43) + "="),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let operations = CredentialOperations(store: store, isSecure: isSecure).operations
            let limits = CountingLimits(budget)
            let callers = FixedCallers([
                "ada-key": Caller(id: CallerID(unchecked: "ada"), kind: .user),
                "grace-key": Caller(id: CallerID(unchecked: "grace"), kind: .user),
            ])
            let http = try HTTPService(
                operations: operations,
                parts: .init(
                    resolver: callers, limits: limits, metrics: try HTTPMetrics(registry: PrometheusRegistry()),
                    translate: { _ in nil }),
                configuration: .init(keyHeader: Self.keyHeader))
            try await body(
                CredentialService(database: database, limits: limits, operations: operations, http: http))
        }
    }

    static func body(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        var members: JSONObject = [
            "access_key": .string("access-" + String(repeating: "a", count: 13)),
            "secret_key": .string("secret-" + String(repeating: "s", count: 33)), "environment": "com",
        ]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    func deposit(_ body: JSONValue = CredentialService.body(), _ headers: HTTPFields = [:]) async throws -> ServiceAnswer {
        try await self.http.answer(.post, Self.path, json: body, headers: headers)
    }

    func look(_ headers: HTTPFields = [:]) async throws -> JSONValue {
        try await self.http.answer(.get, Self.path, headers: headers).json
    }

    func remove(_ headers: HTTPFields = [:]) async throws -> ServiceAnswer {
        try await self.http.answer(.delete, Self.path, headers: headers)
    }
}

@Suite("Operations over credentials")
struct CredentialOperationsTests {
    static let none: JSONValue = ["configured": false, "environment": .null]
    static let ada: HTTPFields = [CredentialService.keyHeader: "ada-key"]

    /// The cookie that an answer sets, as a client sends it again.
    private func cookie(_ answer: ServiceAnswer) throws -> HTTPFields {
        let set = try #require(answer.headers[.setCookie])
        return [.cookie: String(set.prefix { $0 != ";" })]
    }

    @Test("keep what a client without a key deposits for its session alone", arguments: TestStore.allCases)
    func session(_ kind: TestStore) async throws {
        try await CredentialService.with(kind) { service in
            let answer = try await service.deposit(CredentialService.body(["environment": "gov"]))
            #expect(answer.status == .ok)
            #expect(
                try answer.json == ["message": "AWS credentials stored successfully", "environment": "gov"])
            #expect(answer.headers[.cacheControl] == "no-store")
            let first = try self.cookie(answer)
            let second = try self.cookie(try await service.deposit())
            #expect(first != second)
            #expect(try await service.look(first) == ["configured": true, "environment": "gov"])
            #expect(try await service.look(second) == ["configured": true, "environment": "com"])
            #expect(try await service.look() == Self.none)

            let again = try await service.deposit(CredentialService.body(), first)
            #expect(try self.cookie(again) == first)
            #expect(try await service.look(first) == ["configured": true, "environment": "com"])

            let removed = try await service.remove(first)
            #expect(removed.status == .ok)
            #expect(
                try removed.json == ["message": "AWS credentials deleted successfully", "environment": "none"])
            let missing = try await service.remove(first)
            #expect(missing.status == .notFound)
            #expect(try missing.json["detail"] == "No credentials found for this session")
            #expect(try await service.remove().status == .notFound)
            #expect(try await service.look(second) != Self.none)
        }
    }

    @Test("keep what a caller deposits for the caller, without a cookie", arguments: TestStore.allCases)
    func caller(_ kind: TestStore) async throws {
        try await CredentialService.with(kind) { service in
            let answer = try await service.deposit(CredentialService.body(), Self.ada)
            #expect(answer.status == .ok)
            #expect(answer.headers[.setCookie] == nil)
            #expect(try await service.look(Self.ada)["configured"] == true)
            #expect(try await service.look([CredentialService.keyHeader: "grace-key"]) == Self.none)
            #expect(try await service.look() == Self.none)
            #expect(try await service.remove(Self.ada).status == .ok)
        }
    }

    @Test("say 401 to a key that is none, whatever the session")
    func wrongKey() async throws {
        try await CredentialService.with(.sqlite) { service in
            var headers = try self.cookie(try await service.deposit())
            headers[CredentialService.keyHeader] = "wrong"
            #expect(try await service.deposit(CredentialService.body(), headers).status == .unauthorized)
            #expect(try await service.http.answer(.get, CredentialService.path, headers: headers).status == .unauthorized)
            #expect(try await service.remove(headers).status == .unauthorized)
        }
    }

    static let broken: [([String: JSONValue?], Int, String)] = [
        (["access_key": "a"], 400, "access_key must have at least 16 characters"),
        (["secret_key": "s"], 400, "secret_key must have at least 16 characters"),
        (["environment": "cn"], 400, "environment must be 'com' or 'gov'"),
        (["access_key": .some(nil)], 422, "access_key"), (["secret_key": .some(nil)], 422, "secret_key"),
        (["environment": .some(nil)], 422, "environment"), (["access_key": 5], 422, "access_key"),
        (["secret_key": .string(String(repeating: "s", count: 4_097))], 422, "secret_key"),
    ]

    @Test("refuse what is too short or missing, and repeat none of it", arguments: broken.indices)
    func refused(_ index: Int) async throws {
        let (changes, status, detail) = Self.broken[index]
        try await CredentialService.with(.sqlite) { service in
            let answer = try await service.deposit(CredentialService.body(changes))
            #expect(answer.status.code == status)
            #expect(try answer.json["detail"]?.stringValue?.contains(detail) == true)
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(!text.contains("aaaa") && !text.contains("ssss"))
            #expect(answer.headers[.setCookie] == nil)
        }
    }

    @Test("count all three verbs against one limit")
    func limit() async throws {
        try await CredentialService.with(.sqlite, budget: ["auth": 3]) { service in
            #expect(try await service.deposit(["access_key": "short"]).status == .unprocessableContent)
            _ = try await service.look()
            #expect(try await service.remove().status == .notFound)
            #expect(try await service.deposit().status == .tooManyRequests)
            #expect(service.limits.charged == ["auth", "auth", "auth", "auth"])
        }
    }

    @Test("mark the cookie where the server is reached by TLS", arguments: [true, false])
    func secure(_ isSecure: Bool) async throws {
        try await CredentialService.with(.sqlite, isSecure: isSecure) { service in
            let set = try #require(try await service.deposit().headers[.setCookie])
            #expect(set.hasSuffix("; Secure") == isSecure)
        }
    }

    @Test("take no keys of idempotency, so that nothing of them is kept elsewhere")
    func idempotency() async throws {
        try await CredentialService.with(.sqlite) { service in
            #expect(service.operations.allSatisfy { !$0.acceptsIdempotencyKey })
        }
    }
}
