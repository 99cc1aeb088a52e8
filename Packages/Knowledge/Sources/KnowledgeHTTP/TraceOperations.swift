public import ContentScreening
import ContentScreeningHTTP
public import HTTPCore
import HTTPTypes
public import Knowledge
public import KnowledgeFreshness
import StrictJSON

/// The operations on traces (CONTRACTS §1.1): `POST` and `GET /api/v1/traces`, and `GET /api/v1/traces/{id}`.
public struct TraceOperations: Sendable {
    /// The limit on reading, charged to the caller.
    public static let readLimit = LimitClass("read")
    /// The limit on writing, charged to the caller.
    public static let writeLimit = LimitClass("write")

    private let stores: Stores
    private let gate: ContentGate
    private let contributors: any ContributorDirectory
    private let onStored: @Sendable () -> Void

    /// Where the operations find what they show.
    public struct Stores: Sendable {
        let traces: TraceStore
        let list: TraceList
        let amendments: AmendmentStore
        let freshness: FreshnessStore

        /// Names the stores.
        ///
        /// - Parameters:
        ///   - traces: Keeps traces.
        ///   - list: Lists them.
        ///   - amendments: Knows which amendment of a trace is accepted.
        ///   - freshness: Knows how old traces are.
        public init(traces: TraceStore, list: TraceList, amendments: AmendmentStore, freshness: FreshnessStore) {
            self.traces = traces
            self.list = list
            self.amendments = amendments
            self.freshness = freshness
        }
    }

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - stores: Where traces are kept, and what is known about them.
    ///   - gate: What every text passes before it is stored.
    ///   - contributors: Says as which user a caller writes.
    ///   - onStored: Called when a trace is stored, such as to have its age checked soon; from any task, and must be quick.
    public init(
        stores: Stores, gate: ContentGate, contributors: any ContributorDirectory,
        onStored: @escaping @Sendable () -> Void = {}
    ) {
        self.stores = stores
        self.gate = gate
        self.contributors = contributors
        self.onStored = onStored
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.create, self.list, self.read] }

    private var create: Operation {
        Operation(
            .post, "/api/v1/traces",
            id: "createTrace",
            summary: "Share a solved problem",
            tag: "traces",
            access: .caller,
            limits: [Self.writeLimit],
            body: .json(
                .object([
                    .required("title", .string(minimum: 1, maximum: 500)),
                    .required("context_text", .string(minimum: 1, maximum: 50_000)),
                    .required("solution_text", .string(minimum: 1, maximum: 50_000)),
                    .optional("tags", .array(of: .string(), maximum: 20), default: []),
                    .optional("agent_model", .string(maximum: 100).nullable),
                    .optional("agent_version", .string(maximum: 50).nullable),
                    .optional("metadata_json", .map(maximumSerialised: 10_000).nullable),
                ])),
            answers: [
                .json(
                    .accepted, "Stored; it is checked further in the background",
                    .object([
                        .required("id", .string(format: .uuid)),
                        .required("status", .choice(["pending"])),
                        .required("message", .string()),
                        .optional(
                            "warnings",
                            .array(of: .string()).described("Types of personal data and doubtful finds in the texts")),
                    ])
                ),
                .contentRejected,
            ],
            acceptsIdempotencyKey: true
        ) { request in
            let draft = TraceDraft(
                title: try request.bodyText("title"),
                contextText: try request.bodyText("context_text"),
                solutionText: try request.bodyText("solution_text"),
                tags: request.body["tags"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                agentModel: request.body["agent_model"]?.stringValue,
                agentVersion: request.body["agent_version"]?.stringValue,
                metadata: request.body["metadata_json"].flatMap { $0.isNull ? nil : $0 }
            )
            let screened = try await self.gate.admit(draft, logger: request.logger)
            let id = try await request.asContributor(of: self.contributors) { userID in
                try await self.stores.traces.add(screened, from: userID)
            }
            self.onStored()
            var answer: [(String, JSONValue)] = [
                ("id", .string(id)), ("status", "pending"), ("message", "Trace accepted for processing"),
            ]
            if !screened.notices.isEmpty { answer.append(("warnings", .array(screened.notices.map { .string($0) }))) }
            return .json(.accepted, .object(JSONObject(answer)))
        }
    }

    private var list: Operation {
        Operation(
            .get, "/api/v1/traces",
            id: "listTraces",
            summary: "Solved problems, the newest first",
            tag: "traces",
            access: .caller,
            limits: [Self.readLimit],
            parameters: [
                .query(
                    "stale", .boolean.described("Only those of which what they speak of has moved on, or only the others")),
                .query("limit", .integer(1...Int64(TraceList.maximumLimit)), default: 20),
                .query("cursor", .string(minimum: 1, maximum: 200).described("From `X-Next-Cursor` of the page before")),
            ],
            answers: [
                .json(
                    .ok, "A page without what was reported; `Link` and `X-Next-Cursor` lead to the next",
                    .array(of: Trace.listedSchema))
            ]
        ) { request in
            let page: TracePage
            do {
                page = try await self.stores.list.page(
                    isStale: request.parameters["stale"]?.boolValue, limit: request.parameters["limit"]?.intValue ?? 20,
                    after: request.parameters["cursor"]?.stringValue)
            } catch let error as KnowledgeError where error.code == .invalidPage {
                throw Problem.validation([
                    Violation(
                        at: [.name("query"), .name("cursor")], type: "value_error", message: "Value error, \(error.message)")
                ])
            }
            let freshness = try await self.stores.freshness.freshness(of: page.traces.map(\.id))
            return .page(
                page.traces.map { $0.json(freshness[$0.id] ?? .unchecked) }, next: page.next, of: request,
                repeating: ["stale", "limit"])
        }
    }

    private var read: Operation {
        Operation(
            .get, "/api/v1/traces/{id}",
            id: "readTrace",
            summary: "Read a solved problem",
            tag: "traces",
            access: .caller,
            limits: [Self.readLimit],
            parameters: [.path("id", .string(format: .uuid))],
            answers: [.json(.ok, "The trace", Trace.readSchema), .traceNotFound]
        ) { request in
            let id = try request.text("id")
            // Before the trace, so that `is_stale` is no older than the grade.
            let freshness = try await self.stores.freshness.freshness(of: id)
            guard let trace = try await self.stores.traces.trace(id: id) else { throw Problem.traceNotFound }
            let accepted = try await self.stores.amendments.accepted(of: trace.id)
            return .json(.ok, trace.json(freshness, accepted: accepted))
        }
    }
}
