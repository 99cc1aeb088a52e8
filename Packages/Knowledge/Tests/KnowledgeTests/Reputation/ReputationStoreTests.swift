import DatabaseTestSupport
import Knowledge
import Persistence
import SchemasTestSupport
import Testing

@Suite("Reputation")
struct ReputationStoreTests {
    @Test("grows by the tags of the traces voted on, and over all", arguments: TestStore.allCases)
    func byTags(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let first = try await commons.share(tags: ["swift", "nio"])
            let second = try await commons.share(tags: ["swift"])
            let bare = try await commons.share()
            for voter in 2...4 { try await commons.vote(.up, on: first, by: Commons.user(voter)) }
            try await commons.vote(.down, on: second, by: Commons.voter)
            try await commons.vote(.up, on: bare, by: Commons.voter)
            let reputation = try #require(try await commons.reputations.reputation(of: Commons.author.uppercased()))
            #expect(reputation.userID == Commons.author)
            #expect(reputation.overallScore == WilsonScore.lowerBound(up: 4, total: 5))
            // The best first.
            #expect(reputation.domains.map(\.tag) == ["nio", "swift"])
            #expect(reputation.domains.map(\.upvotes) == [3, 3])
            #expect(reputation.domains.map(\.downvotes) == [0, 1])
            #expect(
                reputation.domains.map(\.score) == [
                    WilsonScore.lowerBound(up: 3, total: 3), WilsonScore.lowerBound(up: 3, total: 4),
                ])
            // Votes given change nothing of the voter's own standing.
            let voter = try #require(try await commons.reputations.reputation(of: Commons.voter))
            #expect(voter.overallScore == 0 && voter.domains.isEmpty)
        }
    }

    @Test("makes later votes of the contributor weigh more", arguments: TestStore.allCases)
    func feedsBack(_ kind: TestStore) async throws {
        try await Commons.with(kind, users: 7) { commons async throws in
            let own = try await commons.share(tags: ["swift"], by: Commons.voter)
            for voter in 3...7 { try await commons.vote(.up, on: own, by: Commons.user(voter)) }
            let other = try await commons.share(tags: ["swift", "new"])
            try await commons.vote(.up, on: other, by: Commons.voter)
            let trust = try #require(try await commons.traces.trace(id: other)).trustScore
            #expect(abs(trust - WilsonScore.lowerBound(up: 5, total: 5)) < 1e-9)
        }
    }

    @Test("orders equal scores by the bytes of their tags", arguments: TestStore.allCases)
    func ties(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share(tags: ["b", "a_b", "a-b", "a.b", "a", "1"])
            try await commons.vote(.up, on: id, by: Commons.voter)
            let reputation = try await commons.reputations.reputation(of: Commons.author)
            #expect(reputation?.domains.map(\.tag) == ["1", "a", "a-b", "a.b", "a_b", "b"])
        }
    }

    @Test("is nobody's who is no user", arguments: TestStore.allCases)
    func unknown(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            for id in ["00000000-0000-4000-8000-00000000ffff", "", "dev-agent"] + HostileTexts.all {
                #expect(try await commons.reputations.reputation(of: id) == nil)
            }
        }
    }
}
