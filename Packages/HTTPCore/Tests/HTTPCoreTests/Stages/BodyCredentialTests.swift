import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import StrictJSON
import Synchronization
import Testing

@Suite("Credentials in the body")
struct BodyCredentialTests {
    private static let calls = Operation(
        .post, "/calls", id: "call", summary: "Call", tag: "calls", access: .caller, limits: [LimitClass("execution")],
        body: .json(.object([.optional("api_key", .string()), .required("tool", .string(minimum: 1))])),
        maximumBodyBytes: 200, credentialMember: "api_key"
    ) { request in .json(.ok, ["caller": .string(request.caller.id.text), "body": request.body]) }

    private static func fixture() throws -> Fixture { try Fixture(Fixture.operations + [Self.calls], budget: ["execution": 3]) }

    @Test("name the caller, win over headers, and are not seen by the handler")
    func found() async throws {
        let service = try Self.fixture().service
        let body: JSONValue = ["api_key": .string(Fixture.key), "tool": "t"]
        let answer = try await service.answer(.post, "/calls", json: body)
        #expect(answer.status == .ok)
        #expect(try answer.json == ["caller": "ada", "body": ["tool": "t"]])
        let both = try await service.answer(.post, "/calls", json: body, headers: [Fixture.keyHeader: "wrong"])
        #expect(both.status == .ok)
        // Without one in the body, the headers are as good as ever.
        #expect(try await service.answer(.post, "/calls", json: ["tool": "t"], headers: .key).status == .ok)
    }

    @Test("that are not valid answer as everywhere, and are charged to the address")
    func alike() async throws {
        let fixture = try Self.fixture()
        var answers: Set<String> = []
        let bodies: [JSONValue] = [
            ["tool": "t"], ["api_key": "", "tool": "t"], ["api_key": 5, "tool": "t"], ["api_key": nil, "tool": "t"],
            ["api_key": "wrong", "tool": ""], ["api_key": [.string(Fixture.key)]], [.string(Fixture.key)], .string(Fixture.key),
            nil,
        ]
        for body in bodies {
            let answer = try await fixture.service.answer(.post, "/calls", json: body, headers: [.requestID: "same"])
            #expect(answer.status == .unauthorized, "\(body)")
            answers.insert("\(answer.headers) \(String(decoding: answer.body, as: UTF8.self))")
        }
        // A bad one in the body is not mended by a good one in a header.
        let mixed = try await fixture.service.answer(
            .post, "/calls", json: ["api_key": "wrong", "tool": "t"], headers: .key)
        #expect(mixed.status == .unauthorized)
        #expect(answers.count == 1)
        #expect(fixture.limits.charged == (0...bodies.count).map { _ in "failed-authentication" })
    }

    @Test("stand behind the syntax, and before limits and shape")
    func order() async throws {
        let fixture = try Self.fixture()
        let service = fixture.service
        #expect(try await service.answer(.post, "/calls", body: Array("{nope".utf8)).status == .unprocessableContent)
        let large = String(repeating: "x", count: 300)
        #expect(try await service.answer(.post, "/calls", json: ["tool": .string(large)]).status == .contentTooLarge)
        #expect(fixture.limits.charged.isEmpty)
        let incomplete = try await service.answer(.post, "/calls", json: ["api_key": .string(Fixture.key)])
        #expect(incomplete.status == .unprocessableContent)
        #expect(fixture.limits.charged == ["execution"])
        for _ in 0..<2 { _ = try await service.answer(.post, "/calls", json: ["tool": "t"], headers: .key) }
        let limited = try await service.answer(.post, "/calls", json: ["api_key": .string(Fixture.key)])
        #expect(limited.status == .tooManyRequests)
        // Text of another type is no JSON, so nothing is found in it.
        let text = Array(#"{"api_key":"\#(Fixture.key)","tool":"t"}"#.utf8)
        #expect(
            try await service.answer(.post, "/calls", headers: [.contentType: "text/plain"], body: text).status == .unauthorized)
    }

    @Test("are looked for by the name that the body gives, if the operation says so", arguments: ["agent-1", "", nil])
    func hint(_ name: String?) async throws {
        var calls = Self.calls
        calls.body = .json(.object([.optional("api_key", .string()), .optional("caller_id", .string())]))
        calls.callerMember = "caller_id"
        let resolver = HintedCallers()
        let service = try Fixture([calls], resolver: resolver).service
        var body: JSONObject = ["api_key": .string(Fixture.key)]
        if let name { body["caller_id"] = .string(name) }
        let answer = try await service.answer(.post, "/calls", json: .object(body))
        #expect(answer.status == .ok)
        #expect(resolver.hints == [name.flatMap { CallerID($0) }])
        // The handler sees the name, which proves nothing.
        #expect(try answer.json["caller"] == "ada")
        #expect(try answer.json["body"]?["caller_id"]?.stringValue == name)
    }

    @Test("need a body and known callers")
    func rules() throws {
        var open = Self.calls
        open.access = .anyone
        #expect(throws: HTTPCoreError.self) { try Fixture([open]) }
        var bare = Self.calls
        bare.body = nil
        #expect(throws: HTTPCoreError.self) { try Fixture([bare]) }
        var named = Self.calls
        (named.credentialMember, named.callerMember) = (nil, "caller_id")
        #expect(throws: HTTPCoreError.self) { try Fixture([named]) }
    }
}

/// Knows one caller, and keeps by which names it was asked for.
private final class HintedCallers: CallerResolver {
    private let heard = Mutex<[CallerID?]>([])

    var hints: [CallerID?] { self.heard.withLock { $0 } }

    func caller(presenting credential: String) async throws -> Caller? { nil }

    func caller(presenting credential: String, hint: CallerID?) async throws -> Caller? {
        self.heard.withLock { $0.append(hint) }
        return Caller(id: CallerID(unchecked: "ada"), kind: .user)
    }
}
