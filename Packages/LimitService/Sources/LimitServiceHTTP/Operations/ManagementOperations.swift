public import HTTPCore
import HTTPTypes
public import LimitService
public import NIOCore
import RateLimit
import StrictJSON

/// The operations of observers and operators below `/api` (CONTRACTS §1.5); open unless a token is set.
public struct ManagementOperations: Sendable {
    /// The most rows of a page.
    private static let maximumPage: Int64 = 1_000
    /// The rows of a page when nobody says.
    private static let usualPage: Int64 = 100

    private let service: LimitService
    private let nodes: any NodeDirectory
    private let access: Access
    private let eventLoops: any EventLoopGroup

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - service: Decides and counts.
    ///   - nodes: Knows the nodes of the fleet.
    ///   - access: Who may call.
    ///   - eventLoops: Loops on which a shared store is asked.
    public init(service: LimitService, nodes: any NodeDirectory, access: Access, eventLoops: any EventLoopGroup) {
        self.service = service
        self.nodes = nodes
        self.access = access
        self.eventLoops = eventLoops
    }

    /// The operations for the router.
    public var operations: [Operation] {
        [self.usage, self.listNodes, self.listCounters, self.limits, self.listBlocks, self.reset, self.setLimit]
    }

    private static let key = Operation.Parameter.restOfPath("key", .string(minimum: 1))
    private static let pageParameters: [Operation.Parameter] = [
        .query("limit", .integer(1...Self.maximumPage).described("Most rows of the page"), default: .integer(Self.usualPage)),
        .query("cursor", .string(maximum: 4_096).described("The next_cursor of the page before")),
    ]

    private var usage: Operation {
        Operation(
            .get, "/api/usage/{key}", id: "getUsage", summary: "What is left of a key; nothing is consumed", tag: "management",
            access: self.access,
            parameters: [
                Self.key, .query("limit", .integer(0...Int64.max)), .query("window_ms", QuestionSchema.window),
                .query("algorithm", .choice(RateLimitAlgorithm.allCases.map(\.name)), default: "sliding_log"),
            ],
            answers: [
                .json(
                    .ok, "What is left",
                    .object([
                        .required("key", .string()), .required("count", .integer()), .required("limit", .integer()),
                        .required("remaining", .integer()), .required("window_ms", .integer()),
                        .required("algorithm", .string()), .required("reset_after_seconds", .integer()),
                    ]))
            ]
        ) { try await self.usage($0) }
    }

    private var listNodes: Operation {
        let node = Schema.object([
            .required("id", .string()), .required("address", .string()), .required("state", .choice(["Up", "Down"])),
            .required("registered_at", .string(format: .dateTime).nullable),
        ])
        return Operation(
            .get, "/api/nodes", id: "listNodes", summary: "The nodes of the fleet", tag: "management", access: self.access,
            answers: [.json(.ok, "The nodes", .object([.required("nodes", .array(of: node))]))]
        ) { _ in
            let nodes = try await LimitProblems.translating { () async throws(RateLimitError) in try await self.nodes.nodes() }
            return .json(.ok, ["nodes": .array(nodes.map(\.json))])
        }
    }

    private var listCounters: Operation {
        let counter = Schema.object([
            .required("key", .string()), .required("count", .integer()), .required("limit", .integer()),
            .required("remaining", .integer()), .required("window_ms", .integer()), .required("algorithm", .string()),
        ])
        return Operation(
            .get, "/api/counters", id: "listCounters", summary: "Live counters, page by page", tag: "management",
            access: self.access, parameters: Self.pageParameters,
            answers: [
                .json(
                    .ok, "A page",
                    .object([
                        .required("counters", .array(of: counter)), .required("next_cursor", .string().nullable),
                    ]))
            ]
        ) { request in
            let page = try await self.page(of: request, isBlockedOnly: false)
            return .json(.ok, ["counters": .array(page.rows.map(\.json)), "next_cursor": page.cursorJSON])
        }
    }

    private var listBlocks: Operation {
        let block = Schema.object([
            .required("key", .string()), .required("current_count", .integer()), .required("limit", .integer()),
        ])
        return Operation(
            .get, "/api/blocks", id: "listBlocks", summary: "Keys that reached their limit, page by page", tag: "management",
            access: self.access, parameters: Self.pageParameters,
            answers: [
                .json(
                    .ok, "A page; it may be empty though more follow",
                    .object([.required("blocked", .array(of: block)), .required("next_cursor", .string().nullable)]))
            ]
        ) { request in
            let page = try await self.page(of: request, isBlockedOnly: true)
            return .json(.ok, ["blocked": .array(page.rows.map(\.blockJSON)), "next_cursor": page.cursorJSON])
        }
    }

    private var limits: Operation {
        Operation(
            .get, "/api/limits", id: "getLimits", summary: "What holds where nothing else is said", tag: "management",
            access: self.access,
            answers: [
                .json(
                    .ok, "The defaults",
                    .object([.required("default_limit", .integer()), .required("default_window_ms", .integer())]))
            ]
        ) { _ in
            .json(
                .ok,
                [
                    "default_limit": .integer(self.service.configuration.defaultLimit),
                    "default_window_ms": .integer(self.service.configuration.defaultWindowMilliseconds),
                ])
        }
    }

    private var reset: Operation {
        Operation(
            .post, "/api/counters/{key}/reset", id: "resetCounter", summary: "Forget what was counted of a key",
            tag: "management", access: self.access, parameters: [Self.key],
            answers: [
                .json(
                    .ok, "Whether anything was there",
                    .object([.required("key", .string()), .required("reset", .boolean)]))
            ]
        ) { request in
            let text = try request.text("key")
            let key = try Self.key(text)
            let wasCounted = try await LimitProblems.translating { () async throws(RateLimitError) in
                try await self.service.reset(key)
            }
            return .json(.ok, ["key": .string(text), "reset": .bool(wasCounted)])
        }
    }

    private var setLimit: Operation {
        Operation(
            .put, "/api/limits/{key}", id: "setLimit", summary: "Store the limit of a key", tag: "management",
            access: self.access, parameters: [Self.key],
            body: .json(
                .object([
                    .required("limit", .integer(0...Int64.max)), .optional("window_ms", QuestionSchema.window.nullable),
                ])),
            answers: [
                .json(
                    .ok, "What holds now",
                    .object([
                        .required("key", .string()), .required("limit", .integer()), .required("window_ms", .integer()),
                        .required("updated", .boolean),
                    ]))
            ]
        ) { request in
            let text = try request.text("key")
            let key = try Self.key(text)
            let limit = request.body["limit"]?.int64Value ?? 0
            let override = try await LimitProblems.translating { () async throws(RateLimitError) in
                try await self.service.setOverride(
                    limit: limit, windowMilliseconds: request.body["window_ms"]?.int64Value, of: key)
            }
            return .json(
                .ok,
                [
                    "key": .string(text), "limit": .integer(override.limit),
                    "window_ms": .integer(override.windowMilliseconds), "updated": true,
                ])
        }
    }

    private func usage(_ request: OperationRequest) async throws -> OperationResponse {
        let text = try request.text("key")
        let algorithm = request.parameters["algorithm"]?.stringValue.flatMap { RateLimitAlgorithm(name: $0) } ?? .slidingLog
        let question = try LimitQuestion(
            key: try Self.key(text), limit: request.parameters["limit"]?.int64Value,
            windowMilliseconds: request.parameters["window_ms"]?.int64Value, cost: 0, algorithm: algorithm)
        let answer = try await self.service.decide(question, on: self.eventLoops.any()).value()
        if answer.isUnavailable { throw CheckReply.unavailable }
        var response = OperationResponse.json(
            .ok,
            [
                "key": .string(text), "count": .integer(answer.rule.used), "limit": .integer(answer.rule.limit),
                "remaining": .integer(answer.rule.remaining), "window_ms": .integer(answer.windowMilliseconds),
                "algorithm": .string(algorithm.name),
                "reset_after_seconds": .integer(answer.rule.resetAfter.wholeSeconds),
            ])
        if answer.isDegraded { response.headers[.degradation] = "degraded" }
        return response
    }

    private func page(of request: OperationRequest, isBlockedOnly: Bool) async throws -> CounterPage {
        let limit = request.parameters["limit"]?.int64Value ?? Self.usualPage
        let cursor = request.parameters["cursor"]?.stringValue
        guard cursor.map(self.service.isCursor) ?? true else {
            throw Problem.validation([
                Violation(
                    at: [.name("query"), .name("cursor")], type: "value_error",
                    message: "Value error, the cursor is none that a page before has told")
            ])
        }
        return try await LimitProblems.translating { () async throws(RateLimitError) in
            try await self.service.counters(
                after: cursor, limit: Int(clamping: limit), isBlockedOnly: isBlockedOnly)
        }
    }

    private static func key(_ text: String) throws(Problem) -> RateLimitKey {
        var violations: [Violation] = []
        let key = QuestionSchema.key(from: text, at: [.name("path"), .name("key")], into: &violations)
        guard let key else { throw Problem.validation(violations) }
        return key
    }
}

extension CounterRow {
    fileprivate var json: JSONValue {
        [
            "key": .string(self.key), "count": .integer(self.count), "limit": .integer(self.limit),
            "remaining": .integer(self.remaining), "window_ms": .integer(self.windowMilliseconds),
            "algorithm": .string(self.algorithm.name),
        ]
    }

    fileprivate var blockJSON: JSONValue {
        ["key": .string(self.key), "current_count": .integer(self.count), "limit": .integer(self.limit)]
    }
}

extension CounterPage {
    fileprivate var cursorJSON: JSONValue { self.next.map { .string($0) } ?? .null }
}

extension NodeRecord {
    fileprivate var json: JSONValue {
        [
            "id": .string(self.id), "address": .string(self.address), "state": .string(self.state.rawValue),
            "registered_at": self.registeredAt.map { .string($0) } ?? .null,
        ]
    }
}
