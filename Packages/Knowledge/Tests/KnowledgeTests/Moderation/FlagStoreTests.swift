import DatabaseTestSupport
import Knowledge
import Persistence
import SchemasTestSupport
import Testing

@Suite("Flags")
struct FlagStoreTests {
    @Test("are set once, and every reporter's first report is kept", arguments: TestStore.allCases)
    func idempotent(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share()
            #expect(try await commons.flag(id, reason: "first") == .flagged)
            let flaggedAt: Timestamp = try await commons.number("SELECT flagged_at AS n FROM traces", as: Timestamp.self)
            #expect(try await commons.traces.trace(id: id)?.isFlagged == true)
            #expect(try await commons.flag(id, reason: "again") == .alreadyFlagged)
            #expect(try await commons.flag(id.uppercased(), by: Commons.user(3), reason: "me too") == .alreadyFlagged)
            let after: Timestamp = try await commons.number("SELECT flagged_at AS n FROM traces", as: Timestamp.self)
            #expect(after == flaggedAt)
            let reports = try #require(try await commons.flags.reports(of: id))
            #expect(reports.map(\.reason) == ["me too", "first"])
            #expect(reports.map(\.reporterID) == [Commons.user(3), Commons.voter])
            #expect(reports.allSatisfy { $0.category == .spam && $0.closedAt == nil && $0.traceID == id })
        }
    }

    @Test("at the same time are one flag with all reports", arguments: TestStore.allCases)
    func concurrent(_ kind: TestStore) async throws {
        try await Commons.with(kind, users: 20) { commons async throws in
            let id = try await commons.share()
            let outcomes = try await withThrowingTaskGroup(of: FlagOutcome.self) { group in
                for number in 1...20 {
                    for _ in 0..<2 { group.addTask { try await commons.flag(id, by: Commons.user(number)) } }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == .flagged } == 1)
            #expect(outcomes.count { $0 == .alreadyFlagged } == 39)
            #expect(try await commons.flags.reports(of: id)?.count == 20)
        }
    }

    @Test("can be set again once they were taken away, with a new report", arguments: TestStore.allCases)
    func again(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share()
            _ = try await commons.flag(id, reason: "first")
            #expect(try await commons.moderation.unflag(id, by: Commons.moderator))
            #expect(try await commons.traces.trace(id: id)?.isFlagged == false)
            let closed = try #require(try await commons.flags.reports(of: id))
            #expect(closed.map(\.reason) == ["first"] && closed.allSatisfy { $0.closedAt != nil })
            #expect(try await commons.flag(id, reason: "second") == .flagged)
            let open = try #require(try await commons.flags.reports(of: id))
            #expect(open.map(\.reason) == ["second"] && open.allSatisfy { $0.closedAt == nil })
        }
    }

    @Test("need a trace and a user, and keep hostile texts as data", arguments: TestStore.allCases)
    func hostileTexts(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            for text in HostileTexts.all {
                let id = try await commons.share()
                _ = try await commons.flag(id, reason: text)
                let reason = try await commons.flags.reports(of: id)?.first?.reason
                #expect(reason?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
                #expect(try await commons.flag(text) == .unknownTrace)
                #expect(try await commons.flags.reports(of: text) == nil)
                let error = await #expect(throws: PersistenceError.self) { try await commons.flag(id, by: text) }
                #expect(error?.code == .foreignKeyViolation)
            }
            #expect(try await commons.flag("00000000-0000-4000-8000-00000000ffff") == .unknownTrace)
            for limit in [Int.min, 0, 101] {
                await #expect(throws: KnowledgeError.self) { try await commons.flags.reports(of: Commons.voter, limit: limit) }
            }
        }
    }
}
