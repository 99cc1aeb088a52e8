public import HTTPCore
import HTTPTypes
import Identity
public import Knowledge
import Persistence
import StrictJSON

/// The operations of moderators (CONTRACTS §1.1 and §8.2): `/api/v1/moderation`.
///
/// Reading the reports of a trace, restoring it and taking its flag away are additions of ours.
public struct ModerationOperations: Sendable {
    private static let trace = "/api/v1/moderation/traces/{id}"
    private static let tag = "moderation"
    private static let roles = ["moderator", Role.admin.text]
    private static let access = Access.role(Self.roles, refusal: "Moderator privileges required")

    private let moderation: TraceModeration
    private let flags: FlagStore

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - moderation: What moderators see and do.
    ///   - flags: Where reports are kept.
    public init(moderation: TraceModeration, flags: FlagStore) {
        self.moderation = moderation
        self.flags = flags
    }

    /// The operations for the router.
    public var operations: [Operation] {
        [self.flagged, self.reports, self.remove, self.restore, self.unflag].map { operation in
            var operation = operation
            let isReading = operation.method == .get
            operation.limits = [isReading ? TraceOperations.readLimit : TraceOperations.writeLimit]
            operation.recordsRefusals = true
            operation.acceptsIdempotencyKey = !isReading
            return operation
        }
    }

    /// Whether a caller may do what moderators do.
    static func isModerator(_ caller: Caller) -> Bool { caller.role.map { Self.roles.contains($0.text) } == true }

    private var flagged: Operation {
        Operation(
            .get, "/api/v1/moderation/flagged",
            id: "listFlaggedTraces",
            summary: "Traces that were reported, the newest flag first",
            tag: Self.tag,
            access: Self.access,
            parameters: [
                .query("limit", .integer(1...Int64(TraceModeration.maximumLimit)), default: 50),
                .query("offset", .integer(0...Int64(TraceModeration.maximumOffset)), default: 0),
            ],
            answers: [.json(.ok, "The traces, without those that were removed", .array(of: Trace.schema))]
        ) { request in
            let traces = try await self.moderation.flagged(
                limit: request.parameters["limit"]?.intValue ?? 50, offset: request.parameters["offset"]?.intValue ?? 0)
            return .json(.ok, .array(traces.map(\.json)))
        }
    }

    private var reports: Operation {
        Operation(
            .get, "\(Self.trace)/flags",
            id: "listTraceFlags",
            summary: "Who reported a trace and why, the newest first",
            tag: Self.tag,
            access: Self.access,
            parameters: [
                .path("id", .string(format: .uuid)),
                .query("limit", .integer(1...Int64(TraceModeration.maximumLimit)), default: 50),
            ],
            answers: [
                .json(.ok, "The reports, also of a removed trace", .array(of: TraceFlag.schema)),
                .problem(.notFound, "No trace has the id"),
            ]
        ) { request in
            let reports = try await self.flags.reports(
                of: try request.text("id"), limit: request.parameters["limit"]?.intValue ?? 50)
            guard let reports else { throw Problem.traceNotFound }
            return .json(.ok, .array(reports.map(\.json)))
        }
    }

    private var remove: Operation {
        self.change(
            .delete, Self.trace, id: "removeTrace", summary: "Remove a trace; its row stays, and nobody is shown it",
            member: "deleted", true
        ) { try await self.moderation.remove($0, by: $1) }
    }

    private var restore: Operation {
        self.change(
            .post, "\(Self.trace)/restore", id: "restoreTrace", summary: "Bring a removed trace back", member: "restored", true
        ) { try await self.moderation.restore($0, by: $1) }
    }

    private var unflag: Operation {
        self.change(
            .post, "\(Self.trace)/unflag", id: "unflagTrace", summary: "Take the flag from a trace and close its reports",
            member: "flagged", false
        ) { try await self.moderation.unflag($0, by: $1) }
    }

    /// An operation that changes one trace and answers `{"<member>": <value>, "trace_id": "…"}`.
    private func change(
        _ method: HTTPRequest.Method, _ path: String, id: String, summary: String, member: String, _ value: Bool,
        _ body: @escaping @Sendable (String, ModerationAuthor) async throws -> Bool
    ) -> Operation {
        Operation(
            method, path, id: id, summary: summary, tag: Self.tag, access: Self.access,
            parameters: [.path("id", .string(format: .uuid))],
            answers: [
                .json(
                    .ok, "It is done", .object([.required(member, .boolean), .required("trace_id", .string(format: .uuid))])),
                .problem(.notFound, "There is no trace with the id to which this can be done"),
                .problem(.serviceUnavailable, "The change cannot be recorded now, and was not made"),
            ]
        ) { request in
            let id = try request.text("id")
            do {
                guard try await body(id, request.moderationAuthor) else { throw Problem.traceNotFound }
            } catch let error as KnowledgeError where error.code == .unrecorded {
                throw Problem(.serviceUnavailable, error.message, headers: [.retryAfter: "1"], cause: error)
            }
            return .json(.ok, .object(JSONObject([(member, .bool(value)), ("trace_id", .string(id))])))
        }
    }
}

extension TraceFlag {
    /// The columns of `trace_flags`.
    fileprivate var json: JSONValue {
        [
            "trace_id": .string(self.traceID),
            "reporter_id": .string(self.reporterID),
            "category": .string(self.category.rawValue),
            "reason": .string(self.reason),
            "created_at": .string(self.createdAt.rfc3339),
            "closed_at": .string(orNull: self.closedAt?.rfc3339),
        ]
    }

    fileprivate static let schema = Schema.object([
        .required("trace_id", .string(format: .uuid)),
        .required("reporter_id", .string(format: .uuid)),
        .required("category", .choice(FlagDraft.Category.allCases.map(\.rawValue))),
        .required("reason", .string()),
        .required("created_at", .string(format: .dateTime)),
        .required("closed_at", .string(format: .dateTime).nullable),
    ])
}
