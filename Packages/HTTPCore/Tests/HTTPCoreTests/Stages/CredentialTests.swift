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

    @Test("are looked at if they are sent, where anyone may call and callers are known")
    func openToKnown() async throws {
        let fixture = try Fixture()
        func caller(_ headers: HTTPFields) async throws -> String? {
            let answer = try await fixture.service.answer(.get, "/greeting", headers: headers)
            return answer.status == .ok ? try answer.text("caller") : "\(answer.status.code)"
        }
        #expect(try await caller([:]) == "anonymous")
        #expect(try await caller(.key) == "ada")
        #expect(try await caller([.authorization: "Bearer " + Fixture.key]) == "ada")
        #expect(fixture.limits.charged == ["read", "read", "read"])
        var twice = HTTPFields()
        twice[values: Fixture.keyHeader] = [Fixture.key, Fixture.key]
        let refused: [HTTPFields] = [
            [Fixture.keyHeader: "wrong"], [Fixture.keyHeader: ""], twice, [.authorization: "Bearer wrong"],
            [.authorization: "Basic YTpi"],
        ]
        for headers in refused { #expect(try await caller(headers) == "401", "\(headers)") }
        #expect(fixture.limits.charged.dropFirst(3) == refused.map { _ in "failed-authentication" }[...])
    }

    @Test("of a further header are looked at there as well")
    func openToKnownByFurtherHeader() async throws {
        let name = HTTPField.Name.known("X-Admin-Key")
        let callers = FixedCallers(["further": Caller(id: CallerID(unchecked: "operator"), kind: .user)])
        let service = try Fixture(furtherCredentials: [FurtherCredential(name, paths: ["/greeting"], resolver: callers)]).service
        let known = try await service.answer(.get, "/greeting", headers: [name: "further"])
        #expect(try known.text("caller") == "operator")
        #expect(try await service.answer(.get, "/greeting", headers: [name: "wrong"]).status == .unauthorized)
    }

    static let local = IPAddress("127.0.0.1")
    static let local6 = IPAddress("::1")

    @Test("may be missing where the peer runs on the machine of the server, and nowhere else")
    func openToLocal() async throws {
        let fixture = try Fixture(configure: {
            $0.trustedProxies = [CIDRBlock(containing: IPAddress.v4(IPv4Address(bits: 0x7F00_0001)), prefixLength: 32)]
        })
        func status(_ headers: HTTPFields, from peer: IPAddress?) async throws -> Int {
            try await fixture.service.answer(.post, "/local", headers: headers, peer: peer).status.code
        }
        #expect(try await status([:], from: Self.local) == 200)
        #expect(try await status([:], from: Self.local6) == 200)
        #expect(try await status([:], from: IPAddress("::ffff:127.0.0.1")) == 200)
        #expect(fixture.limits.charged == ["write", "write", "write"])
        let other = IPAddress("192.0.2.1")
        #expect(try await status(.key, from: other) == 200)
        #expect(try await status([:], from: other) == 401)
        #expect(try await status([:], from: nil) == 401)
        #expect(try await status([.forwardedFor: "127.0.0.1"], from: other) == 401)
        #expect(try await status([.forwardedFor: "127.0.0.1"], from: Self.local) == 401, "a proxy says it")
        #expect(try await status([.forwardedFor: "?"], from: Self.local) == 401)
        // ::1 is no trusted proxy here, so that what it says of others is not believed; it is forwarded all the same.
        for name in ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Host"] {
            #expect(try await status([.known(name): "203.0.113.9"], from: Self.local6) == 401, "\(name)")
        }
        #expect(try await status([.origin: "https://evil.example"], from: Self.local) == 401)
        #expect(try await status([Fixture.keyHeader: "wrong"], from: Self.local) == 401)
    }

    @Test("that a handler finds wrong answer 401 without limit fields, as everywhere")
    func refusedByHandler() async throws {
        let operation = Operation(
            .get, "/log-in", id: "logIn", summary: "", tag: "", access: .anyone, limits: [LimitClass("log-in")]
        ) { _ in throw Problem.invalidCredential }
        let answer = try await Fixture([operation]).service.answer(.get, "/log-in")
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.age] == nil)
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
