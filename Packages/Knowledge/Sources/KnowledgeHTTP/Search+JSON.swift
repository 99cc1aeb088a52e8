import HTTPCore
import Knowledge
import Persistence
import StrictJSON

extension FoundTrace {
    /// The search result of CONTRACTS §1.1, and what it is found by.
    var json: JSONValue {
        [
            "id": .string(self.trace.id),
            "title": .string(self.trace.title),
            "context_text": .string(self.trace.contextText),
            "solution_text": .string(self.trace.solutionText),
            "trust_score": .float(self.trace.trustScore),
            "status": .string(self.trace.status.rawValue),
            "tags": .array(self.trace.tags.map { .string($0) }),
            "similarity_score": .float(self.similarity),
            "combined_score": .float(self.combined),
            "contributor_id": .string(self.trace.contributorID),
            "created_at": .string(self.trace.createdAt.rfc3339),
            "is_stale": .bool(self.trace.isStale),
            "snippet": self.snippet.json,
        ]
    }

    /// Its shape for the API description.
    static var schema: Schema {
        .object([
            .required("id", .string(format: .uuid)),
            .required("title", .string()),
            .required("context_text", .string()),
            .required("solution_text", .string()),
            .required("trust_score", .number),
            .required("status", .choice(["pending", "validated"])),
            .required("tags", .array(of: .string())),
            .required("similarity_score", .number.described("0 to 1; 0 when found by tags alone")),
            .required("combined_score", .number.described("What results are ordered by")),
            .required("contributor_id", .string(format: .uuid)),
            .required("created_at", .string(format: .dateTime)),
            .required("is_stale", .boolean),
            .required("snippet", Snippet.schema),
        ])
    }
}

extension Snippet {
    fileprivate var json: JSONValue {
        [
            "field": .string(self.field.rawValue),
            "text": .string(self.text),
            "highlights": .array(
                self.highlights.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) }),
        ]
    }

    fileprivate static var schema: Schema {
        .object([
            .required("field", .choice(Snippet.Field.allCases.map(\.rawValue))),
            .required("text", .string()),
            .required(
                "highlights",
                .array(of: .array(of: .integer())).described("Pairs of start and end in Unicode code points of the text")),
        ])
    }
}
