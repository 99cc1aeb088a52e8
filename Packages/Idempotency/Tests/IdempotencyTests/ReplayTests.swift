import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Idempotency
import Identity
import Persistence
import StrictJSON
import Synchronization
import Testing

@Suite("Replay")
struct ReplayTests {
    typealias Fixture = IdempotencyFixture

    /// Counts how often a handler ran.
    final class Count: Sendable {
        private let state = Mutex(0)

        var value: Int { self.state.withLock { $0 } }

        func next() -> Int {
            self.state.withLock { state in
                state += 1
                return state
            }
        }
    }

    @Test("gives the first answer again, byte for byte, and runs the handler once", arguments: TestStore.allCases)
    func sameRequest(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let count = Count()
            let service = try fixture.service { request in
                var answer = OperationResponse(
                    .created, contentType: "text/x-thing; charset=utf-8", body: [0, 10, 255] + Array(request.id.utf8))
                answer.headers[.location] = "/things/\(count.next())"
                answer.headers[values: .vary] = ["Accept", "Origin"]
                return answer
            }
            let first = try await service.write("k", json: ["a": 1, "b": [2]])
            let again = try await service.write("\"k\"", json: ["b": [2], "a": 1])
            #expect(first.status == .created && again.status == .created)
            #expect(first.body == again.body && count.value == 1)
            #expect(first.headers[.idempotencyReplayed] == nil && again.headers[.idempotencyReplayed] == "true")
            for name in [HTTPField.Name.contentType, .location] { #expect(first.headers[name] == again.headers[name]) }
            #expect(first.headers[values: .vary] == again.headers[values: .vary])
            #expect(first.headers[.requestID] != again.headers[.requestID])
            #expect(fixture.metric("started") && fixture.metric("answered") && fixture.metric("replayed"))
            // Without a key nothing is remembered.
            _ = try await service.write(nil)
            #expect(count.value == 2)
            #expect(try await fixture.rows() == 1)
        }
    }

    @Test("refuses a key that was used for another request", arguments: TestStore.allCases)
    func otherRequest(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let count = Count()
            let service = try fixture.service { _ in .json(.ok, ["n": .integer(count.next())]) }
            _ = try await service.write("k")
            for (path, body) in [("/things/a", ["n": 2] as JSONValue), ("/things/b", ["n": 1]), ("/things/a?mode=x", ["n": 1])] {
                let answer = try await service.write("k", path, json: body)
                #expect(answer.status.code == 422)
                #expect(try answer.json["detail"]?.stringValue?.contains("was used for another request") == true)
            }
            #expect(count.value == 1)
            // Other scopes are another request: the answer may be more than they allow.
            let scopes = ScopeSet.limited([Scope(unchecked: "things:read")])
            _ = try await fixture.store.ticket(Fixture.request("s"))
            #expect(try await fixture.store.verdict(Fixture.request("s", scopes: scopes)) == "422")
        }
    }

    @Test("keeps keys of other callers, organisations and methods apart", arguments: TestStore.allCases)
    func scope(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let count = Count()
            let service = try fixture.service { _ in .json(.ok, ["n": .integer(count.next())]) }
            for (caller, method) in [("ada", HTTPRequest.Method.post), ("grace", .post), ("ada", .put)] {
                #expect(try await service.write("k", by: caller, method: method).headers[.idempotencyReplayed] == nil)
            }
            #expect(count.value == 3)
            let acme = OrganisationID(unchecked: "acme")
            #expect(try await fixture.store.verdict(Fixture.request("k", organisation: acme)) == "run")
        }
    }

    @Test("keeps refusals of the handler, and gives failures free", arguments: TestStore.allCases)
    func endings(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let count = Count()
            let service = try fixture.service { request in
                let number = count.next()
                switch try request.text("name") {
                case "conflict": throw Problem(.conflict, "taken \(number)")
                case "limited": throw Problem(.rateLimited, "later")
                case "broken": throw PersistenceError(.unavailable, message: "away")
                case "uncertain":
                    let lost = PersistenceError(.outcomeUnknown, message: "lost")
                    throw Problem(.serviceUnavailable, "lost", cause: Wrapped(cause: lost))
                default: return .empty(.badGateway)
                }
            }
            for (name, runs, again) in [
                ("conflict", 1, 409), ("limited", 2, 429), ("broken", 2, 500), ("other", 2, 502), ("uncertain", 1, 409),
            ] {
                let before = count.value
                let first = try await service.write(name, "/things/\(name)")
                let second = try await service.write(name, "/things/\(name)")
                #expect(count.value - before == runs, "\(name)")
                #expect(second.status.code == again, "\(name)")
                if name == "conflict" {
                    #expect(first.body == second.body)
                    #expect(second.headers[.idempotencyReplayed] == "true")
                }
                if name == "uncertain" {
                    #expect(try second.json["detail"]?.stringValue?.contains("is not known") == true)
                    #expect(second.headers[.retryAfter] == nil)
                }
            }
        }
    }

    /// An error of a feature, as all packages make them.
    struct Wrapped: Error {
        let cause: (any Error)?
    }

    @Test("gives the key of a cancelled request free", arguments: TestStore.allCases)
    func cancelled(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let count = Count()
            let (starts, started) = AsyncStream<Void>.makeStream()
            let service = try fixture.service { _ in
                if count.next() > 1 { return .empty(.created) }
                started.yield()
                try await Task.sleep(for: .seconds(3_600))
                return .empty()
            }
            let first = Task { try await service.write("k") }
            for await _ in starts { break }
            let beside = try await service.write("k")
            #expect(beside.status == .conflict && beside.headers[.retryAfter] == "1")
            first.cancel()
            #expect(try await first.value.status == .serviceUnavailable)
            #expect(try await fixture.rows() == 0)
            #expect(try await service.write("k").status == .created)
        }
    }

    @Test("never runs again what was too large to be kept, or cannot be opened", arguments: TestStore.allCases)
    func unkept(_ kind: TestStore) async throws {
        var configuration = IdempotencyConfiguration()
        configuration.maximumAnswerBytes = 1_000
        try await Fixture.with(kind, configuration: configuration) { fixture in
            let count = Count()
            let service = try fixture.service { request in
                _ = count.next()
                let size = try request.text("name") == "large" ? 1_000 : 900
                return OperationResponse(.created, contentType: "text/plain", body: Array(repeating: 65, count: size))
            }
            #expect(try await service.write("large", "/things/large").body.count == 1_000)
            let again = try await service.write("large", "/things/large")
            #expect(again.status == .conflict)
            #expect(try again.json["detail"]?.stringValue?.contains("answered with status 201") == true)
            _ = try await service.write("small")
            #expect(try await service.write("small").body.count == 900)
            _ = try await service.write("other")
            try await fixture.database.write { connection in
                _ = try connection.execute(
                    """
                    UPDATE idempotency_keys SET answer = (
                        SELECT k.answer FROM idempotency_keys k WHERE k.answer IS NOT NULL ORDER BY k.claim_id LIMIT 1)
                    """)
            }
            let moved = [try await service.write("small").status.code, try await service.write("other").status.code].sorted()
            #expect(moved == [201, 409])
            #expect(count.value == 3)
        }
    }

    @Test("answers 503 before the handler runs while the database is away", arguments: TestStore.allCases)
    func away(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let count = Count()
            let service = try fixture.service { _ in .json(.ok, ["n": .integer(count.next())]) }
            await fixture.database.close()
            let answer = try await service.write("k")
            #expect(answer.status == .serviceUnavailable && answer.headers[.retryAfter] == "1")
            #expect(count.value == 0 && fixture.metric("unavailable"))
            #expect(try await service.write(nil).status == .ok)
        }
    }
}
