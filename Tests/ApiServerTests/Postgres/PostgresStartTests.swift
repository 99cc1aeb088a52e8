import DatabaseTestSupport
import ProgramTestSupport
import SchemasTestSupport
import TestKit
import Testing

@Suite("The server at its start on PostgreSQL")
struct PostgresStartTests {
    /// What may be wrong with the schema, and the words that say so.
    enum Obstacle: CaseIterable {
        case empty, behind, ahead, changed, gap, foreign, unrecorded

        func arrange(in place: TestPlace) async throws {
            switch self {
            case .empty: break
            case .behind:
                #expect(try await Programs.migrator("upgrade", "commons:c3d4e5f6a7b8", in: place.folder).isSuccess)
            case .ahead, .changed, .gap:
                #expect(try await Programs.migrator("upgrade", in: place.folder).isSuccess)
                let change =
                    switch self {
                    case .ahead: "UPDATE gatehouse_revisions SET revision = 'ffffffffffff' WHERE revision = 'd4e5f6a7b8c9'"
                    case .changed: "UPDATE gatehouse_revisions SET checksum = 'other' WHERE revision = 'c3d4e5f6a7b8'"
                    default: "DELETE FROM gatehouse_revisions WHERE revision = 'b2c3d4e5f6a7'"
                    }
                try await place.query(change)
            case .foreign: try await place.make(.both)
            case .unrecorded: try await place.query("CREATE TABLE traces (id uuid)")
            }
        }

        var words: [String] {
            switch self {
            case .empty: ["the schema is behind", "commons:a1b2c3d4e5f6", "gateway:0001", "auth:0001"]
            case .behind: ["the schema is behind, it lacks commons:d4e5f6a7b8c9", "auth:0001"]
            case .ahead: ["commons:ffffffffffff", "does not know", "newer"]
            case .changed: ["commons:c3d4e5f6a7b8", "was changed"]
            case .gap: ["not commons:b2c3d4e5f6a7"]
            case .foreign: ["tables of another tool wait for adoption as chain commons, gateway", "auth:0001"]
            case .unrecorded: ["tables without a record: traces"]
            }
        }

        /// Whether a migrator can help.
        var isCurable: Bool { [.empty, .behind, .foreign].contains(self) }
    }

    @Test("refuses another schema with one line that says what to do, and changes nothing", arguments: Obstacle.allCases)
    func refuses(_ obstacle: Obstacle) async throws {
        try await withTestPlace(on: .postgres, isMigrated: false) { place in
            try await obstacle.arrange(in: place)
            let before = try await place.dump()
            for (program, arguments) in [
                ("api-server", ["serve", "--port", "0"]), ("keys", ["keys", "list"]), ("keys", ["keys", "create"]),
            ] {
                let result = try await runProcess(
                    Programs.apiServer, arguments: arguments, environment: Programs.environment([:]),
                    workingDirectory: place.folder)
                #expect(result.termination == .exited(1))
                let lines = result.standardError.lines
                #expect(lines.count == 1 && lines.first?.hasPrefix("\(program): ") == true, "\(lines)")
                for words in obstacle.words { #expect(lines.first?.contains(words) == true, "\(lines)") }
                if obstacle.isCurable {
                    #expect(lines.first?.contains(#"run "migrator upgrade""#) == true)
                    #expect(lines.first?.contains("api-server serve --migrate") == true)
                }
                #expect(result.standardOutput.bytes.isEmpty)
            }
            #expect(try await place.dump() == before)
        }
    }

    @Test("migrates with --migrate: of several that start at once one works, and all serve", arguments: [false, true])
    func migrates(olderTables: Bool) async throws {
        try await withTestPlace(on: .postgres, isMigrated: false) { place in
            if olderTables { try await place.make(.both) }
            let logs = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await withServer(in: place, arguments: ["--migrate"]) { server in
                            let user = try await server.makeUser()
                            _ = try await server.makeTrace(key: user.key)
                            return server.log
                        }
                    }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            let applied = logs.flatMap { $0.split(separator: "\n").filter { $0.contains("schema revision applied") } }
            for key in ["commons:d4e5f6a7b8c9", "auth:0001", "auth:0002"] {
                #expect(applied.filter { $0.contains("revision=\(key) ") }.count == 1, "\(key)")
            }
            let adopted = logs.filter { $0.contains("tables of another tool adopted revision=commons:c3d4e5f6a7b8") }
            #expect(adopted.count == (olderTables ? 1 : 0))
            #expect(try await Programs.migrator("check", in: place.folder).standardOutput.lines == ["at head"])
        }
    }

    @Test("takes the URL as the older tools write it, and says which it uses without a password")
    func olderURL() async throws {
        try await withTestPlace(on: .postgres) { place in
            let url = "postgresql+asyncpg" + place.url.dropFirst("postgres".count)
            try await withServer(in: place, settings: ["DATABASE_URL": url]) { server in
                let user = try await server.makeUser()
                _ = try await server.makeTrace(key: user.key)
            }
            #expect(try await place.query("SELECT count(*) FROM traces") == ["1"])
            let check = try await Programs.migrator("check", "--database-url", url, in: place.folder)
            #expect(check.standardOutput.lines == ["at head"])
        }
    }

    @Test("needs no right to change the schema")
    func fewRights() async throws {
        try await withTestPlace(on: .postgres) { place in
            let role = "reader_\(place.url.split(separator: "_").last ?? "")"
            try await place.query(
                """
                CREATE ROLE \(role) LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(role);
                GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO \(role)
                """)
            let url = place.url.split(separator: "gatehouse@", maxSplits: 1).joined(separator: "\(role)@")
            try await withServer(in: place, settings: ["DATABASE_URL": url]) { server in
                let user = try await server.makeUser()
                _ = try await server.makeTrace(key: user.key)
                #expect(try await place.query("SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = '\(role)'") == ["t"])
            }
            try await place.query("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    @Test("requires GATEHOUSE_SECRET_KEY, and asks no server before it has one")
    func secret() async throws {
        try await withTemporaryDirectory { folder in
            for command in ["serve", "check-config"] {
                let result = try await Programs.apiServer(
                    command, in: folder, settings: ["DATABASE_URL": "postgres://u@127.0.0.1:1/db"])
                #expect(result.termination == .exited(78))
                #expect(result.standardError.lines == ["GATEHOUSE_SECRET_KEY: is not set; allowed: base64 of 32 bytes"])
            }
        }
    }

    @Test("says that no server answers")
    func nobody() async throws {
        try await withTemporaryDirectory { folder in
            let port = try FreePort.find()
            let settings = [
                "DATABASE_URL": "postgres://u@127.0.0.1:\(port)/db", "DATABASE_CONNECT_TIMEOUT_SECONDS": "1",
                "GATEHOUSE_SECRET_KEY": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
            ]
            let served = try await Programs.apiServer("serve", in: folder, settings: settings)
            #expect(served.termination == .exited(1))
            #expect(served.standardError.lines.count == 1)
            #expect(served.standardError.text.hasPrefix("api-server: the database cannot be used: "))
            #expect(served.standardError.text.contains("\(port)"), "\(served.standardError.text)")
            let upgraded = try await Programs.migrator(
                "upgrade", in: folder, settings: ["DATABASE_URL": settings["DATABASE_URL"] ?? ""])
            #expect(upgraded.termination == .exited(1))
            #expect(upgraded.standardError.lines.count == 1)
        }
    }
}
