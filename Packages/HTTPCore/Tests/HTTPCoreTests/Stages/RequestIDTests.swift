import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Synchronization
import Testing

@Suite("Request id")
struct RequestIDTests {
    @Test("of the client is kept", arguments: ["a", "A-Z_a.z-09", String(repeating: "x", count: 128)])
    func kept(_ id: String) async throws {
        let answer = try await Fixture().service.answer(.get, "/hello", headers: [.requestID: id])
        #expect(answer.headers[.requestID] == id)
        #expect(try answer.text("id") == id, "the handler sees the same id")
    }

    @Test(
        "of another form is replaced", arguments: ["", " ", "a b", "a\"b", "ä", "a,b", "a/b", String(repeating: "x", count: 129)])
    func replaced(_ id: String) async throws {
        let answer = try await Fixture().service.answer(.get, "/none", headers: [.requestID: id])
        let made = try #require(answer.headers[.requestID])
        #expect(made != id)
        #expect(made.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    }

    @Test("that the program does not accept is replaced, and only one of the right form is asked about")
    func unaccepted() async throws {
        let asked = Mutex<[String]>([])
        let service = try Fixture(configure: { configuration in
            configuration.acceptsRequestID = { id in
                asked.withLock { $0.append(id) }
                return id != "unfit"
            }
        }).service
        for (id, isKept) in [("fit", true), ("unfit", false), ("a b", false)] {
            let answer = try await service.answer(.get, "/hello", headers: [.requestID: id])
            let told = try #require(answer.headers[.requestID])
            #expect((told == id) == isKept, "\(id)")
            #expect(try answer.text("id") == told, "the handler sees the same id")
        }
        let made = try #require(try await service.answer(.get, "/none").headers[.requestID])
        #expect(made.utf8.count == 36)
        #expect(asked.withLock { $0 } == ["fit", "unfit"])
    }

    @Test("is another one for each request")
    func unique() async throws {
        let service = try Fixture().service
        var ids: Set<String> = []
        for _ in 0..<100 { ids.insert(try #require(try await service.answer(.get, "/hello").headers[.requestID])) }
        #expect(ids.count == 100)
    }

    @Test("sent twice is replaced")
    func twice() async throws {
        var headers = HTTPFields()
        headers[values: .requestID] = ["a", "b"]
        let id = try await Fixture().service.answer(.get, "/hello", headers: headers).headers[.requestID]
        #expect(id?.utf8.count == 36)
    }
}
