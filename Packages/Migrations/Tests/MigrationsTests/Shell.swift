import Persistence
import TestKit
import Testing

/// Runs printed scripts in the databases' own shells, as people do.
enum Shell {
    /// Throws what the shell says unless it ends with status 0.
    static func run(_ script: String, onSQLiteFile path: String) async throws {
        let result = try await runProcess("sqlite3", arguments: ["-bail", path], standardInput: Array(script.utf8))
        if result.termination != .exited(0) { throw ShellError(message: result.standardError.text) }
    }

    struct ShellError: Error {
        let message: String
    }
}
