import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A `psql` that stays connected and runs what is written to it.
struct PostgresClient {
    let child: ChildProcess
    let input: Int32

    /// Sends a statement, which ends with a semicolon.
    func ask(_ sql: String) throws {
        let line = Array("\(sql)\n".utf8)
        try #require(line.withUnsafeBytes { write(self.input, $0.baseAddress, $0.count) } == line.count)
    }

    /// Sends a statement that gives one row beginning with `I am `, and waits for it.
    func answer(to sql: String) async throws -> String {
        try self.ask(sql)
        return try await self.child.waitForLine { $0.hasPrefix("I am ") }
    }
}

/// Lends a client of a server; it ends with the scope.
func withClient(
    of server: PostgresServer, database: String = "postgres", _ body: (PostgresClient) async throws -> Void
) async throws {
    try await withTemporaryDirectory { folder in
        let pipe = "\(folder)/statements"
        try #require(mkfifo(pipe, 0o600) == 0)
        // Open for both, the pipe does not end before the client does.
        let input = open(pipe, O_RDWR | O_CLOEXEC)
        try #require(input >= 0)
        defer { close(input) }
        let words = ["--no-psqlrc", "--tuples-only", "--no-align", "--file=\(pipe)", server.url(database: database)]
        try await withChildProcess(try PostgresServer.program("psql"), arguments: words, grace: .zero) { child in
            try await body(PostgresClient(child: child, input: input))
        }
    }
}
