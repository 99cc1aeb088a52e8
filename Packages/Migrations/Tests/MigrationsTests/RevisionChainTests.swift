import Migrations
import Testing

@Suite("Revision chain")
struct RevisionChainTests {
    private static func revision(_ id: String, _ parent: String?) -> Revision {
        Revision(id, parent: parent, title: "x", sqlite: Revision.Script(up: [], down: []))
    }

    @Test("puts revisions in line, whatever their order was")
    func order() throws {
        let chain = try RevisionChain(
            name: "c", revisions: [Self.revision("3", "2"), Self.revision("1", nil), Self.revision("2", "1")])
        #expect(chain.revisions.map(\.id) == ["1", "2", "3"])
        #expect(chain.head?.description == "c:3")
    }

    @Test(
        "refuses what is no single line",
        arguments: [
            [], [("1", "1")], [("1", nil), ("1", nil)], [("1", nil), ("2", nil)], [("1", nil), ("2", "1"), ("3", "1")],
            [("1", nil), ("2", "9")], [("1", nil), ("2", "3"), ("3", "2")], [("", nil)], [("a'b", nil)], [("a\nb", nil)],
        ] as [[(String, String?)]])
    func refusals(_ revisions: [(String, String?)]) {
        #expect(throws: MigrationError.code(.invalidChain)) {
            try RevisionChain(name: "c", revisions: revisions.map(Self.revision))
        }
    }

    @Test("refuses a malformed name", arguments: ["", "a b", "a;b", String(repeating: "x", count: 65)])
    func names(_ name: String) {
        #expect(throws: MigrationError.code(.invalidChain)) {
            try RevisionChain(name: name, revisions: [Self.revision("1", nil)])
        }
    }

    @Test("refuses chains that do not fit together")
    func graph() async throws {
        try await Fixtures.withDatabase { database in
            let notes = try Fixtures.notes()
            #expect(throws: MigrationError.code(.invalidChain)) { try Fixtures.migrator(database, [notes, notes]) }
            #expect(throws: MigrationError.code(.invalidChain)) { try Fixtures.migrator(database, [try Fixtures.labels()]) }
            let one = try RevisionChain(
                name: "one",
                revisions: [Revision("1", parent: nil, title: "x", dependsOn: [Revision.Key(chain: "two", revision: "1")])])
            let two = try RevisionChain(
                name: "two",
                revisions: [Revision("1", parent: nil, title: "x", dependsOn: [Revision.Key(chain: "one", revision: "1")])])
            #expect(throws: MigrationError.code(.invalidChain)) { try Fixtures.migrator(database, [one, two]) }
        }
    }

    @Test(
        "reads targets as operators write them",
        arguments: [
            ("head", .head), ("base", .base), ("-1", .steps(1)), ("-12", .steps(12)), ("abc", .revision("abc", chain: nil)),
            ("c:abc", .revision("abc", chain: "c")), ("-0", nil), ("-x", nil), ("--1", nil), ("-+1", nil), ("", nil), (":", nil),
            ("a:", nil), (":a", nil), ("a:b:c", nil),
        ] as [(String, MigrationTarget?)])
    func targets(_ text: String, _ target: MigrationTarget?) {
        #expect(MigrationTarget(text) == target)
    }
}
