import DatabaseTestSupport
import Foundation
import Knowledge
import Persistence
import SchemasTestSupport
import Testing

@Suite("Tag catalogue")
struct TagCatalogueTests {
    @Test("lists every tag once, sorted by bytes, also of traces that are flagged or gone", arguments: TestStore.allCases)
    func all(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let catalogue = TagCatalogue(database: commons.database)
            #expect(try await catalogue.names() == [])
            _ = try await commons.share(tags: ["b", "a-b", "A", "c++"])
            let gone = try await commons.share(tags: ["a_b", "a", "9"])
            _ = try await commons.flag(gone)
            _ = try await commons.moderation.remove(gone, by: Commons.moderator)
            #expect(try await catalogue.names() == ["9", "a", "a-b", "a_b", "b"])
        }
    }

    @Test("narrows by a prefix as typed", arguments: TestStore.allCases)
    func prefix(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let catalogue = TagCatalogue(database: commons.database)
            _ = try await commons.share(tags: ["swift", "swift-nio", "swiftly", "sw", "swz", "rust", "_x", "%", "swi_ft"])
            for (prefix, names) in [
                ("swift", ["swift", "swift-nio", "swiftly"]), (" SWIFT-", ["swift-nio"]), ("swiftz", []), ("swi_", ["swi_ft"]),
                ("_", ["_x"]), ("%", []), ("c++", []), (" ", []), ("r", ["rust"]),
            ] {
                #expect(try await catalogue.names(beginningWith: prefix) == names, "\(prefix)")
            }
            for text in HostileTexts.all { _ = try await catalogue.names(beginningWith: text) }
        }
    }

    @Test("tells the first 10 000 names", arguments: TestStore.allCases)
    func bound(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let now = Timestamp.now()
            try await commons.database.transaction { connection in
                for thousand in (10..<21).reversed() {
                    let rows = (0..<1_000).map { number -> SQL in
                        "(\(UUID()), \(String(thousand * 1_000 + number)), \(false), \(now))"
                    }
                    try connection.execute(
                        "INSERT INTO tags (id, name, is_curated, created_at) VALUES \(rows.joined(separator: ", "))")
                }
            }
            let names = try await TagCatalogue(database: commons.database).names()
            #expect(names.count == TagCatalogue.maximumNames)
            #expect(names.first == "10000" && names.last == "19999")
        }
    }
}
