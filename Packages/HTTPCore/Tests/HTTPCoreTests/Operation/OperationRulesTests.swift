import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Rules of operations")
struct OperationRulesTests {
    private static func operation(
        _ path: String, id: String = "one", parameters: [Operation.Parameter] = []
    ) -> HTTPCore.Operation {
        Operation(.get, path, id: id, summary: "", tag: "", access: .anyone, parameters: parameters) { _ in .empty() }
    }

    private static func form(
        _ fields: [FormField], deadline: Duration? = nil, acceptsIdempotencyKey: Bool = false, credentialMember: String? = nil
    ) -> HTTPCore.Operation {
        Operation(
            .post, "/a", id: "one", summary: "", tag: "", access: .caller, body: .multipart(fields), deadline: deadline,
            acceptsIdempotencyKey: acceptsIdempotencyKey, credentialMember: credentialMember
        ) { _ in .empty() }
    }

    static let broken: [(String, [HTTPCore.Operation])] = [
        ("GET /a/{id}: the declared path parameters are none", [operation("/a/{id}")]),
        ("GET /a/{id}: the declared path parameters are other", [operation("/a/{id}", parameters: [.path("other", .string())])]),
        ("GET /a: the declared path parameters are id", [operation("/a", parameters: [.path("id", .string())])]),
        (
            "the declared path parameters are id, id",
            [operation("/a/{id}", parameters: [.path("id", .string()), .path("id", .string())])]
        ),
        ("two parameters have one name", [operation("/a/{id}", parameters: [.path("id", .string()), .query("id", .string())])]),
        ("two parameters have one name", [operation("/a", parameters: [.query("q", .string()), .query("q", .string())])]),
        ("a parameter is a whole part", [operation("/a/x{id}", parameters: [.path("id", .string())])]),
        ("a parameter is a whole part", [operation("/a/{}")]), ("a parameter is a whole part", [operation("/a/:id")]),
        ("a path begins with a slash", [operation("a")]),
        ("another operation has the id one", [operation("/a"), operation("/b")]),
        ("another operation has the same method and path", [operation("/a"), operation("/a/", id: "two")]),
        ("another operation has the same method and path", [operation("/docs")]),
        ("a form has one field or more", [form([])]),
        ("a form has one field or more", [form([.file("a"), .text("a", .string())])]),
        ("a form takes neither", [form([.file("a")], credentialMember: "key")]),
        ("a form takes neither", [form([.file("a")], acceptsIdempotencyKey: true)]),
        ("a deadline is longer than zero", [form([.file("a")], deadline: .zero)]),
        (
            "Two paths clash",
            [
                operation("/a/{id}", parameters: [.path("id", .string())]),
                operation("/a/{name}/b", id: "two", parameters: [.path("name", .string())]),
            ]
        ),
    ]

    @Test("refuse a list that contradicts itself, with a sentence", arguments: broken.indices)
    func refused(_ index: Int) throws {
        let (sentence, operations) = Self.broken[index]
        let error = #expect(throws: HTTPCoreError.self) { try Fixture(operations) }
        #expect(error?.code == .invalidOperation)
        #expect(error?.message.contains(sentence) == true, "\(String(describing: error))")
    }

    @Test("accept fixed parts beside parameters")
    func accepted() async throws {
        let service = try Fixture([
            Self.operation("/a/{id}", parameters: [.path("id", .string())]), Self.operation("/a/search", id: "two"),
            Self.operation("/", id: "root"),
        ]).service
        #expect(try await service.answer(.get, "/a/search").status == .noContent)
        #expect(try await service.answer(.get, "/").status == .noContent)
    }
}
