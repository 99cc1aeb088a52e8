import DatabaseTestSupport
import ProgramTestSupport
import SchemasTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("A database that an older tool made")
struct AdoptionTests {
    private static let user = "11111111-1111-4111-8111-111111111111"
    private static let trace = "22222222-2222-4222-8222-222222222222"
    private static let key = "key-of-an-" + "older-tool"

    /// What the older commons wrote: a user with the digest of a key, a trace and its tag.
    private static let commonsRows = """
        INSERT INTO users (id, email, api_key_hash, display_name)
            VALUES ('\(user)', 'jo@example.org', encode(sha256('\(key)'), 'hex'), 'Jo');
        INSERT INTO traces (id, title, context_text, solution_text, contributor_id, metadata_json)
            VALUES ('\(trace)', 'An old title', 'c', 'An old solution', '\(user)', '{"a": 1}');
        INSERT INTO tags (id, name) VALUES ('33333333-3333-4333-8333-333333333333', 'old');
        INSERT INTO trace_tags VALUES ('\(trace)', '33333333-3333-4333-8333-333333333333');
        """

    @Test("is taken over by upgrade, its rows untouched, and served", arguments: OlderDatabase.allCases)
    func isServed(_ older: OlderDatabase) async throws {
        let hasCommons = older.versions.contains { ["c3d4e5f6a7b8", "0023"].contains($0) }
        try await withTestPlace(on: .postgres, isMigrated: false) { place in
            try await place.make(older)
            if hasCommons { try await place.query(Self.commonsRows) }
            let waiting = try await Programs.migrator("check", in: place.folder)
            #expect(waiting.termination == .exited(1))
            #expect(waiting.standardOutput.lines.contains("waits for adoption \(hasCommons ? "commons" : "gateway")"))
            let before = try await place.dump("--data-only", "--exclude-table=gatehouse_revisions")

            let upgraded = try await Programs.migrator("upgrade", in: place.folder)
            #expect(upgraded.isSuccess, "\(upgraded.standardError.text)")
            let lines = upgraded.standardOutput.lines
            #expect(
                lines.contains { $0.hasPrefix("adopted the tables of another tool as \(hasCommons ? "commons" : "gateway"):") })
            if older == .commonsLater {
                // Whoever takes a database over wants to know in what it is another.
                #expect(lines.contains { $0.hasPrefix("  ") && $0.contains("is_moderator") }, "\(lines)")
            }
            #expect(lines.contains { $0.hasPrefix("applied auth:0002 in ") && $0.hasSuffix(" ms") })
            #expect(try await Programs.migrator("check", in: place.folder).standardOutput.lines == ["at head"])
            #expect(try await Programs.migrator("upgrade", in: place.folder).standardOutput.lines.last == "nothing to do")
            let after = Self.rows(try await place.dump("--data-only"))
            if older == .both || older == .commonsLater {
                // Columns of ours stand behind those that were there.
                #expect(Self.rows(before).filter { row in !after.contains { $0.hasPrefix(row) } } == [])
            }
            #expect(try await place.query("SELECT version_num FROM alembic_version ORDER BY 1") == older.versions.sorted())

            try await withServer(in: place) { server async throws in
                if hasCommons {
                    let verified = try await server.client.send("GET", "/api/v1/keys/verify", key: Self.key)
                    #expect(try verified.string("user_id") == Self.user)
                    let read = try await server.client.send("GET", "/api/v1/traces/\(Self.trace)", key: Self.key)
                    #expect(try read.string("title") == "An old title")
                    #expect(try read.json()["tags"] == .array(["old"]))
                }
                let user = try await server.makeUser()
                let id = try await server.makeTrace(key: user.key)
                #expect(try await server.client.send("GET", "/api/v1/traces/\(id)", key: user.key).status == 200)
            }
            #expect(try await Programs.migrator("seed", in: place.folder).isSuccess)
        }
    }

    /// The rows of a dump, without the columns' names, since columns may be added.
    private static func rows(_ dump: String) -> [String] {
        dump.split(separator: "\n").map(String.init).filter { !$0.isEmpty && !$0.hasPrefix("--") && !$0.hasPrefix("COPY ") }
    }

    @Test("is refused with what is missing when it is not what it says, and nothing is changed")
    func isRefused() async throws {
        try await withTestPlace(on: .postgres, isMigrated: false) { place in
            try await place.make(.commonsAtPrescription)
            try await place.query("ALTER TABLE traces DROP COLUMN is_stale; DROP TABLE amendments")
            let before = try await place.dump()
            let result = try await Programs.migrator("upgrade", in: place.folder)
            #expect(result.termination == .exited(1))
            #expect(result.standardError.lines.count == 1)
            for word in ["amendments", "is_stale", "c3d4e5f6a7b8", "nothing was changed"] {
                #expect(result.standardError.text.contains(word), "\(result.standardError.text)")
            }
            #expect(try await place.dump() == before)
        }
    }

    @Test("cannot be scripted, and says so")
    func noScript() async throws {
        try await withTestPlace(on: .postgres, isMigrated: false) { place in
            try await place.make(.gatewayAt0001)
            let result = try await Programs.migrator("upgrade", "--sql", in: place.folder)
            #expect(result.termination == .exited(1))
            #expect(result.standardError.text.contains("waits for adoption: gateway"))
            #expect(result.standardOutput.bytes.isEmpty)
        }
    }
}
