import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import PrometheusMetrics
import StrictJSON
import Synchronization
import Testing

@Suite("Idempotency keys")
struct IdempotencyTests {
    /// Keeps answers in memory, and notes what it was told.
    final class Keeper: IdempotencyKeeper {
        private let state = Mutex((answers: [String: OperationResponse](), claims: [IdempotentRequest](), endings: [String]()))

        var claims: [IdempotentRequest] { self.state.withLock { $0.claims } }
        var endings: [String] { self.state.withLock { $0.endings } }

        func claim(_ request: IdempotentRequest) async throws -> IdempotencyClaim {
            self.state.withLock { state in
                state.claims.append(request)
                return state.answers[request.key.text].map { .replay($0) } ?? .run(IdempotencyTicket(id: request.key.text))
            }
        }

        func settle(_ ticket: IdempotencyTicket, _ ending: IdempotencyEnding) async {
            self.state.withLock { state in
                switch ending {
                case .answered(let answer):
                    state.answers[ticket.id] = answer
                    state.endings.append("answered \(answer.status.code)")
                case .refused: state.endings.append("refused")
                case .failed(let error): state.endings.append("failed \(type(of: error))")
                }
            }
        }
    }

    let keeper = Keeper()

    private func service(access: Access = .caller, _ handler: @escaping Operation.Handler) throws -> HTTPService {
        let write = Operation(
            .post, "/things/{name}", id: "write", summary: "Write", tag: "things", access: access,
            parameters: [.path("name", .string())], body: .json(.map()), acceptsIdempotencyKey: true, handler: handler)
        let read = Operation(.get, "/things", id: "read", summary: "Read", tag: "things", access: access) { _ in .empty() }
        return try HTTPService(
            operations: [write, read],
            parts: .init(
                resolver: FixedCallers([Fixture.key: Caller(id: CallerID(unchecked: "ada"), kind: .user)]),
                limits: CountingLimits(), metrics: try HTTPMetrics(registry: PrometheusRegistry()), translate: { _ in nil },
                idempotency: self.keeper),
            configuration: .init(keyHeader: Fixture.keyHeader))
    }

    private func headers(_ keys: String...) -> HTTPFields {
        var headers: HTTPFields = .key
        headers[values: .idempotencyKey] = keys
        return headers
    }

    @Test("are claimed after validation, and replayed under a mark")
    func replay() async throws {
        let service = try self.service { request in
            var answer = OperationResponse.json(.created, ["id": .string(request.id)])
            answer.headers[.location] = "/things/1"
            return answer
        }
        #expect(try await service.answer(.post, "/things/a", json: 7, headers: self.headers("k")).status.code == 422)
        #expect(try await service.answer(.post, "/things/a", json: [:], headers: .key).status == .created)
        #expect(self.keeper.claims.isEmpty)
        let first = try await service.answer(.post, "/things/a", json: ["n": 1], headers: self.headers("k"))
        let again = try await service.answer(.post, "/things/a", json: ["n": 1], headers: self.headers("\"k\""))
        #expect(first.headers[.idempotencyReplayed] == nil)
        #expect(again.headers[.idempotencyReplayed] == "true")
        #expect(again.status == first.status && again.body == first.body)
        #expect(again.headers[.location] == "/things/1")
        let claim = try #require(self.keeper.claims.first)
        #expect(claim.path == "/things/{name}" && claim.method == .post && claim.caller.id.text == "ada")
        #expect(claim.parameters == ["name": "a"] && claim.body == ["n": 1] && claim.deadline == .seconds(30))
    }

    @Test(
        "have 1 to 255 visible ASCII characters, once",
        arguments: [
            "", "a b", "ü", "\"", "\"k", "\"k\"x", "\"k\";a=1", "\"\\k\"", "\"\"", "\"a b\"",
            String(repeating: "k", count: 256),
        ])
    func malformed(_ key: String) async throws {
        let service = try self.service { _ in .empty() }
        let answer = try await service.answer(.post, "/things/a", json: [:], headers: self.headers(key))
        #expect(answer.status.code == 422)
        #expect(try answer.violations == ["header.idempotency-key idempotency_key"])
        #expect(try answer.text("detail")?.contains("1 to 255 visible ASCII characters") == true)
        let twice = try await service.answer(.post, "/things/a", json: [:], headers: self.headers("k", "l"))
        #expect(twice.status.code == 422)
        #expect(self.keeper.claims.isEmpty)
    }

    @Test("are read from the quoted form as well")
    func quoted() {
        #expect(IdempotencyKey("\"a\\\"\\\\b\"")?.text == "a\"\\b")
        #expect(IdempotencyKey(String(repeating: "k", count: 255)) != nil)
        #expect(IdempotencyKey("\"k\"") == IdempotencyKey("k"))
        #expect(IdempotencyKey("k\u{7F}") == nil && IdempotencyKey("k\u{0}") == nil)
    }

    @Test("are settled by what the handler does")
    func endings() async throws {
        let service = try self.service { request in
            switch try request.text("name") {
            case "conflict": throw Problem(.conflict, "taken")
            case "limited": throw Problem(.rateLimited, "later")
            case "broken": return .empty(.internalServerError)
            case "busy": return .empty(.tooManyRequests)
            case "cancelled": throw CancellationError()
            case "fault": throw Fault(secret: "x")
            default: return .empty(.seeOther)
            }
        }
        for name in ["conflict", "limited", "broken", "busy", "cancelled", "fault", "else"] {
            _ = try await service.answer(.post, "/things/\(name)", json: [:], headers: self.headers(name))
        }
        #expect(
            self.keeper.endings == [
                "answered 409", "failed Problem", "refused", "refused", "failed CancellationError", "failed Fault",
                "answered 303",
            ])
        let first = try await service.answer(.post, "/things/conflict", json: [:], headers: self.headers("c2"))
        let again = try await service.answer(.post, "/things/conflict", json: [:], headers: self.headers("c2"))
        #expect(first.status == .conflict && first.body == again.body)
        #expect(first.headers[.contentType] == again.headers[.contentType])
    }

    @Test("mean nothing to reads")
    func reads() async throws {
        let service = try self.service { _ in .empty() }
        for method in [HTTPRequest.Method.get, .head] {
            let answer = try await service.answer(method, "/things", headers: self.headers("not a key"))
            #expect(answer.status == .noContent)
        }
        #expect(self.keeper.claims.isEmpty)
    }

    @Test(
        "are for writes by known callers",
        arguments: [(HTTPRequest.Method.get, Access.caller), (.post, .anyone), (.post, .anyoneIdentified)])
    func rules(_ method: HTTPRequest.Method, _ access: Access) throws {
        #expect(throws: HTTPCoreError.self) {
            try Fixture([
                Operation(method, "/x", id: "x", summary: "X", tag: "x", access: access, acceptsIdempotencyKey: true) { _ in
                    .empty()
                }
            ])
        }
    }

    @Test("stand in the API description where a keeper serves them")
    func description() async throws {
        let document = try JSONValue(parsing: self.service { _ in .empty() }.openAPIDocument)
        let write = document["paths"]?["/things/{name}"]?["post"]
        #expect(write?["parameters"]?.arrayValue?.last?["name"] == "Idempotency-Key")
        #expect(write?["responses"]?["409"] != nil && write?["responses"]?["503"] != nil)
        #expect(document["paths"]?["/things"]?["get"]?["parameters"] == nil)
    }
}
