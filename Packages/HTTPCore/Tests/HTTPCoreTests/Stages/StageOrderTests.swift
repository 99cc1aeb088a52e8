import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

/// Each request breaks two neighbouring rules at once; the earlier one answers.
@Suite("Order of checks")
struct StageOrderTests {
    let large = [UInt8](repeating: UInt8(ascii: " "), count: 2_000)

    @Test("an unknown path or method comes before the length of the body", arguments: [("/none", 404), ("/notes", 405)])
    func routeBeforeLength(_ path: String, _ status: Int) async throws {
        let answer = try await Fixture().service.answer(.put, path, body: self.large)
        #expect(answer.status.code == status)
    }

    @Test("the announced length comes before the caller, and nothing is charged")
    func lengthBeforeCaller() async throws {
        let fixture = try Fixture()
        let answer = try await fixture.service.answer(.post, "/notes", body: self.large)
        #expect(answer.status == .contentTooLarge)
        #expect(answer.headers[.connection] == "close")
        #expect(fixture.limits.charged == [])
    }

    @Test("the caller comes before the role")
    func callerBeforeRole() async throws {
        let service = try Fixture().service
        #expect(try await service.answer(.post, "/notes", json: [:]).status == .unauthorized)
        #expect(try await service.answer(.post, "/notes", json: [:], headers: .key).status == .forbidden)
    }

    @Test("the role comes before the limits, and a refused caller is charged nothing")
    func roleBeforeLimits() async throws {
        let fixture = try Fixture(budget: ["write": 0])
        let answer = try await fixture.service.answer(.post, "/notes", json: [:], headers: .key)
        #expect(answer.status == .forbidden)
        #expect(fixture.limits.charged == [])
    }

    @Test("the text of the 403 is the one that the operation gives, else it names the roles", arguments: [nil, "Not for you"])
    func refusalText(_ refusal: String?) async throws {
        let operation = Operation(
            .get, "/closed", id: "closed", summary: "", tag: "", access: .role(["moderator", "admin"], refusal: refusal)
        ) { _ in .empty() }
        let answer = try await Fixture([operation]).service.answer(.get, "/closed", headers: .key)
        #expect(answer.status == .forbidden)
        #expect(try answer.json["detail"] == .string(refusal ?? "This operation needs the role moderator or admin"))
    }

    @Test("limits come before the body, and an invalid body consumes")
    func limitsBeforeValidation() async throws {
        let fixture = try Fixture(budget: ["write": 1])
        let first = try await fixture.service.answer(.post, "/notes", headers: .moderator, body: Array("{".utf8))
        #expect(first.status == .unprocessableContent)
        #expect(first.headers[.age] == "1", "an answer that consumed carries the limit fields")
        let second = try await fixture.service.answer(.post, "/notes", headers: .moderator, body: Array("{".utf8))
        #expect(second.status == .tooManyRequests)
        #expect(second.headers[.retryAfter] == "1")
        #expect(fixture.limits.charged == ["write", "write"])
    }

    @Test("limits come before path parameters")
    func limitsBeforeParameters() async throws {
        let service = try Fixture(budget: ["read": 0]).service
        #expect(try await service.answer(.get, "/notes/no-uuid", headers: .key).status == .tooManyRequests)
    }

    @Test("validation comes before the handler")
    func validationBeforeHandler() async throws {
        let service = try Fixture([
            Operation(
                .post, "/work", id: "work", summary: "", tag: "", access: .anyone,
                body: .json(.object([.required("a", .string())]))
            ) { _ in
                Issue.record("the handler ran")
                return .empty()
            }
        ]).service
        #expect(try await service.answer(.post, "/work", json: [:]).status == .unprocessableContent)
    }

    @Test("an error of the handler carries the limit fields", arguments: [nil, Problem(.conflict, "Taken")])
    func faultCarriesFields(_ problem: Problem?) async throws {
        let service = try Fixture(translate: { _ in problem }).service
        let answer = try await service.answer(.get, "/fault", headers: .key)
        #expect(answer.status == (problem == nil ? .internalServerError : .conflict))
        #expect(answer.headers[.age] == "1")
    }
}
