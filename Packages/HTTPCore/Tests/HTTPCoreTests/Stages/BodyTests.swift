import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Bodies")
struct BodyTests {
    @Test(
        "that are no JSON are refused with the place",
        arguments: [
            ("", "body missing"), ("{", "body.1 json_invalid"), ("{\"a\":1,}", "body.7 json_invalid"),
            ("nope", "body.1 json_invalid"),
            ("{\"a\":1,\"a\":2}", "body.7 json_invalid"), ("{} {}", "body.3 json_invalid"), ("\u{FEFF}{}", "body.0 json_invalid"),
        ])
    func refused(_ text: String, _ violation: String) async throws {
        let service = try Fixture().service
        let answer = try await service.answer(.post, "/echo", headers: [.contentType: "application/json"], body: Array(text.utf8))
        #expect(answer.status == .unprocessableContent)
        #expect(try answer.violations == [violation])
    }

    @Test(
        "have the type of JSON or none",
        arguments: [
            (nil, true), ("application/json", true), ("Application/JSON ; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("text/plain", false), ("application/x-www-form-urlencoded", false), ("", false), ("application/jsonx", false),
        ])
    func contentType(_ type: String?, _ isAccepted: Bool) async throws {
        var headers = HTTPFields()
        headers[.contentType] = type
        let answer = try await Fixture().service.answer(.post, "/echo", headers: headers, body: Array("{}".utf8))
        #expect(answer.status == (isAccepted ? .ok : .unprocessableContent))
        #expect(try isAccepted || answer.violations == ["header.content-type content_type"])
    }

    @Test("may be left out where the operation says so")
    func optional() async throws {
        let service = try Fixture([
            Operation(
                .post, "/x", id: "x", summary: "", tag: "", access: .anyone,
                body: .json(.object([.optional("a", .integer(), default: 1)]), isRequired: false)
            ) { .json(.ok, $0.body) }
        ]).service
        #expect(try await service.answer(.post, "/x").json == .null)
        #expect(try await service.answer(.post, "/x", json: [:]).json == ["a": 1])
    }

    @Test("report violations of parameters and body together")
    func together() async throws {
        let service = try Fixture([
            Operation(
                .post, "/x/{n}", id: "x", summary: "", tag: "", access: .anyone, parameters: [.path("n", .integer())],
                body: .json(.object([.required("a", .integer())]))
            ) { .json(.ok, $0.body) }
        ]).service
        let answer = try await service.answer(.post, "/x/y", json: [:])
        #expect(try answer.violations == ["path.n int_parsing", "body.a missing"])
    }

    @Test("up to the limit pass, one byte more does not", arguments: [true, false])
    func limit(_ isAnnounced: Bool) async throws {
        let service = try Fixture().service
        let padding = String(repeating: " ", count: 1_000 - 13)
        let exact = Array("{\"title\":\"a\"}\(padding)".utf8)
        // Without the announced length, the body is counted while it is read.
        let headers = HTTPFields.moderator
        #expect(try await service.answer(.post, "/notes", headers: headers, body: exact).status == .created)
        var over = headers
        if !isAnnounced { over[.contentLength] = "0" }
        let answer = try await service.answer(.post, "/notes", headers: over, body: exact + [UInt8(ascii: " ")])
        #expect(answer.status == .contentTooLarge)
        #expect(answer.headers[.connection] == "close")
    }

    @Test("shorter than announced are no bodies")
    func truncated() async throws {
        let answer = try await Fixture().service.answer(.post, "/echo", headers: [.contentLength: "3"], body: Array("{}".utf8))
        #expect(answer.status == .badRequest)
        #expect(answer.headers[.connection] == "close")
    }
}
