import DatabaseTestSupport
import Identity
import Knowledge
import Logging
import Persistence
import SchemasTestSupport
import Testing

@Suite("Moderation")
struct TraceModerationTests {
    @Test("lists flagged traces, the newest flag first, without those that are gone", arguments: TestStore.allCases)
    func list(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            var ids: [String] = []
            for number in 0..<5 { ids.append(try await commons.share(tags: ["t\(number)", "a"])) }
            for index in [2, 0, 4, 1] { _ = try await commons.flag(ids[index]) }
            #expect(try await commons.moderation.remove(ids[4], by: Commons.moderator))
            let traces = try await commons.moderation.flagged()
            #expect(traces.map(\.id) == [ids[1], ids[0], ids[2]])
            #expect(traces.map(\.tags) == [["a", "t1"], ["a", "t0"], ["a", "t2"]])
            #expect(traces.allSatisfy { $0.isFlagged })
            #expect(try await commons.moderation.flagged(limit: 1, offset: 1).map(\.id) == [ids[0]])
            #expect(try await commons.moderation.flagged(limit: 100, offset: 3).isEmpty)
            #expect(try await commons.moderation.flagged(offset: TraceModeration.maximumOffset).isEmpty)
            for (limit, offset) in [(0, 0), (101, 0), (.min, 0), (1, -1), (1, 100_001), (1, .max)] {
                let error = await #expect(throws: KnowledgeError.self) {
                    try await commons.moderation.flagged(limit: limit, offset: offset)
                }
                #expect(error?.code == .invalidPage)
            }
        }
    }

    @Test("removes a trace from sight, keeps its row, and tells the ledger", arguments: TestStore.allCases)
    func remove(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share(tags: ["a"])
            try await commons.vote(.up, on: id, by: Commons.voter)
            #expect(try await commons.moderation.remove(id, by: Commons.moderator))
            #expect(try await commons.traces.trace(id: id) == nil)
            #expect(try await commons.number("SELECT removed_by AS n FROM traces", as: String.self) == Commons.user(3))
            #expect(try await commons.number("SELECT count(*) AS n FROM votes") == 1)
            #expect(try await !commons.moderation.remove(id, by: Commons.moderator))
            let changes = commons.ledger.changes
            #expect(changes.map(\.phase) == [.intent, .done, .intent, .refused])
            #expect(changes.allSatisfy { $0.action == .remove && $0.traceID == id && $0.author == Commons.moderator })
            #expect(changes[0].attempt == changes[1].attempt && changes[2].attempt == changes[3].attempt)
            #expect(changes[0].attempt != changes[2].attempt && changes[0].attempt.utf8.count == 32)
            #expect(try await commons.moderation.restore(id, by: Commons.moderator))
            #expect(try await !commons.moderation.restore(id, by: Commons.moderator))
            #expect(try await commons.traces.trace(id: id)?.confirmationCount == 1)
            #expect(commons.ledger.changes.suffix(4).map(\.phase) == [.intent, .done, .intent, .refused])
            #expect(commons.ledger.changes.suffix(4).allSatisfy { $0.action == .restore })
        }
    }

    @Test("names no remover who is no user, whatever the caller's name looks like", arguments: TestStore.allCases)
    func remover(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            for name in ["dev-agent", Commons.author] {
                let id = try await commons.share()
                let author = ModerationAuthor(
                    caller: Caller(id: CallerID(unchecked: name), kind: .gatewayCaller, role: .admin), clientAddress: nil,
                    requestID: "r")
                #expect(try await commons.moderation.remove(id, by: author))
                let row = try await commons.database.queryOne("SELECT removed_at, removed_by FROM traces WHERE id = \(id)")
                #expect(try row?.decode("removed_at", as: Timestamp?.self) != nil)
                #expect(try row?.decode("removed_by", as: String?.self) == nil)
            }
        }
    }

    @Test("changes nothing that the ledger does not keep", arguments: TestStore.allCases)
    func unrecorded(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share()
            _ = try await commons.flag(id)
            let gone = try await commons.share()
            _ = try await commons.moderation.remove(gone, by: Commons.moderator)
            commons.ledger.refuse()
            for change in [commons.moderation.remove, commons.moderation.unflag, commons.moderation.restore] {
                for trace in [id, gone] {
                    let error = await #expect(throws: KnowledgeError.self) { try await change(trace, Commons.moderator) }
                    #expect(error?.code == .unrecorded)
                }
            }
            #expect(try await commons.traces.trace(id: id)?.isFlagged == true)
            #expect(try await commons.traces.trace(id: gone) == nil)
            #expect(commons.ledger.changes.count == 2)
        }
    }

    @Test("tells the ledger when it is not known what happened", arguments: TestStore.allCases)
    func failed(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share()
            await commons.database.close()
            await #expect(throws: PersistenceError.self) { try await commons.moderation.remove(id, by: Commons.moderator) }
            #expect(commons.ledger.changes.map(\.phase) == [.intent, .failed])
        }
    }

    @Test("removes a trace once, however many moderators do so at once", arguments: TestStore.allCases)
    func concurrent(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share()
            let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 { group.addTask { try await commons.moderation.remove(id, by: Commons.moderator) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 } == 1)
            #expect(commons.ledger.changes.count { $0.phase == .done } == 1)
        }
    }

    @Test("knows nothing of other ids, and tells nobody of them", arguments: TestStore.allCases)
    func unknown(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            for text in ["", "7"] + HostileTexts.all {
                #expect(try await !commons.moderation.remove(text, by: Commons.moderator))
                #expect(try await !commons.moderation.restore(text, by: Commons.moderator))
                #expect(try await !commons.moderation.unflag(text, by: Commons.moderator))
            }
            #expect(commons.ledger.changes.isEmpty)
            #expect(try await !commons.moderation.remove(Commons.author, by: Commons.moderator))
            #expect(commons.ledger.changes.map(\.phase) == [.intent, .refused])
        }
    }
}
