import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Testing

@Suite("Credentials")
struct CredentialTests {
    static let path = "/notes/00000000-0000-4000-8000-000000000000"

    static var invalid: [HTTPFields] {
        let header = Fixture.keyHeader
        var twice = HTTPFields()
        twice[values: header] = [Fixture.key, Fixture.key]
        var twoBearers = HTTPFields()
        twoBearers[values: .authorization] = ["Bearer \(Fixture.key)", "Bearer \(Fixture.key)"]
        return [
            [:], [header: ""], [header: "wrong"], [header: Fixture.key + "x"], [header: "a, b"], twice, twoBearers,
            [.authorization: ""], [.authorization: "Bearer"], [.authorization: "Bearer "], [.authorization: "Bearer wrong"],
            [.authorization: "Basic \(Fixture.key)"], [.authorization: Fixture.key], [.authorization: "Bearer \(Fixture.key) x"],
            // The key header is the only one looked at when it is there.
            [header: "wrong", .authorization: "Bearer \(Fixture.key)"],
            [header: "", .authorization: "Bearer \(Fixture.key)"],
        ]
    }

    @Test("that are missing, empty, wrong, malformed or doubled answer byte for byte alike")
    func alike() async throws {
        let fixture = try Fixture()
        var answers: [String] = []
        for fields in Self.invalid {
            var fields = fields
            fields[.requestID] = "same"
            let answer = try await fixture.service.answer(.get, Self.path, headers: fields)
            #expect(answer.status == .unauthorized, "\(fields)")
            #expect(answer.headers[.age] == nil, "a 401 carries no limit fields")
            answers.append("\(answer.headers) \(String(decoding: answer.body, as: UTF8.self))")
        }
        #expect(Set(answers).count == 1, "\(Set(answers))")
        #expect(answers.first?.contains("Invalid API key") == true)
        #expect(fixture.limits.charged == Self.invalid.map { _ in "failed-authentication" })
    }

    @Test("are taken from the key header and behind Bearer in any case", arguments: ["Bearer ", "bearer ", "BEARER   "])
    func accepted(_ scheme: String) async throws {
        let service = try Fixture().service
        #expect(try await service.answer(.get, Self.path, headers: .key).status == .ok)
        #expect(try await service.answer(.get, Self.path, headers: [.authorization: scheme + Fixture.key]).status == .ok)
    }

    @Test("are taken from a further header on its paths, when neither of the usual two is there")
    func further() async throws {
        let name = HTTPField.Name.known("X-Admin-Key")
        let callers = FixedCallers(["further": Caller(id: CallerID(unchecked: "operator"), kind: .user)])
        let fixture = try Fixture(
            furtherCredentials: [FurtherCredential(name, paths: ["/notes/"], resolver: callers)],
            configure: { $0.corsOrigins = ["*"] })
        let service = fixture.service
        #expect(try await service.answer(.get, Self.path, headers: [name: "further"]).status == .ok)
        #expect(try await service.answer(.get, Self.path).status == .unauthorized)
        var twice = HTTPFields()
        twice[values: name] = ["further", "further"]
        let refused: [HTTPFields] = [
            [name: ""], [name: "wrong"], [name: Fixture.key], twice, [.authorization: "Bearer further"],
            [name: "further", .authorization: "Bearer wrong"], [name: "further", Fixture.keyHeader: "wrong"],
        ]
        for fields in refused {
            #expect(try await service.answer(.get, Self.path, headers: fields).status == .unauthorized, "\(fields)")
        }
        #expect(fixture.limits.charged.filter { $0 == "failed-authentication" }.count == refused.count + 1)
        #expect(try await service.answer(.get, "/fault", headers: [name: "further"]).status == .unauthorized)
        let preflight = try await service.answer(
            .options, "/notes", headers: [.origin: "https://a.example", .accessControlRequestMethod: "GET"])
        #expect(preflight.headers[.accessControlAllowHeaders]?.contains("x-admin-key") == true)
    }

    @Test("have the header that the configuration names")
    func headerName() async throws {
        let name = HTTPField.Name.known("X-Other")
        let service = try Fixture(configure: { $0.keyHeader = name }).service
        #expect(try await service.answer(.get, Self.path, headers: .key).status == .unauthorized)
        #expect(try await service.answer(.get, Self.path, headers: [name: Fixture.key]).status == .ok)
    }

    @Test("that fail too often get 429, while a valid one from the same address passes")
    func failuresAreLimited() async throws {
        let fixture = try Fixture(budget: ["failed-authentication": 2])
        var statuses: [Int] = []
        for _ in 0..<4 { statuses.append(try await fixture.service.answer(.get, Self.path).status.code) }
        #expect(statuses == [401, 401, 429, 429])
        let refused = try await fixture.service.answer(.get, Self.path)
        #expect(refused.headers[.retryAfter] == "1")
        #expect(try await fixture.service.answer(.get, Self.path, headers: .key).status == .ok)
    }

    @Test("are not looked at where anyone may call")
    func openOperation() async throws {
        let fixture = try Fixture()
        #expect(try await fixture.service.answer(.get, "/hello", headers: [Fixture.keyHeader: "wrong"]).status == .ok)
        #expect(fixture.limits.charged == [])
    }

    @Test("that cannot be checked answer 503, and the cause stays inside")
    func storeAway() async throws {
        struct Away: CallerResolver {
            func caller(presenting credential: String) async throws -> Caller? { throw Fault(secret: "10.0.0.7:5432") }
        }
        let answer = try await Fixture(resolver: Away()).service.answer(.get, Self.path, headers: .key)
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.retryAfter] == "1")
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("5432"))
    }
}
