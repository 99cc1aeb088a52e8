public import HTTPCore
import HTTPTypes
public import Knowledge
import StrictJSON

/// The operations that tell what there is in the commons (CONTRACTS §1.1): `GET /api/v1/tags` and
/// `GET /api/v1/contributors/{id}/reputation`.
public struct CatalogueOperations: Sendable {
    private let tags: TagCatalogue
    private let reputations: ReputationStore

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - tags: What lists tags.
    ///   - reputations: What knows the standing of contributors.
    public init(tags: TagCatalogue, reputations: ReputationStore) {
        self.tags = tags
        self.reputations = reputations
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.listTags, self.reputation] }

    private var listTags: Operation {
        Operation(
            .get, "/api/v1/tags",
            id: "listTags",
            summary: "The tags that traces have been given",
            tag: "traces",
            access: .caller,
            limits: [TraceOperations.readLimit],
            parameters: [
                .query("prefix", .string(maximum: 50).described("How the names begin; all names when empty"), default: "")
            ],
            answers: [
                .json(
                    .ok, "The first \(TagCatalogue.maximumNames) names by their bytes",
                    .object([.required("tags", .array(of: .string()))]))
            ]
        ) { request in
            let names = try await self.tags.names(beginningWith: try request.text("prefix"))
            return .json(.ok, ["tags": .array(names.map { .string($0) })])
        }
    }

    private var reputation: Operation {
        Operation(
            .get, "/api/v1/contributors/{id}/reputation",
            id: "readReputation",
            summary: "How far the votes of others speak for a contributor",
            tag: "contributors",
            access: .caller,
            limits: [TraceOperations.readLimit],
            parameters: [.path("id", .string(format: .uuid))],
            answers: [
                .json(.ok, "The standing over all and by tags, the best first", ContributorReputation.schema),
                .problem(.notFound, "No user has the id"),
            ]
        ) { request in
            guard let reputation = try await self.reputations.reputation(of: try request.text("id")) else {
                throw Problem(.notFound, "Contributor not found")
            }
            return .json(.ok, reputation.json)
        }
    }
}

extension ContributorReputation {
    /// The standing with the names of CONTRACTS §1.1.
    fileprivate var json: JSONValue {
        let domains = self.domains.map { domain -> JSONValue in
            [
                "domain_tag": .string(domain.tag),
                "wilson_score": .float(domain.score),
                "upvote_count": .integer(domain.upvotes),
                "downvote_count": .integer(domain.downvotes),
            ]
        }
        return [
            "user_id": .string(self.userID), "overall_wilson_score": .float(self.overallScore), "domains": .array(domains),
        ]
    }

    fileprivate static let schema = Schema.object([
        .required("user_id", .string(format: .uuid)),
        .required("overall_wilson_score", .number),
        .required(
            "domains",
            .array(
                of: .object([
                    .required("domain_tag", .string()),
                    .required("wilson_score", .number),
                    .required("upvote_count", .integer()),
                    .required("downvote_count", .integer()),
                ]))),
    ])
}
