import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import StrictJSON
import Synchronization
import Testing

@Suite("Refusals")
struct RefusalTests {
    private final class Observer: RefusalObserver {
        private let heard = Mutex<[HTTPRefusal]>([])

        var refusals: [HTTPRefusal] { self.heard.withLock { $0 } }

        func note(_ refusal: HTTPRefusal) async { self.heard.withLock { $0.append(refusal) } }
    }

    private struct Foreign: Error {}

    private static func operation(_ path: String, records: Bool, handler: @escaping Operation.Handler) -> Operation {
        Operation(
            .post, path, id: "op" + path.filter(\.isLetter), summary: "", tag: "", access: .role(["moderator"]),
            limits: [LimitClass("write")], parameters: [.path("id", .string())],
            body: .json(.object([.optional("n", .integer(1...5))]), isRequired: false), recordsRefusals: records, handler: handler
        )
    }

    private func service(_ observer: Observer, budget: [String: Int] = [:]) throws -> HTTPService {
        try Fixture(
            [
                Self.operation("/recorded/{id}", records: true) { _ in .empty() },
                Self.operation("/silent/{id}", records: false) { _ in .empty() },
                Self.operation("/answers/{id}", records: true) { .json(.forbidden, ["id": .string($0.id)]) },
                Self.operation("/translated/{id}", records: true) { _ in throw Foreign() },
                Self.operation("/conflict/{id}", records: true) { _ in throw Problem(.conflict, "no") },
            ],
            budget: budget, translate: { $0 is Foreign ? Problem(.validationError, "no") : nil }, refusals: observer
        ).service
    }

    private func post(_ service: HTTPService, _ path: String, key: String?, json: JSONValue = [:]) async throws -> Int {
        try await service.answer(.post, path, json: json, headers: key.map { [Fixture.keyHeader: $0] } ?? [:]).status.code
    }

    @Test("of operations that record them are told once, with who and where, and without what was sent")
    func told() async throws {
        let observer = Observer()
        let service = try self.service(observer)
        #expect(try await self.post(service, "/recorded/1", key: nil) == 401)
        #expect(try await self.post(service, "/recorded/1", key: Fixture.key) == 403)
        #expect(try await self.post(service, "/recorded/1", key: Fixture.moderatorKey, json: ["n": 9]) == 422)
        #expect(try await self.post(service, "/recorded/1", key: Fixture.moderatorKey) == 204)
        #expect(try await self.post(service, "/answers/1", key: Fixture.moderatorKey) == 403)
        #expect(try await self.post(service, "/translated/1", key: Fixture.moderatorKey) == 422)
        #expect(try await self.post(service, "/conflict/1", key: Fixture.moderatorKey) == 409)
        #expect(try await self.post(service, "/silent/1", key: nil) == 401)
        let large: JSONValue = ["text": .string(String(repeating: "x", count: Operation.usualMaximumBodyBytes))]
        #expect(try await self.post(service, "/recorded/1", key: Fixture.moderatorKey, json: large) == 413)
        #expect(observer.refusals.map(\.status.code) == [401, 403, 422, 403, 422, 413])
        #expect(observer.refusals.dropLast().map { $0.caller?.id.text } == [nil, "ada", "grace", "grace", "grace"])
        let first = try #require(observer.refusals.first)
        #expect(first.path == "/recorded/{id}")
        #expect(first.operation == "oprecordedid")
        #expect(first.code == .unauthorized)
        #expect(first.method == .post)
        #expect(first.clientAddress == IPAddress("192.0.2.1"))
        #expect(!first.requestID.isEmpty)
    }

    @Test("name the caller whom the handler has proven")
    func noted() async throws {
        let observer = Observer()
        var operation = Self.operation("/login/{id}", records: true) { request in
            request.note(Caller(id: CallerID(unchecked: "ada"), kind: .user))
            throw Problem(.forbidden, "no")
        }
        operation.access = .anyone
        let service = try Fixture([operation], refusals: observer).service
        #expect(try await self.post(service, "/login/1", key: nil) == 403)
        #expect(observer.refusals.map { $0.caller?.id.text } == ["ada"])
    }

    @Test("by a limit are told, that on failed authentication too")
    func limited() async throws {
        let observer = Observer()
        let service = try self.service(observer, budget: ["write": 1, "failed-authentication": 1])
        #expect(try await self.post(service, "/recorded/1", key: Fixture.moderatorKey) == 204)
        #expect(try await self.post(service, "/recorded/1", key: Fixture.moderatorKey) == 429)
        #expect(try await self.post(service, "/recorded/1", key: nil) == 401)
        #expect(try await self.post(service, "/recorded/1", key: nil) == 429)
        #expect(observer.refusals.map(\.status.code) == [429, 401, 429])
        #expect(observer.refusals.map { $0.caller?.id.text } == ["grace", nil, nil])
    }
}
