import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Path and query parameters")
struct ParameterTests {
    let service: HTTPService

    init() throws {
        self.service = try Fixture([
            Operation(
                .get, "/items/{key}/part", id: "items", summary: "", tag: "", access: .anyone,
                parameters: [
                    .path("key", .string(minimum: 1)), .query("q", .string(maximum: 5)),
                    .query("n", .integer(1...50), default: 10),
                    .query("flag", .boolean),
                ]
            ) { .json(.ok, $0.parameters) }
        ]).service
    }

    @Test(
        "are decoded and brought into their normal form",
        arguments: [
            ("/items/a/part", #"{"key":"a","n":10}"#),
            ("/items/a%2Fb/part", #"{"key":"a/b","n":10}"#),
            ("/items/a+b/part", #"{"key":"a+b","n":10}"#),
            ("/items/%C3%A9%20x/part", #"{"key":"é x","n":10}"#),
            ("/items/a/part?q=a+b&n=7", #"{"key":"a","q":"a b","n":7}"#),
            ("/items/a/part?q=a%2Bb", #"{"key":"a","q":"a+b","n":10}"#),
            ("/items/a/part?q=", #"{"key":"a","q":"","n":10}"#),
            ("/items/a/part?q", #"{"key":"a","q":"","n":10}"#),
            ("/items/a/part?q=1&q=2", #"{"key":"a","q":"2","n":10}"#),
            ("/items/a/part?%71=z", #"{"key":"a","q":"z","n":10}"#),
            ("/items/a/part?q=a=b", #"{"key":"a","q":"a=b","n":10}"#),
            ("/items/a/part?other=%zz&&&=&flag=TRUE", #"{"key":"a","n":10,"flag":true}"#),
            ("/items/a/part?Q=x", #"{"key":"a","n":10}"#),
            ("//items//a//part//", #"{"key":"a","n":10}"#),
        ])
    func decoded(_ path: String, _ expected: String) async throws {
        let answer = try await self.service.answer(.get, path)
        #expect(answer.status == .ok)
        #expect(String(decoding: answer.body, as: UTF8.self) == expected)
    }

    @Test(
        "that break their rules are all listed",
        arguments: [
            ("/items/%/part", ["path.key string_unicode"]), ("/items/%4/part", ["path.key string_unicode"]),
            ("/items/%zz/part", ["path.key string_unicode"]), ("/items/%ff/part", ["path.key string_unicode"]),
            ("/items/%C3/part?q=%C0%80", ["path.key string_unicode", "query.q string_unicode"]),
            ("/items/a%00b/part", ["path.key string_unicode"]), ("/items/%ED%A0%80/part", ["path.key string_unicode"]),
            ("/items/a/part?q=123456&n=0", ["query.q string_too_long", "query.n greater_than_equal"]),
            ("/items/a/part?n=x&flag=maybe", ["query.n int_parsing", "query.flag bool_parsing"]),
            ("/items/a/part?n=1&n=99", ["query.n less_than_equal"]),
        ])
    func violations(_ path: String, _ expected: [String]) async throws {
        let answer = try await self.service.answer(.get, path)
        #expect(answer.status == .unprocessableContent)
        #expect(try answer.violations == expected)
    }
}
