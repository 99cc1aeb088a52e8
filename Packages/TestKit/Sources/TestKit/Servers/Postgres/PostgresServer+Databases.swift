import Synchronization

extension PostgresServer {
    /// Makes an empty database; may be called many times at once.
    ///
    /// - Returns: Its name, which no earlier one of this server had.
    /// - Throws: ``TestKitError`` with code `commandFailed` when the server does not answer or refuses.
    public func createDatabase() async throws -> String {
        let name = "test_\(self.databaseCount.add(1, ordering: .relaxed).newValue)"
        try await self.createDatabase(name)
        return name
    }

    /// Makes an empty database with a name of letters, digits and underscores.
    package func createDatabase(_ name: String) async throws {
        var attempts = 40
        while true {
            do {
                try await self.databaseTurns.take {
                    _ = try await self.command("CREATE DATABASE \"\(name)\" TEMPLATE template0 ENCODING 'UTF8'")
                }
                return
            } catch let error as TestKitError where error.message.contains("is being accessed by other users") {
                // The server itself looks through its templates at times.
                attempts -= 1
                guard attempts > 0 else { throw error }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Removes a database, after ending the connections to it; without effect when there is none of that name.
    ///
    /// - Throws: ``TestKitError`` with code `commandFailed` when the server does not answer or refuses.
    public func dropDatabase(_ name: String) async throws {
        try await self.databaseTurns.take {
            _ = try await self.command("DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)")
        }
    }

    /// Runs statements with `psql`, as the superuser.
    ///
    /// - Parameters:
    ///   - sql: One or more statements, each in a transaction of its own.
    ///   - database: Where.
    /// - Returns: The rows, one a line, with `|` between the columns and nothing for NULL.
    /// - Throws: ``TestKitError`` with code `commandFailed` and what the server says when a statement fails or there is no
    ///   connection, `timedOut` when the server does not answer within two minutes.
    @discardableResult
    public func command(_ sql: String, database: String = "postgres") async throws -> String {
        let arguments = [
            "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", "--no-password",
            "--host=\(self.folder)", "--port=\(self.port)", "--username=\(Self.user)", "--dbname=\(database)", "--file=-",
        ]
        let result = try await self.commandTurns.take {
            try await runProcess(
                self.programs.path(of: "psql"), arguments: arguments,
                environment: PostgresPrograms.environment(password: self.options.password), standardInput: Array(sql.utf8),
                within: Self.patience)
        }
        guard result.termination == .exited(0) else {
            throw TestKitError(.commandFailed, message: String(result.standardError.text.suffix(2_000)))
        }
        return result.standardOutput.lines.joined(separator: "\n")
    }
}
