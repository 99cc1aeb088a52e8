import HTTPCore
import Knowledge
import Persistence
import StrictJSON

extension Trace {
    /// The trace object of CONTRACTS §1.1.
    var json: JSONValue {
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
    static var schema: Schema {
        .object([
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
        ])
    }
}
