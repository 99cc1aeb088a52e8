import Foundation
import DatabaseTestSupport
import ProgramTestSupport
import Synchronization
import TestKit
import Testing

/// A working directory of the programs, and the database that its settings lead to.
struct TestPlace: Sendable {
    let store: TestStore
    let folder: String
    /// The name of the database on the PostgreSQL server, and the server.
    private let database: (server: PostgresServer, name: String)?

    /// The place of a folder without settings: the database is a SQLite file in `var`.
    init(sqliteIn folder: String) {
        self.store = .sqlite
        self.folder = folder
        self.database = nil
    }

    /// The place of a folder whose `.env` leads to a database on a server.
    init(_ name: String, on server: PostgresServer, in folder: String) throws {
        self.store = .postgres
        self.folder = folder
        self.database = (server, name)
        let key = Data(repeating: 7, count: 32).base64EncodedString()
        let settings = "DATABASE_URL=\(server.url(database: name))\nGATEHOUSE_SECRET_KEY=\(key)\n"
        try SettingsTests.write(settings, to: "\(folder)/.env")
    }

    /// The URL of a PostgreSQL database.
    var url: String { self.database.map { $0.server.url(database: $0.name) } ?? "sqlite:\(self.folder)/var/gatehouse.sqlite" }

    /// Runs statements with the database's own tool; the lines have `|` between the columns.
    @discardableResult
    func query(_ sql: String) async throws -> [String] {
        if let database {
            let text = try await database.server.command(sql, database: database.name)
            return text.split(separator: "\n").map(String.init)
        }
        let result = try await runProcess(
            "sqlite3", arguments: ["-bail", "\(self.folder)/var/gatehouse.sqlite"], standardInput: Array("\(sql)\n;\n".utf8))
        try #require(result.isSuccess, "\(result.standardError.text)")
        return result.standardOutput.lines
    }

    private func dumpFile() async throws -> [String] {
        let result = try await runProcess("sqlite3", arguments: ["\(self.folder)/var/gatehouse.sqlite", ".dump"])
        try #require(result.isSuccess, "\(result.standardError.text)")
        return result.standardOutput.lines
    }

    /// Everything that is in the database, as the database's own tool writes it down.
    func dump(_ flags: String...) async throws -> String {
        guard let database else { return try await self.dumpFile().joined(separator: "\n") }
        let result = try await runProcess(
            PostgresServer.program("pg_dump"), arguments: flags + ["--dbname=\(database.server.url(database: database.name))"])
        try #require(result.isSuccess, "\(result.standardError.text)")
        // Newer tools put a random word into lines of their own.
        return result.standardOutput.lines.filter { !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict") }
            .joined(separator: "\n")
    }
}

/// Lends a place with a database of its own, which goes with it.
///
/// - Parameters:
///   - store: The kind of database; those of PostgreSQL are all on one server.
///   - isMigrated: Whether the schema is there; a SQLite file is made by the first program that needs it in any case.
func withTestPlace<Value>(
    on store: TestStore, isMigrated: Bool = true, _ body: (TestPlace) async throws -> Value
) async throws -> Value {
    try await withTemporaryDirectory { folder in
        guard store == .postgres else { return try await body(TestPlace(sqliteIn: folder)) }
        let server = try await SharedPostgres.server()
        let name = isMigrated ? try await MigratedTemplate.copy(on: server) : try await server.createDatabase()
        let value: Value
        do {
            value = try await body(TestPlace(name, on: server, in: folder))
        } catch {
            try? await server.dropDatabase(name)
            throw error
        }
        try await server.dropDatabase(name)
        return value
    }
}

/// A database at the newest schema, migrated once and copied for each test.
private enum MigratedTemplate {
    private static let made = Mutex<Task<String, any Error>?>(nil)
    private static let count = Atomic(0)

    static func copy(on server: PostgresServer) async throws -> String {
        let task = self.made.withLock { made in
            let task = made ?? Task { try await self.make(on: server) }
            made = task
            return task
        }
        let template = try await task.value
        let name = "place_\(self.count.add(1, ordering: .relaxed).newValue)"
        try await server.command("CREATE DATABASE \"\(name)\" TEMPLATE \"\(template)\"")
        return name
    }

    private static func make(on server: PostgresServer) async throws -> String {
        let name = try await server.createDatabase()
        try await withTemporaryDirectory { folder in
            let place = try TestPlace(name, on: server, in: folder)
            let result = try await Programs.migrator("upgrade", in: place.folder)
            try #require(result.isSuccess, "\(result.standardError.text)")
        }
        return name
    }
}
