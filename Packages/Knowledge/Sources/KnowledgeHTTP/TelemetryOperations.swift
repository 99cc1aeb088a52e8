public import ContentScreening
import ContentScreeningHTTP
public import HTTPCore
import HTTPTypes
public import Knowledge
import StrictJSON

/// The operations by which clients tell of their use (CONTRACTS §1.1): `/api/v1/telemetry`.
public struct TelemetryOperations: Sendable {
    /// The limit on pings and installations, charged to the caller; sessions are charged to the limit on writing (CONTRACTS §1.1).
    public static let limit = LimitClass("telemetry")

    private static let path = "/api/v1/telemetry"
    private static let tag = "telemetry"
    /// The greatest number that every reader of JSON takes exactly.
    private static let count = Schema.integer(0...9_007_199_254_740_991).nullable

    private let store: TelemetryStore
    private let gate: ContentGate
    private let contributors: any ContributorDirectory

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - store: Where it is kept.
    ///   - gate: What every text passes before it is stored.
    ///   - contributors: Says as which user a caller writes.
    public init(store: TelemetryStore, gate: ContentGate, contributors: any ContributorDirectory) {
        self.store = store
        self.gate = gate
        self.contributors = contributors
    }

    /// The operations for the router.
    public var operations: [Operation] {
        [self.ping, self.install, self.triggers].map { operation in
            var operation = operation
            if operation.limits.isEmpty { operation.limits = [Self.limit] }
            operation.acceptsIdempotencyKey = true
            return operation
        }
    }

    private var ping: Operation {
        Operation(
            .post, "\(Self.path)/ping", id: "ping", summary: "Tell that the client is in use", tag: Self.tag, access: .caller,
            body: .json(.object([]).nullable, isRequired: false), answers: [.other(.noContent, "It is noted")]
        ) { request in
            try await request.asContributor(of: self.contributors) { try await self.store.ping(by: $0) }
            return .empty()
        }
    }

    private var install: Operation {
        Operation(
            .post, "\(Self.path)/install", id: "noteInstallation", summary: "Tell of an installation", tag: Self.tag,
            access: .caller,
            body: .json(
                .object([
                    .optional("platform", .string(maximum: 50).nullable),
                    .optional("skill_version", .string(maximum: 20).nullable),
                    .optional("install_source", .string(maximum: 50).nullable),
                ])),
            answers: [Self.noted, .contentRejected]
        ) { request in
            let report = InstallReport(
                platform: request.optionalText("platform"), skillVersion: request.optionalText("skill_version"),
                installSource: request.optionalText("install_source"))
            let screened = try await self.gate.admit(report, logger: request.logger)
            try await request.asContributor(of: self.contributors) { try await self.store.note(screened, by: $0) }
            return .json(.created, ["status": "ok"])
        }
    }

    private var triggers: Operation {
        Operation(
            .post, "\(Self.path)/triggers", id: "noteTriggers", summary: "Tell what a session made of the commons",
            tag: Self.tag, access: .caller, limits: [TraceOperations.writeLimit],
            body: .json(
                .object([
                    .required("session_id", .string(minimum: 1, maximum: 100)),
                    .required("trigger_stats", .map(maximumSerialised: 10_000)),
                    .optional("searches_fired", Self.count),
                    .optional("traces_consumed", Self.count),
                    .optional("resolutions_total", Self.count),
                    .optional("resolutions_assisted", Self.count),
                ])),
            answers: [Self.noted, .contentRejected]
        ) { request in
            let report = TriggerReport(
                sessionID: try request.bodyText("session_id"), triggerStats: request.body["trigger_stats"] ?? [:],
                searchesFired: request.body["searches_fired"]?.int64Value,
                tracesConsumed: request.body["traces_consumed"]?.int64Value,
                resolutionsTotal: request.body["resolutions_total"]?.int64Value,
                resolutionsAssisted: request.body["resolutions_assisted"]?.int64Value)
            let screened = try await self.gate.admit(report, logger: request.logger)
            try await request.asContributor(of: self.contributors) { try await self.store.note(screened, by: $0) }
            return .json(.created, ["status": "ok"])
        }
    }

    private static let noted = Operation.Answer.json(.created, "It is noted", .object([.required("status", .choice(["ok"]))]))
}
