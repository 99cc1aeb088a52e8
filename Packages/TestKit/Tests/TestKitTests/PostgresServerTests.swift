import TestKit
import Testing

@Suite("PostgreSQL server")
struct PostgresServerTests {
    @Test("keeps port and data over a stop, a kill and a restart, and is gone with its scope")
    func restarts() async throws {
        let left = try await withPostgresServer { server in
            #expect(server.url() == "postgres://gatehouse@127.0.0.1:\(server.port)/postgres")
            try await server.command("CREATE TABLE notes (text text); INSERT INTO notes VALUES ('ä'), (NULL)")
            let first = try #require(server.processID)
            try await server.stop()
            #expect(server.processID == nil)
            try await server.start()
            #expect(server.processID != first)
            try await server.command("INSERT INTO notes VALUES ('kept')")
            try await server.kill()
            #expect(server.processID == nil)
            try await server.start()
            try await server.restart()
            #expect(try await server.command("SELECT text, 1 FROM notes") == "ä|1\n|1\nkept|1")
            return try #require(server.processID)
        }
        #expect(try await !isAlive(left))
    }

    @Test("leaves no shared memory when it is killed and stays dead")
    func leavesNoSharedMemory() async throws {
        let segment = try await withPostgresServer { server in
            let folder = try await server.command("SHOW data_directory")
            let words = ["-c", "sed -n '7s/.* //p' \(folder)/postmaster.pid"]
            let segment = try await runProcess("/bin/sh", arguments: words).standardOutput.lines.first
            try await server.kill()
            return try #require(segment)
        }
        #expect(Int(segment) != nil)
        let segments = try await runProcess("ipcs", arguments: ["-m"]).standardOutput.lines
        #expect(!segments.contains { $0.split(separator: " ").contains(Substring(segment)) })
    }

    @Test("is halted with all its connections, goes on with them, and can be halted when its scope ends")
    func suspends() async throws {
        let left = try await withPostgresServer { server in
            try await withClient(of: server) { client in
                let backend = try await client.answer(to: "SELECT 'I am ' || pg_backend_pid();")
                let processID = try #require(backend.split(separator: " ").last.flatMap { Int32($0) })
                server.suspend()
                let states = try await runProcess("ps", arguments: ["-o", "stat=", "-p", "\(processID)"])
                #expect(states.standardOutput.text.hasPrefix("T"))
                try client.ask("SELECT 'still ' || 'here';")
                #expect(!client.child.output().text.contains("still here"))
                server.resume()
                _ = try await client.child.waitForLine { $0 == "still here" }
            }
            server.suspend()
            return try #require(server.processID)
        }
        #expect(try await !isAlive(left))
    }

    @Test("is killed while it is halted, with all its connections")
    func diesWhileHalted() async throws {
        try await withPostgresServer { server in
            try await withClient(of: server) { client in
                let backend = try await client.answer(to: "SELECT 'I am ' || pg_backend_pid();")
                let processID = try #require(backend.split(separator: " ").last.flatMap { Int32($0) })
                server.suspend()
                try await server.kill()
                #expect(try await !isAlive(processID))
                try await server.start()
                #expect(try await server.command("SELECT 1") == "1")
            }
        }
    }

    @Test("speaks TLS with a certificate that its authority vouches for, and nothing else, and asks for a password")
    func tls() async throws {
        var options = PostgresServerOptions()
        options.transport = .tls
        options.password = "wonderland"
        try await withPostgresServer(options) { server in
            let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            let answer = try await psql(server.url(), encrypted)
            #expect(answer.standardOutput.lines == ["t"])
            let plain = "postgres://gatehouse:wonderland@127.0.0.1:\(server.port)/postgres?sslmode=disable"
            #expect(try await psql(plain, "SELECT 1").standardError.text.contains("no encryption"))
            let wrong = server.url().split(separator: "wonderland").joined(separator: "looking-glass")
            #expect(try await psql(wrong, "SELECT 1").standardError.text.contains("password authentication failed"))
            #expect(try await server.command("SELECT 1") == "1")
        }
    }

    @Test("is reached by a socket file alone, with more settings")
    func socketFile() async throws {
        var options = PostgresServerOptions()
        options.transport = .unixSocket
        options.isDurable = true
        options.configuration = ["max_connections = 7"]
        try await withPostgresServer(options) { server in
            let answer = try await psql(server.url(), "SHOW max_connections")
            #expect(answer.standardOutput.lines == ["7"])
            #expect(try await server.command("SHOW fsync") == "on")
            #expect(try await server.command("SHOW listen_addresses") == "")
        }
    }

    @Test("says why it does not start")
    func refusesToStart() async throws {
        var options = PostgresServerOptions()
        options.configuration = ["no_such_setting = on"]
        let error = await #expect(throws: TestKitError.self) { try await withPostgresServer(options) { _ in } }
        #expect(error?.message.contains("no_such_setting") == true)
    }

    @Test("says why a command failed")
    func commandFails() async throws {
        let server = try await SharedPostgres.server()
        let error = await #expect(throws: TestKitError.self) { try await server.command("SELECT no_such_column") }
        #expect(error == TestKitError(.commandFailed, message: ""))
        #expect(error?.message.contains("no_such_column") == true)
    }

    @Test("makes empty databases for many at once, and drops one that is in use")
    func databases() async throws {
        let server = try await SharedPostgres.server()
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    let name = try await server.createDatabase()
                    try await server.command("CREATE TABLE mine (id int)", database: name)
                    return name
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(names).count == 12)
        let name = names[0]
        try await withClient(of: server, database: name) { client in
            _ = try await client.answer(to: "SELECT 'I am ' || 'here';")
            try await server.dropDatabase(name)
            try await server.dropDatabase(name)
        }
        #expect(try await server.command("SELECT count(*) FROM pg_database WHERE datname = '\(name)'") == "0")
        for name in names { try await server.dropDatabase(name) }
    }

    @Test("serves others after callers were cancelled while they waited for their turn")
    func cancelledCallers() async throws {
        try await withPostgresServer { server in
            let callers = (0..<40).map { _ in Task { try await server.command("SELECT pg_sleep(0.01)") } }
            for caller in callers { caller.cancel() }
            for caller in callers { _ = await caller.result }
            for _ in 0..<5 { #expect(try await server.command("SELECT 1") == "1") }
            try await server.command("SELECT 1")
        }
    }

    @Test("is one for all who ask at once")
    func isShared() async throws {
        let ports = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 { group.addTask { try await SharedPostgres.server().port } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ports.count == 1)
    }
}

/// Whether a process runs; one that has ended and was not reaped yet does not.
func isAlive(_ processID: Int32) async throws -> Bool {
    let state = try await runProcess("ps", arguments: ["-o", "stat=", "-p", "\(processID)"])
    return !state.standardOutput.text.isEmpty && !state.standardOutput.text.hasPrefix("Z")
}

private func psql(_ url: String, _ sql: String) async throws -> ProcessResult {
    let words = ["--no-psqlrc", "--tuples-only", "--no-align", "--no-password", url, "--command", sql]
    return try await runProcess(try PostgresServer.program("psql"), arguments: words, environment: ["LC_ALL": "C"])
}
