import Foundation
import Persistence
import PersistencePostgres
import TestKit
import Testing

@Suite("PostgreSQL connecting", .timeLimit(.minutes(1)))
struct PostgresConnectingTests {
    private static let quick = PostgresConfiguration(maximumConnections: 1, connectTimeout: .seconds(2))

    /// Whether the connection that a URL leads to is encrypted.
    private static func isEncrypted(_ url: String) async throws -> Bool? {
        let database = try await PostgresDatabase.open(url: DatabaseURL(url), configuration: self.quick)
        let row = try await database.read { try $0.queryOne("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") }
        await database.close()
        return try row?.decode("ssl", as: Bool.self)
    }

    private static func refusal(_ url: String) async -> PersistenceError? {
        await failure { try await PostgresDatabase.open(url: DatabaseURL(url), configuration: self.quick).close() }
    }

    @Test("speaks TLS as the URL wants it, and trusts no other authority")
    func speaksTLS() async throws {
        var options = PostgresServerOptions()
        options.transport = .tls
        try await withPostgresServer(options) { server in
            let plain = "postgres://gatehouse@127.0.0.1:\(server.port)/postgres"
            for query in ["sslmode=require", "ssl=true", "ssl=require", "ssl=1"] {
                #expect(try await Self.isEncrypted("\(plain)?\(query)") == true, "\(query)")
            }
            #expect(try await Self.isEncrypted(server.url()) == true)
            #expect(try await Self.isEncrypted(server.url().replacing("postgres://", with: "postgresql+asyncpg://")) == true)
            for query in ["sslmode=disable", "ssl=false"] {
                #expect(await Self.refusal("\(plain)?\(query)")?.code == .unavailable, "\(query)")
            }
            try await withPostgresServer(options) { other in
                let foreign = "\(plain)?sslmode=verify-full&sslrootcert=\(try #require(other.caFile))"
                let error = await Self.refusal(foreign)
                #expect(error?.code == .unavailable)
                #expect(error?.detail?.contains("certificate verify failed") == true)
            }
        }
    }

    @Test("finds a socket file, written as the host or as a parameter")
    func findsSocketFile() async throws {
        var options = PostgresServerOptions()
        options.transport = .unixSocket
        try await withPostgresServer(options) { server in
            #expect(try await Self.isEncrypted(server.url()) == false)
            let host = try #require(server.url().split(separator: "@").last?.split(separator: ":").first)
            let folder = try #require(String(host).removingPercentEncoding)
            #expect(try await Self.isEncrypted("postgres://gatehouse@/postgres?host=\(folder)&port=\(server.port)") == false)
        }
    }

    @Test("logs in with any password, and shows it nowhere")
    func logsIn() async throws {
        var options = PostgresServerOptions()
        options.password = "entrance"
        try await withPostgresServer(options) { server in
            let word = "p@ss:w/o?r%d #&=+ü'\\\""
            try await server.command("CREATE ROLE \"odd user\" LOGIN PASSWORD '\(word.replacing("'", with: "''"))'")
            let escaped = word.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(try await Self.isEncrypted("postgres://odd%20user:\(escaped)@127.0.0.1:\(server.port)/postgres") == false)
            let error = await Self.refusal("postgres://odd%20user:very-wrong@127.0.0.1:\(server.port)/postgres")
            #expect(error?.code == .unavailable)
            #expect(error?.debugDescription.contains("password authentication failed") == true)
            #expect(error?.debugDescription.contains("very-wrong") == false)
            let missing = await Self.refusal(server.url(database: "missing"))
            #expect(missing?.code == .unavailable)
            #expect(missing?.detail?.contains("does not exist") == true)
        }
    }

    @Test("gives up in time when nobody is there, or somebody who says nothing")
    func givesUp() async throws {
        let silent = try WireProxy(port: nil)
        defer { silent.stop() }
        for port in [try FreePort.find(), silent.port] {
            #expect(await Self.refusal("postgres://gatehouse@127.0.0.1:\(port)/postgres")?.code == .unavailable)
        }
        // Also when the login went well and the silence comes then, as behind a pooler without a server.
        let proxy = try await WireProxy(port: SharedPostgres.server().port)
        defer { proxy.stop() }
        proxy.fail(.silence, at: "set_config")
        #expect(await Self.refusal(proxy.url())?.code == .unavailable)
    }

    @Test("lets a cancelled caller go while it connects")
    func letsGo() async throws {
        let silent = try WireProxy(port: nil)
        defer { silent.stop() }
        let opening = Task {
            let configuration = PostgresConfiguration(maximumConnections: 1, connectTimeout: .seconds(50))
            try await PostgresDatabase.open(url: DatabaseURL(silent.url()), configuration: configuration).close()
        }
        try await eventually("it has connected") { silent.connectionCount == 1 }
        opening.cancel()
        await #expect(throws: CancellationError.self) { try await opening.value }
    }

    @Test("closes at once while it connects, and says so to who waits for that")
    func closesWhileConnecting() async throws {
        let proxy = try await WireProxy(port: SharedPostgres.server().port)
        defer { proxy.stop() }
        let configuration = PostgresConfiguration(
            maximumConnections: 1, minimumConnections: 0, connectTimeout: .seconds(50), idleLimit: .milliseconds(20))
        let database = try await PostgresDatabase.open(url: DatabaseURL(proxy.url()), configuration: configuration)
        try await eventually("the first connection is closed") { database.connectionCount == 0 }
        // A word of the login.
        proxy.fail(.silence, at: "client_encoding")
        let caller = Task { _ = try await database.read { try $0.query("SELECT 1") } }
        try await eventually("it connects again") { proxy.connectionCount == 2 }
        await database.close()
        #expect(await failure { try await caller.value }?.code == .closed)
    }

    @Test("takes the first of several servers that works and takes writes")
    func takesFirstThatWorks() async throws {
        let server = try await SharedPostgres.server()
        let silent = try WireProxy(port: nil)
        defer { silent.stop() }
        var options = PostgresServerOptions()
        options.configuration = ["default_transaction_read_only = on"]
        try await withPostgresServer(options) { readOnly in
            let dead = try FreePort.find()
            for first in [dead, silent.port, readOnly.port] {
                let hosts = "127.0.0.1:\(first),127.0.0.1:\(server.port)"
                let configuration = PostgresConfiguration(maximumConnections: 1, connectTimeout: .seconds(4))
                let database = try await PostgresDatabase.open(
                    url: DatabaseURL("postgres://gatehouse@\(hosts)/postgres"), configuration: configuration)
                let row = try await database.read { try $0.queryOne("SELECT current_setting('port')::int AS port") }
                #expect(try row?.decode("port", as: Int.self) == server.port)
                await database.close()
            }
            let both = "127.0.0.1:\(server.port),127.0.0.1:\(readOnly.port)"
            let url = "postgres://gatehouse@\(both)/postgres?target_session_attrs=read-only"
            let database = try await PostgresDatabase.open(url: DatabaseURL(url), configuration: Self.quick)
            let row = try await database.read { try $0.queryOne("SELECT current_setting('port')::int AS port") }
            #expect(try row?.decode("port", as: Int.self) == readOnly.port)
            await database.close()
        }
    }

    @Test("refuses parameters that nobody knows, and files of SQLite's")
    func refusesParameters() async throws {
        for url in ["postgres://h/d?sslmod=require", "postgres://h/d?pool_size=5", "sqlite::memory:", "sqlite:x.sqlite"] {
            #expect(await Self.refusal(url)?.code == .invalidURL, "\(url)")
        }
        #expect(await Self.refusal("postgres://127.0.0.1:1/d?sslmode=perhaps")?.code == .unavailable)
    }
}
