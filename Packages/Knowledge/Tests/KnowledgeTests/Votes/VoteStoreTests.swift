import DatabaseTestSupport
import Knowledge
import Persistence
import SchemasTestSupport
import StrictJSON
import Testing

@Suite("Votes")
struct VoteStoreTests {
    @Test("of strangers weigh 0.1 each, and the second one validates", arguments: TestStore.allCases)
    func promotion(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share(tags: ["swift"])
            try await commons.vote(.up, on: id, by: Commons.user(2))
            let first = try #require(try await commons.traces.trace(id: id))
            #expect(first.status == .pending && first.confirmationCount == 1 && abs(first.trustScore - 0.1) < 1e-9)
            try await commons.vote(.up, on: id, by: Commons.user(3))
            let second = try #require(try await commons.traces.trace(id: id))
            #expect(second.status == .validated && second.confirmationCount == 2 && abs(second.trustScore - 0.2) < 1e-9)
            #expect(second.updatedAt > second.createdAt)
        }
    }

    @Test("validate with trust above 0 only, and nothing takes that back", arguments: TestStore.allCases)
    func trust(_ kind: TestStore) async throws {
        try await Commons.with(kind, users: 8) { commons async throws in
            let id = try await commons.share(tags: ["swift"])
            var seen: [String] = []
            // 0.1, 0 and -0.1 do not do, back to 0 neither; then 0.1 does, and 0 comes too late.
            for (voter, vote) in zip(2...8, [Vote.Kind.up, .down, .down, .up, .up, .down, .down]) {
                try await commons.vote(vote, on: id, by: Commons.user(voter))
                let trace = try #require(try await commons.traces.trace(id: id))
                seen.append("\(trace.confirmationCount) \(trace.status) \(Int((trace.trustScore * 10).rounded()))")
            }
            #expect(
                seen == [
                    "1 pending 1", "2 pending 0", "3 pending -1", "4 pending 0", "5 validated 1", "6 validated 0",
                    "7 validated -1",
                ])
        }
    }

    @Test("validate at the number of votes that is set", arguments: [1, 3], TestStore.allCases)
    func threshold(_ threshold: Int, _ kind: TestStore) async throws {
        try await Commons.with(kind, threshold: threshold) { commons async throws in
            let id = try await commons.share()
            for number in 1...3 {
                try await commons.vote(.up, on: id, by: Commons.user(number + 1))
                let trace = try await commons.traces.trace(id: id)
                #expect(trace?.status == (number >= threshold ? .validated : .pending))
            }
        }
    }

    @Test("need a threshold in its range", arguments: [Int.min, 0, 1_001, Int.max])
    func configuration(_ threshold: Int) async throws {
        try await withTestDatabase(.sqlite) { database in
            let error = #expect(throws: KnowledgeError.self) { try VoteStore(database: database, threshold: threshold) }
            #expect(error?.code == .invalidConfiguration)
        }
    }

    @Test("weigh as the voter's best score under the trace's tags", arguments: TestStore.allCases)
    func weight(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            try await commons.score(Commons.voter, 0.9)
            try await commons.score(Commons.voter, 0.4, in: "a")
            try await commons.score(Commons.voter, 0.7, in: "b")
            try await commons.score(Commons.voter, 0.05, in: "c")
            for (tags, weight) in [
                (["a"], 0.4), (["a", "b"], 0.7), (["c"], 0.1), (["unknown"], 0.1), ([], 0.9), (["a", "unknown"], 0.4),
            ] {
                let id = try await commons.share(tags: tags)
                try await commons.vote(.down, on: id, by: Commons.voter)
                let trust = try #require(try await commons.traces.trace(id: id)).trustScore
                #expect(abs(trust + weight) < 1e-9, "\(tags)")
            }
        }
    }

    @Test("weigh 0.1 to 1, whatever score another program has left", arguments: [-3.0, 0, 7.5, .infinity, -.infinity])
    func oddScore(_ score: Double) async throws {
        for kind in TestStore.allCases {
            try await Commons.with(kind) { commons async throws in
                try await commons.score(Commons.voter, score)
                let id = try await commons.share()
                try await commons.vote(.up, on: id, by: Commons.voter)
                #expect(try await commons.traces.trace(id: id)?.trustScore == (score == 7.5 ? 1 : 0.1))
            }
        }
    }

    @Test("are refused by name: on an own trace, a second time, on what is not there", arguments: TestStore.allCases)
    func refused(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share(tags: ["swift"])
            #expect(try await commons.vote(.up, on: id, by: Commons.author) == .ownTrace)
            #expect(try await commons.vote(.up, on: id, by: Commons.author.uppercased()) == .ownTrace)
            guard case .counted = try await commons.vote(.up, on: id, by: Commons.voter) else {
                Issue.record("the first vote is not counted")
                return
            }
            let before = try await commons.traces.trace(id: id)
            for vote in Vote.Kind.allCases {
                #expect(try await commons.vote(vote, on: id.uppercased(), by: Commons.voter) == .alreadyVoted)
            }
            #expect(try await commons.traces.trace(id: id) == before)
            for unknown in ["00000000-0000-4000-8000-00000000ffff", "", "7"] + HostileTexts.all {
                #expect(try await commons.vote(.up, on: unknown, by: Commons.voter) == .unknownTrace)
            }
            _ = try await commons.flag(id)
            guard case .counted = try await commons.vote(.up, on: id, by: Commons.user(3)) else {
                Issue.record("a flagged trace is not voted on")
                return
            }
            #expect(try await commons.moderation.remove(id, by: Commons.moderator))
            #expect(try await commons.vote(.up, on: id, by: Commons.user(4)) == .unknownTrace)
            #expect(try await commons.number("SELECT count(*) AS n FROM votes") == 2)
            #expect(try await commons.number("SELECT sum(upvote_count) AS n FROM contributor_domain_reputation") == 2)
        }
    }

    @Test("of who is no user leave nothing behind", arguments: TestStore.allCases)
    func noUser(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share(tags: ["swift"])
            for name in ["00000000-0000-4000-8000-00000000ffff", "dev-agent"] + HostileTexts.all {
                let error = await #expect(throws: PersistenceError.self) { try await commons.vote(.up, on: id, by: name) }
                #expect(error?.code == .foreignKeyViolation)
            }
            #expect(try await commons.traces.trace(id: id)?.confirmationCount == 0)
            #expect(try await commons.number("SELECT count(*) AS n FROM contributor_domain_reputation") == 0)
        }
    }

    @Test("keep their reasons as data", arguments: TestStore.allCases)
    func reasons(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            for text in HostileTexts.all {
                let id = try await commons.share()
                let context = JSONValue.object(JSONObject([(text, .string(text))]))
                let draft = try #require(
                    VoteDraft(.down, feedbackTag: .securityConcern, feedbackText: text, context: context))
                let outcome = try await commons.votes.cast(
                    try await Commons.screened(draft), on: id, by: Commons.voter)
                guard case .counted(let vote) = outcome else {
                    Issue.record("not counted")
                    return
                }
                let row = try #require(
                    try await commons.database.queryOne(
                        "SELECT id, vote_type, feedback_text, context_json, created_at FROM votes WHERE trace_id = \(id)"))
                #expect(try row.decode("id") == vote.id)
                #expect(try row.decode("vote_type") == "down")
                #expect(try row.decode("created_at") == vote.createdAt)
                #expect(try row.decode("feedback_text", as: String.self).unicodeScalars.elementsEqual(text.unicodeScalars))
                let kept = try JSONValue(parsing: Array(row.decode("context_json", as: String.self).utf8))
                #expect(kept["feedback_tag"] == "security_concern")
                #expect(kept["voter_context"] == context)
            }
            // A plain vote keeps nothing.
            let id = try await commons.share()
            try await commons.vote(.up, on: id, by: Commons.voter)
            let empty = try await commons.number(
                "SELECT count(*) AS n FROM votes WHERE trace_id = \(id) AND context_json IS NULL AND feedback_text IS NULL")
            #expect(empty == 1)
        }
    }

    @Test("that go down name a fault")
    func fault() {
        #expect(VoteDraft(.down) == nil)
        #expect(VoteDraft(.down, feedbackTag: .spam) != nil)
        #expect(VoteDraft(.up) != nil)
    }
}
