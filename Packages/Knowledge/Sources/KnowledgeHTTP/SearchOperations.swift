public import HTTPCore
import HTTPTypes
public import Knowledge
import StrictJSON

/// The search of the knowledge base (CONTRACTS §1.1): `POST /api/v1/traces/search`.
public struct SearchOperations: Sendable {
    private let search: TraceSearch

    /// Creates the operation.
    public init(search: TraceSearch) {
        self.search = search
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.find] }

    private var find: Operation {
        Operation(
            .post, "/api/v1/traces/search",
            id: "searchTraces",
            summary: "Find solved problems by words and tags",
            tag: "traces",
            access: .caller,
            limits: [TraceOperations.readLimit],
            body: .json(
                .object([
                    .optional(
                        "q",
                        .string(maximum: 2_000).nullable
                            .described("Words, identifiers, paths or messages; null to search by tags alone")),
                    .optional(
                        "tags", .array(of: .string(), maximum: 20).described("Tags that a trace must all have"), default: []),
                    .optional("limit", .integer(1...Int64(SearchQuery.maximumLimit)), default: 10),
                    .optional("cursor", .string(maximum: 8_192).nullable.described("The next_cursor of the page before")),
                ])),
            answers: [
                .json(
                    .ok, "What was found, the best first",
                    .object([
                        .required("results", .array(of: FoundTrace.schema)),
                        .required("total", .integer().described("How many results the page has")),
                        .required("query", .string().nullable),
                        .required("next_cursor", .string().nullable.described("For the next page; null on the last one")),
                    ]))
            ]
        ) { request in
            let text = request.body["q"]?.stringValue
            let query = SearchQuery(
                text: text,
                tags: request.body["tags"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                limit: request.body["limit"]?.intValue ?? 10,
                cursor: request.body["cursor"]?.stringValue)
            let page: SearchPage
            do {
                page = try await self.search.results(of: query)
            } catch let error as SearchError where error.code == .invalidCursor {
                throw Problem.validation([
                    Violation(
                        at: [.name("body"), .name("cursor")], type: "value_error", message: "Value error, \(error.message)")
                ])
            } catch let error as SearchError {
                throw Problem(.validationError, error.message)
            }
            return .json(
                .ok,
                [
                    "results": .array(page.results.map(\.json)),
                    "total": .integer(page.results.count),
                    "query": .string(orNull: text),
                    "next_cursor": .string(orNull: page.next),
                ])
        }
    }
}
