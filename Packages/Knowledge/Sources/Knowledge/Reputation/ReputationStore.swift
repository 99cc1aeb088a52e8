#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Persistence

/// Reads the standing of contributors.
public struct ReputationStore: Sendable {
    private let database: any Database

    /// Creates a store over a migrated database.
    public init(database: any Database) {
        self.database = database
    }

    /// The standing of a contributor, or `nil` when there is no such user; a user without votes has 0 and no domains.
    ///
    /// - Parameter userID: A UUID in any spelling; anything else is no user's id.
    /// - Throws: `PersistenceError`.
    public func reputation(of userID: String) async throws -> ContributorReputation? {
        guard let id = UUID(sqlText: userID) else { return nil }
        return try await self.database.read { connection in
            guard let user = try connection.queryOne("SELECT reputation_score FROM users WHERE id = \(id)") else { return nil }
            let bytes = connection.dialect.byteOrder
            let domains = try connection.query(
                """
                SELECT domain_tag, wilson_score, upvote_count, downvote_count FROM contributor_domain_reputation
                WHERE contributor_id = \(id) ORDER BY wilson_score DESC, domain_tag \(bytes)
                LIMIT \(ContributorReputation.maximumDomains)
                """)
            return ContributorReputation(
                userID: id.sqlText, overallScore: try user.decode("reputation_score"),
                domains: try domains.map { try ContributorReputation.Domain($0) })
        }
    }
}

extension SQLDialect {
    /// Orders and compares texts by their bytes, whatever the database's own order is.
    var byteOrder: SQL {
        switch self {
        case .postgres: "COLLATE \"C\""
        case .sqlite: "COLLATE BINARY"
        }
    }
}
