import Cryptography
import DatabaseTestSupport
import Knowledge
import Persistence
import SchemasTestSupport
import Testing

@Suite("Amendment store")
struct AmendmentStoreTests {
    private static func add(
        _ text: String = "better", to trace: String, in commons: Commons, by user: String = Commons.voter
    ) async throws -> Amendment? {
        try await commons.amendments.add(
            try await Commons.screened(AmendmentDraft(improvedSolution: text, explanation: text)), to: trace, from: user)
    }

    @Test("gives back what was stored, the newest first, page by page", arguments: TestStore.allCases)
    func pages(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share()
            let other = try await commons.share()
            _ = try await Self.add("elsewhere", to: other, in: commons)
            var added: [Amendment] = []
            // Authors may amend their own trace.
            for number in 0..<7 {
                added.append(try #require(try await Self.add("\(number)", to: id, in: commons, by: Commons.user(number % 3 + 1))))
            }
            // Two of one instant are told apart by their ids.
            let time = added[3].createdAt
            try await commons.database.write { connection in
                _ = try connection.execute("UPDATE amendments SET created_at = \(time) WHERE improved_solution IN ('2', '4')")
            }
            var seen: [Amendment] = []
            var cursor: String?
            repeat {
                let page = try #require(try await commons.amendments.amendments(of: id, limit: 2, after: cursor))
                #expect(page.amendments.count <= 2)
                seen += page.amendments
                cursor = page.next
            } while cursor != nil
            #expect(seen.map(\.improvedSolution).sorted() == (0..<7).map { "\($0)" })
            #expect(Set(seen[2...4].map(\.improvedSolution)) == ["2", "3", "4"])
            #expect(seen.map(\.createdAt) == seen.map(\.createdAt).sorted(by: >))
            #expect(seen.first == added.last && seen.last == added.first)
            let whole = try #require(try await commons.amendments.amendments(of: id, limit: 7))
            #expect(whole.amendments == seen && whole.next == nil)
        }
    }

    @Test("are not there for a trace that is not there", arguments: TestStore.allCases)
    func unknown(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            for unknown in ["00000000-0000-4000-8000-00000000ffff", "", "7"] + HostileTexts.all {
                #expect(try await Self.add(to: unknown, in: commons) == nil)
                #expect(try await commons.amendments.amendments(of: unknown) == nil)
            }
            let id = try await commons.share()
            #expect(try await Self.add(to: id, in: commons) != nil)
            #expect(try await commons.moderation.remove(id, by: Commons.moderator))
            #expect(try await Self.add(to: id, in: commons) == nil)
            #expect(try await commons.amendments.amendments(of: id) == nil)
            #expect(try await commons.number("SELECT count(*) AS n FROM amendments") == 1)
        }
    }

    @Test("refuses a cursor of another list, and a page that is too long", arguments: TestStore.allCases)
    func badPages(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let (first, second) = (try await commons.share(), try await commons.share())
            for _ in 0..<2 { _ = try await Self.add(to: first, in: commons) }
            let cursor = try #require(try await commons.amendments.amendments(of: first, limit: 1)?.next)
            #expect(cursor.utf8.count <= 128)
            for (trace, limit, text) in [
                (second, 1, cursor), (first, 1, cursor + "A"), (first, 1, ""), (first, 0, cursor), (first, 101, cursor),
                (first, .max, cursor), (first, .min, cursor),
            ] {
                let error = await #expect(throws: KnowledgeError.self) {
                    try await commons.amendments.amendments(of: trace, limit: limit, after: text)
                }
                #expect(error?.code == .invalidPage)
            }
        }
    }

    @Test("keeps hostile texts as data, and takes nothing from who is no user", arguments: TestStore.allCases)
    func hostileTexts(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let id = try await commons.share()
            for text in HostileTexts.all {
                _ = try await Self.add(text, to: id, in: commons)
                let error = await #expect(throws: PersistenceError.self) { try await Self.add(to: id, in: commons, by: text) }
                #expect(error?.code == .foreignKeyViolation)
            }
            let kept = try #require(try await commons.amendments.amendments(of: id, limit: 100)).amendments
            #expect(Set(kept.map { Array($0.explanation.utf8) }) == Set(HostileTexts.all.map { Array($0.utf8) }))
        }
    }
}
