public import ContentScreening
import ContentScreeningHTTP
public import HTTPCore
import HTTPTypes
import Identity
public import Knowledge
import Persistence
import StrictJSON

/// The operations on traces (CONTRACTS §1.1): `POST /api/v1/traces` and `GET /api/v1/traces/{id}`.
public struct TraceOperations: Sendable {
    /// The limit on reading, charged to the caller.
    public static let readLimit = LimitClass("read")
    /// The limit on writing, charged to the caller.
    public static let writeLimit = LimitClass("write")

    private let store: TraceStore
    private let gate: ContentGate

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - store: Where traces are kept.
    ///   - gate: What every text passes before it is stored.
    public init(store: TraceStore, gate: ContentGate) {
        self.store = store
        self.gate = gate
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.create, self.read] }

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
            // A gateway caller may bear a name that is some user's id.
            guard request.caller.kind == .user else { throw Problem.invalidCredential }
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
            let id: String
            do {
                id = try await self.store.add(screened, from: request.caller.id.text)
            } catch let error as PersistenceError where error.code == .foreignKeyViolation {
                // The caller was deleted a moment ago, before its key was forgotten.
                throw Problem.invalidCredential
            }
            var answer: [(String, JSONValue)] = [
                ("id", .string(id)), ("status", "pending"), ("message", "Trace accepted for processing"),
            ]
            if !screened.notices.isEmpty { answer.append(("warnings", .array(screened.notices.map { .string($0) }))) }
            return .json(.accepted, .object(JSONObject(answer)))
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
            answers: [.json(.ok, "The trace", Trace.schema), .problem(.notFound, "No trace has the id")]
        ) { request in
            guard let trace = try await self.store.trace(id: try request.text("id")) else {
                throw Problem(.notFound, "Trace not found")
            }
            return .json(.ok, trace.json)
        }
    }
}
