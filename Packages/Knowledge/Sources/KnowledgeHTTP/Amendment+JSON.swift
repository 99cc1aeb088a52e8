import HTTPCore
import Knowledge
import Persistence
import StrictJSON

extension Amendment {
    /// The six columns with the names of CONTRACTS §1.1.
    var json: JSONValue { .object(self.members) }

    fileprivate var members: JSONObject {
        [
            "id": .string(self.id),
            "original_trace_id": .string(self.originalTraceID),
            "submitter_id": .string(self.submitterID),
            "improved_solution": .string(self.improvedSolution),
            "explanation": .string(self.explanation),
            "created_at": .string(self.createdAt.rfc3339),
        ]
    }

    static let schema = Schema.object(Self.properties)

    fileprivate static let properties: [Schema.Field] = [
        .required("id", .string(format: .uuid)),
        .required("original_trace_id", .string(format: .uuid)),
        .required("submitter_id", .string(format: .uuid)),
        .required("improved_solution", .string()),
        .required("explanation", .string()),
        .required("created_at", .string(format: .dateTime)),
    ]
}

extension AcceptedAmendment {
    /// The amendment, and who accepted it when.
    var json: JSONValue {
        var members = self.amendment.members
        members["accepted_by"] = .string(self.acceptedBy)
        members["accepted_at"] = .string(self.acceptedAt.rfc3339)
        return .object(members)
    }

    static let schema = Schema.object(
        Amendment.properties + [
            .required("accepted_by", .string(format: .uuid)), .required("accepted_at", .string(format: .dateTime)),
        ])
}
