import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Shape of problems")
struct ProblemShapeTests {
    struct Row: Sendable {
        let method: HTTPRequest.Method
        let path: String
        var headers: HTTPFields = [:]
        var body: String?
        let status: Int
        let error: String
    }

    static let rows: [Row] = [
        Row(method: .get, path: "/none", status: 404, error: "not_found"),
        Row(method: .delete, path: "/notes", status: 405, error: "method_not_allowed"),
        // An empty part is no value of a parameter, so no path is known by it.
        Row(method: .post, path: "/notes//7", status: 404, error: "not_found"),
        Row(method: .delete, path: "/notes/7//?a=//b", status: 404, error: "not_found"),
        Row(method: .delete, path: "/notes/7?a=//b", status: 405, error: "method_not_allowed"),
        Row(method: .post, path: "/notes", status: 401, error: "unauthorized"),
        Row(method: .post, path: "/notes", headers: .key, status: 403, error: "forbidden"),
        Row(method: .post, path: "/notes", headers: [.contentLength: "99999999"], status: 413, error: "payload_too_large"),
        Row(
            method: .post, path: "/notes", headers: [.contentLength: "9223372036854775808"], status: 413,
            error: "payload_too_large"),
        Row(method: .post, path: "/notes", headers: .moderator, status: 422, error: "validation_error"),
        Row(method: .get, path: "/fault", headers: .key, status: 500, error: "internal_error"),
    ]

    @Test("has all members, and names the request", arguments: rows)
    func shape(_ row: Row) async throws {
        let answer = try await Fixture().service.answer(
            row.method, row.path, headers: row.headers, body: row.body.map { Array($0.utf8) })
        #expect(answer.status.code == row.status)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer.headers[.contentLength] == String(answer.body.count))
        let json = try answer.json
        #expect(json["type"] == "about:blank")
        #expect(json["title"]?.stringValue?.isEmpty == false)
        #expect(json["status"]?.intValue == row.status)
        #expect(json["error"]?.stringValue == row.error)
        #expect(json["detail"]?.stringValue?.isEmpty == false)
        #expect(json["message"]?.stringValue?.isEmpty == false)
        #expect(json["request_id"]?.stringValue == answer.headers[.requestID])
        #expect(answer.headers[.requestID]?.utf8.count == 36)
    }

    @Test("of a fault tells nothing about its cause")
    func nothingLeaks() async throws {
        let answer = try await Fixture().service.answer(.get, "/fault", headers: .key)
        #expect(try answer.text("detail") == "Internal Server Error")
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("hunter2"))
    }

    @Test(
        "of a wrong method names the methods of the path",
        arguments: [
            ("FOO", "/notes", "POST"), ("GET", "/notes", "POST"), ("OPTIONS", "/notes", "POST"), ("HEAD", "/notes", "POST"),
            ("POST", "/hello", "GET, HEAD"), ("TRACE", "/notes/7", "GET, HEAD"), ("DELETE", "/openapi.json", "GET, HEAD"),
        ])
    func allow(_ method: String, _ path: String, _ allowed: String) async throws {
        let answer = try await Fixture().service.answer(.known(method), path)
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == allowed)
    }

    @Test("answers HEAD without a body, also in refusals", arguments: ["/none", "/notes", "/hello", "/fault"])
    func head(_ path: String) async throws {
        let answer = try await Fixture().service.answer(.head, path)
        #expect(answer.body.isEmpty)
        #expect(answer.headers[.contentLength].flatMap { Int($0) } ?? 0 > 0)
    }

    @Test("asks for a credential in a 401")
    func authenticate() async throws {
        #expect(try await Fixture().service.answer(.get, "/fault").headers[.wwwAuthenticate] == "Bearer")
    }

    @Test("serves two spellings of one path, and knows the methods of both")
    func spellings() async throws {
        let service = try Fixture([
            Operation(.get, "/things/", id: "list", summary: "", tag: "", access: .anyone) { _ in .empty() },
            Operation(.post, "/things", id: "make", summary: "", tag: "", access: .anyone) { _ in .empty() },
        ]).service
        #expect(try await service.answer(.get, "/things").status == .noContent)
        #expect(try await service.answer(.post, "/things/").status == .noContent)
        #expect(try await service.answer(.put, "/things").headers[.allow] == "GET, HEAD, POST")
    }
}
