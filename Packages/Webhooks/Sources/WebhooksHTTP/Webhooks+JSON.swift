import HTTPCore
import Persistence
import StrictJSON
import Webhooks

extension WebhookEndpoint {
    static let fields: [Schema.Field] = [
        .required("id", .string(format: .uuid)),
        .required("url", .string().described("The values of its query are masked: ?token=***")),
        .required("events", .array(of: .string()).described("Empty for all")),
        .required("created_at", .string(format: .dateTime)),
        .required("enabled", .boolean),
        .required("disabled_at", .string(format: .dateTime).nullable),
        .required("disabled_reason", .choice(["gone", "failing"]).nullable),
        .required("failing_since", .string(format: .dateTime).nullable),
    ]

    var members: [(String, JSONValue)] {
        [
            ("id", .string(self.id)),
            ("url", .string(self.url)),
            ("events", .array(self.eventTypes.map { .string($0) })),
            ("created_at", .string(self.createdAt.rfc3339)),
            ("enabled", .bool(self.disabledAt == nil)),
            ("disabled_at", .string(orNull: self.disabledAt?.rfc3339)),
            ("disabled_reason", .string(orNull: self.disabledReason?.rawValue)),
            ("failing_since", .string(orNull: self.failingSince?.rfc3339)),
        ]
    }
}

extension WebhookDelivery {
    static let fields: [Schema.Field] = [
        .required("webhook_id", .string()),
        .required("type", .string()),
        .required("status", .choice(Status.allCases.map(\.rawValue))),
        .required("attempts", .integer(0...Int64.max)),
        .required("last_status", .integer(100...999).nullable),
        .required("last_error", .string().nullable),
        .required("last_attempt_at", .string(format: .dateTime).nullable),
        .required("due_at", .string(format: .dateTime).nullable),
        .required("created_at", .string(format: .dateTime)),
        .required("finished_at", .string(format: .dateTime).nullable),
    ]

    var members: [(String, JSONValue)] {
        [
            ("webhook_id", .string(self.messageID)),
            ("type", .string(self.eventType)),
            ("status", .string(self.status.rawValue)),
            ("attempts", .integer(self.attempts)),
            ("last_status", .integer(orNull: self.lastStatus)),
            ("last_error", .string(orNull: self.lastError)),
            ("last_attempt_at", .string(orNull: self.lastAttemptAt?.rfc3339)),
            ("due_at", .string(orNull: self.dueAt?.rfc3339)),
            ("created_at", .string(self.createdAt.rfc3339)),
            ("finished_at", .string(orNull: self.finishedAt?.rfc3339)),
        ]
    }
}
