import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("A parameter that spans parts of the path")
struct SpanningParameterTests {
    let service: HTTPService

    init() throws {
        self.service = try Fixture([
            Operation(
                .post, "/counters/{key}/reset", id: "reset", summary: "", tag: "", access: .anyone,
                parameters: [.restOfPath("key", .string(maximum: 12))]
            ) { .json(.ok, $0.parameters) },
            Operation(
                .get, "/usage/{key}", id: "usage", summary: "", tag: "", access: .anyone,
                parameters: [.restOfPath("key", .string()), .query("n", .integer(0...9))]
            ) { .json(.ok, $0.parameters) },
        ]).service
    }

    @Test(
        "holds slashes, encoded or not, and is decoded once",
        arguments: [
            ("/counters/a/reset", "a"), ("/counters/a/b/reset", "a/b"), ("/counters/a%2Fb/reset", "a/b"),
            ("/counters/reset/reset", "reset"), ("/counters//x/reset", "/x"), ("/counters/a//reset", "a/"),
            ("/counters/%252F/reset", "%2F"), ("/counters/a:b+c/reset", "a:b+c"),
        ])
    func holdsSlashes(_ path: String, _ key: String) async throws {
        let answer = try await self.service.answer(.post, path)
        #expect(answer.status == .ok)
        #expect(try answer.json["key"]?.stringValue == key)
    }

    @Test("stands beside a query")
    func standsBesideQuery() async throws {
        let answer = try await self.service.answer(.get, "/usage/a/b?n=3")
        #expect(try answer.json == ["key": "a/b", "n": 3])
    }

    @Test("answers 404 where the path ends otherwise", arguments: ["/counters/a", "/counters/a/rest", "/counters/a/reset/"])
    func endsAsTemplate(_ path: String) async throws {
        #expect(try await self.service.answer(.post, path).status == .notFound)
    }

    @Test("answers 405 for another method and 422 for a value against its schema")
    func refuses() async throws {
        #expect(try await self.service.answer(.put, "/counters/a/b/reset").status == .methodNotAllowed)
        #expect(try await self.service.answer(.put, "/counters/a//b/reset").status == .methodNotAllowed)
        #expect(try await self.service.answer(.post, "/counters/a/bcdefghijklmn/reset").status == .unprocessableContent)
        #expect(try await self.service.answer(.post, "/counters/%00/reset").status == .unprocessableContent)
    }

    @Test("must be the last one of its template")
    func mustBeLast() {
        #expect(throws: HTTPCoreError.self) {
            _ = try Fixture([
                Operation(
                    .get, "/a/{key}/{id}", id: "a", summary: "", tag: "", access: .anyone,
                    parameters: [.restOfPath("key", .string()), .path("id", .string())]
                ) { _ in .empty() }
            ])
        }
    }
}
