public import HTTPCore
import HTTPTypes
import Identity
import Persistence
import StandardWebhooks
import StrictJSON
public import Webhooks

/// The operations of administrators on the webhook endpoints of their organisation: `/v1/admin/webhooks`.
///
/// Endpoints of other organisations are not there (404). A secret is in the answer to its making, and in no other; of a URL's query the
/// values are masked everywhere.
public struct WebhookOperations: Sendable {
    private static let path = "/v1/admin/webhooks"
    private static let tag = "webhooks"
    private static let access = Access.role([Role.admin.text])
    /// How long the older secrets sign after a rotation unless the request says otherwise: a day, in seconds.
    private static let usualOverlap = 86_400

    private let endpoints: WebhookEndpoints
    private let limits: [LimitClass]

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - endpoints: The endpoints of all organisations.
    ///   - limits: Which limits apply to each operation; none by default.
    public init(endpoints: WebhookEndpoints, limits: [LimitClass] = []) {
        self.endpoints = endpoints
        self.limits = limits
    }

    /// The operations for the router.
    public var operations: [Operation] {
        [self.create, self.list, self.delete, self.rotate, self.enable, self.deliveries].map { operation in
            var operation = operation
            operation.limits = self.limits
            operation.recordsRefusals = true
            operation.acceptsIdempotencyKey = operation.method != .get
            return operation
        }
    }

    private var create: Operation {
        Operation(
            .post, Self.path, id: "createWebhook", summary: "Register a receiver; its secret is shown once", tag: Self.tag,
            access: Self.access,
            body: .json(
                .object([
                    .required("url", .string(minimum: 1, maximum: 2_048).described("https://…, to a public address")),
                    .optional(
                        "events",
                        .array(of: .string(minimum: 1, maximum: 128), maximum: WebhookEventType.limit).nullable
                            .described("Names of events; none or null for all")),
                ])),
            answers: [
                .json(
                    .created, "The receiver and its secret", .object(WebhookEndpoint.fields + [.required("secret", .string())])),
                .problem(.conflict, "The organisation has as many receivers as it may have"),
                .problem(.serviceUnavailable, "Where the URL leads cannot be found out, or the change not be recorded, now"),
            ]
        ) { request in
            try await Self.translating {
                let registered = try await self.endpoints.register(
                    url: try request.bodyText("url"),
                    eventTypes: request.body["events"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                    organisation: request.caller.organisation, by: WebhookAuthor(request))
                let members = registered.endpoint.members + [("secret", .string(registered.secret.text))]
                return .json(.created, .object(JSONObject(members)))
            }
        }
    }

    private var list: Operation {
        Operation(
            .get, Self.path, id: "listWebhooks", summary: "List the receivers", tag: Self.tag, access: Self.access,
            answers: [.json(.ok, "The receivers, the oldest first", .array(of: .object(WebhookEndpoint.fields)))]
        ) { request in
            let all = try await self.endpoints.all(of: request.caller.organisation)
            return .json(.ok, .array(all.map { .object(JSONObject($0.members)) }))
        }
    }

    private var delete: Operation {
        Operation(
            .delete, "\(Self.path)/{id}", id: "deleteWebhook", summary: "Delete a receiver and what is on its way there",
            tag: Self.tag, access: Self.access, parameters: [.path("id", .string(format: .uuid))],
            answers: [.other(.noContent, "It is gone"), .problem(.notFound, "The organisation has no such receiver")]
        ) { request in
            try await Self.translating {
                try await self.endpoints.delete(
                    try request.text("id"), of: request.caller.organisation, by: WebhookAuthor(request))
                return .empty()
            }
        }
    }

    private var rotate: Operation {
        Operation(
            .post, "\(Self.path)/{id}/rotate", id: "rotateWebhookSecret",
            summary: "Make a new secret, shown once; the older ones sign too until the overlap ends", tag: Self.tag,
            access: Self.access, parameters: [.path("id", .string(format: .uuid))],
            body: .json(
                .object([
                    .optional(
                        "overlap_seconds",
                        .integer(0...2_592_000).nullable.described("A day unless given; 0 ends all older secrets now"))
                ]), isRequired: false),
            answers: [
                .json(
                    .ok, "The receiver and its new secret",
                    .object(
                        WebhookEndpoint.fields + [
                            .required("secret", .string()),
                            .required("older_secrets_end_at", .string(format: .dateTime)),
                        ])),
                .problem(.notFound, "The organisation has no such receiver"),
                .problem(.conflict, "Five secrets of the receiver are valid already"),
            ]
        ) { request in
            try await Self.translating {
                let overlap = request.body["overlap_seconds"]?.intValue ?? Self.usualOverlap
                let registered = try await self.endpoints.rotate(
                    try request.text("id"), of: request.caller.organisation, overlap: .seconds(overlap),
                    by: WebhookAuthor(request))
                let members =
                    registered.endpoint.members + [
                        ("secret", .string(registered.secret.text)),
                        ("older_secrets_end_at", .string(orNull: registered.olderSecretsEndAt?.rfc3339)),
                    ]
                return .json(.ok, .object(JSONObject(members)))
            }
        }
    }

    private var enable: Operation {
        Operation(
            .post, "\(Self.path)/{id}/enable", id: "enableWebhook", summary: "Enable a receiver that was disabled", tag: Self.tag,
            access: Self.access, parameters: [.path("id", .string(format: .uuid))],
            answers: [
                .json(.ok, "The receiver", .object(WebhookEndpoint.fields)),
                .problem(.notFound, "The organisation has no such receiver"),
                .problem(.serviceUnavailable, "Where the URL leads cannot be found out, or the change not be recorded, now"),
            ]
        ) { request in
            try await Self.translating {
                let endpoint = try await self.endpoints.enable(
                    try request.text("id"), of: request.caller.organisation, by: WebhookAuthor(request))
                return .json(.ok, .object(JSONObject(endpoint.members)))
            }
        }
    }

    private var deliveries: Operation {
        Operation(
            .get, "\(Self.path)/{id}/deliveries", id: "listWebhookDeliveries", summary: "List what went to a receiver",
            tag: Self.tag, access: Self.access,
            parameters: [
                .path("id", .string(format: .uuid)),
                .query("limit", .integer(1...Int64(WebhookEndpoints.pageLimit)), default: 50),
                .query("cursor", .string(minimum: 1, maximum: 128)),
            ],
            answers: [
                .json(.ok, "The deliveries, the newest first", .array(of: .object(WebhookDelivery.fields))),
                .problem(.notFound, "The organisation has no such receiver"),
            ]
        ) { request in
            try await Self.translating {
                let page = try await self.endpoints.deliveries(
                    to: try request.text("id"), of: request.caller.organisation,
                    limit: request.parameters["limit"]?.intValue ?? 50, after: request.parameters["cursor"]?.stringValue)
                return .page(
                    page.deliveries.map { .object(JSONObject($0.members)) }, next: page.next, of: request, repeating: ["limit"])
            }
        }
    }

    /// Gives errors of the core their problem.
    private static func translating(_ body: () async throws -> OperationResponse) async throws -> OperationResponse {
        do {
            return try await body()
        } catch let error as WebhooksError {
            throw Problem(error) ?? error
        }
    }
}

extension WebhookAuthor {
    /// Who made a request.
    fileprivate init(_ request: OperationRequest) {
        self.init(caller: request.caller, clientAddress: request.clientAddress, requestID: request.id)
    }
}

extension Problem {
    /// The problem of an error, nil for one that is no fault of the client's.
    fileprivate init?(_ error: WebhooksError) {
        switch error.code {
        case .refusedURL: self = .invalid("body", "url", error)
        case .invalidEventType: self = .invalid("body", "events", error)
        case .invalidOverlap: self = .invalid("body", "overlap_seconds", error)
        case .invalidPage: self = .invalid("query", "cursor", error)
        case .unknownEndpoint: self.init(.notFound, error.message)
        case .tooManyEndpoints, .tooManySecrets: self.init(.conflict, error.message)
        case .destinationUnknown:
            self.init(.serviceUnavailable, error.message, headers: [.retryAfter: "5"], cause: error.cause)
        case .unrecorded: self.init(.serviceUnavailable, error.message, headers: [.retryAfter: "1"], cause: error)
        default: return nil
        }
    }

    private static func invalid(_ place: String, _ name: String, _ error: WebhooksError) -> Problem {
        var problem = Problem.validation([
            Violation(at: [.name(place), .name(name)], type: "value_error", message: "Value error, \(error.message)")
        ])
        problem.cause = error.cause
        return problem
    }
}
