import DatabaseTestSupport
import Knowledge
import Persistence
import Testing

@Suite("Votes at the same time")
struct ConcurrentVotesTests {
    private static let voters = 50

    @Test("are all counted on one trace", arguments: TestStore.allCases)
    func oneTrace(_ kind: TestStore) async throws {
        try await Commons.with(kind, users: Self.voters + 1) { commons async throws in
            let id = try await commons.share(tags: ["b", "a"])
            try await withThrowingTaskGroup(of: VoteOutcome.self) { group in
                for number in 1...Self.voters {
                    // Every fifth goes down.
                    let vote: Vote.Kind = number % 5 == 0 ? .down : .up
                    group.addTask { try await commons.vote(vote, on: id, by: Commons.user(number + 1)) }
                }
                for try await outcome in group {
                    guard case .counted = outcome else {
                        Issue.record("\(outcome)")
                        continue
                    }
                }
            }
            let trace = try #require(try await commons.traces.trace(id: id))
            #expect(trace.confirmationCount == Self.voters)
            #expect(abs(trace.trustScore - 3) < 1e-6)
            #expect(trace.status == .validated)
            let reputation = try #require(try await commons.reputations.reputation(of: Commons.author))
            let score = WilsonScore.lowerBound(up: 40, total: 50)
            #expect(reputation.overallScore == score)
            #expect(reputation.domains.map(\.tag) == ["a", "b"])
            for domain in reputation.domains {
                #expect(domain.upvotes == 40 && domain.downvotes == 10 && domain.score == score)
            }
        }
    }

    @Test("are all counted on several traces of one author, whose tags overlap", arguments: TestStore.allCases)
    func severalTraces(_ kind: TestStore) async throws {
        try await Commons.with(kind, users: 13) { commons async throws in
            var traces: [String] = []
            for tags in [["a", "b", "c"], ["c", "b"], ["b", "a", "d"], []] {
                traces.append(try await commons.share(tags: tags))
            }
            let shared = traces
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 2...13 {
                    for trace in shared.shuffled() {
                        group.addTask { try await commons.vote(.up, on: trace, by: Commons.user(number)) }
                    }
                }
                try await group.waitForAll()
            }
            let reputation = try #require(try await commons.reputations.reputation(of: Commons.author))
            #expect(reputation.overallScore == WilsonScore.lowerBound(up: 48, total: 48))
            let sums = Dictionary(uniqueKeysWithValues: reputation.domains.map { ($0.tag, $0.upvotes) })
            #expect(sums == ["a": 24, "b": 36, "c": 24, "d": 12])
            #expect(reputation.domains.allSatisfy { $0.score == WilsonScore.lowerBound(up: $0.upvotes, total: $0.upvotes) })
        }
    }

    @Test("of authors on each other's traces do not wait for each other for ever", arguments: TestStore.allCases)
    func eachOther(_ kind: TestStore) async throws {
        try await Commons.with(kind, users: 8) { commons async throws in
            var traces: [(author: Int, id: String)] = []
            for author in 1...8 {
                traces.append((author, try await commons.share(tags: ["a", "b"], by: Commons.user(author))))
            }
            let shared = traces
            try await withThrowingTaskGroup(of: Void.self) { group in
                for voter in 1...8 {
                    for trace in shared where trace.author != voter {
                        group.addTask { try await commons.vote(.up, on: trace.id, by: Commons.user(voter)) }
                    }
                }
                try await group.waitForAll()
            }
            for author in 1...8 {
                let reputation = try #require(try await commons.reputations.reputation(of: Commons.user(author)))
                #expect(reputation.domains.map(\.upvotes) == [7, 7])
            }
        }
    }

    @Test("of one voter on one trace are one vote", arguments: TestStore.allCases)
    func oneVoter(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share(tags: ["a"])
            let outcomes = try await withThrowingTaskGroup(of: VoteOutcome.self) { group in
                for _ in 0..<20 { group.addTask { try await commons.vote(.up, on: id, by: Commons.voter) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == .alreadyVoted } == 19)
            #expect(try await commons.traces.trace(id: id)?.confirmationCount == 1)
            #expect(try await commons.reputations.reputation(of: Commons.author)?.domains.map(\.upvotes) == [1])
        }
    }
}
