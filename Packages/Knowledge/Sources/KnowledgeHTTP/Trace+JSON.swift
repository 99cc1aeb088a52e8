import HTTPCore
import Knowledge
import KnowledgeFreshness
import Persistence
import Staleness
import StrictJSON

extension Trace {
    /// The trace object of CONTRACTS §1.1.
    var json: JSONValue { .object(self.members) }

    /// The trace object with what is known about its age.
    func json(_ freshness: TraceFreshness) -> JSONValue { .object(self.members(freshness)) }

    /// The trace object with what is known about its age, and the amendment that stands beside its solution.
    func json(_ freshness: TraceFreshness, accepted: AcceptedAmendment?) -> JSONValue {
        var members = self.members(freshness)
        members["accepted_amendment"] = accepted?.json ?? .null
        return .object(members)
    }

    private func members(_ freshness: TraceFreshness) -> JSONObject {
        var members = self.members
        members["freshness"] = freshness.json
        return members
    }

    private var members: JSONObject {
        [
            "id": .string(self.id),
            "status": .string(self.status.rawValue),
            "title": .string(self.title),
            "context_text": .string(self.contextText),
            "solution_text": .string(self.solutionText),
            "trust_score": .float(self.trustScore),
            "confirmation_count": .integer(self.confirmationCount),
            "tags": .array(self.tags.map { .string($0) }),
            "is_stale": .bool(self.isStale),
            "is_flagged": .bool(self.isFlagged),
            "contributor_id": .string(self.contributorID),
            "created_at": .string(self.createdAt.rfc3339),
            "updated_at": .string(self.updatedAt.rfc3339),
        ]
    }

    /// Its shape for the API description.
    static let schema = Schema.object(Self.properties)

    /// With the age.
    static let listedSchema = Schema.object(Self.properties + [Self.freshness])

    /// With the age and the accepted amendment.
    static let readSchema = Schema.object(
        Self.properties + [
            Self.freshness,
            .required(
                "accepted_amendment", AcceptedAmendment.schema.nullable.described("The better solution, if one is accepted")),
        ])

    private static let properties: [Schema.Field] = [
        .required("id", .string(format: .uuid)),
        .required("status", .choice(["pending", "validated"])),
        .required("title", .string()),
        .required("context_text", .string()),
        .required("solution_text", .string()),
        .required("trust_score", .number),
        .required("confirmation_count", .integer()),
        .required("tags", .array(of: .string())),
        .required("is_stale", .boolean),
        .required("is_flagged", .boolean),
        .required("contributor_id", .string(format: .uuid)),
        .required("created_at", .string(format: .dateTime)),
        .required("updated_at", .string(format: .dateTime)),
    ]

    private static let freshness = Schema.Field.required(
        "freshness",
        .object([
            .required("grade", .choice(Freshness.allCases.map(\.rawValue))),
            .required("package", .string().nullable),
            .required("pinned", .string().nullable),
            .required("latest_version", .string().nullable),
            .required("reason", .string()),
            .required("checked_at", .string(format: .dateTime).nullable),
        ]))
}
