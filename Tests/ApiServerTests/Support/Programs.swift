import ProgramTestSupport
import TestKit

extension Programs {
    static let apiServer = Self.path(of: "api-server")
    static let migrator = Self.path(of: "migrator")

    /// Runs `api-server` with some arguments to its end.
    static func apiServer(
        _ arguments: String..., in folder: String, settings: [String: String] = [:]
    ) async throws -> ProcessResult {
        try await runProcess(
            Self.apiServer, arguments: arguments, environment: Self.environment(settings), workingDirectory: folder)
    }

    /// Runs `migrator` on the database that the server uses in the same folder.
    static func migrator(
        _ arguments: String..., in folder: String, settings: [String: String] = [:]
    ) async throws -> ProcessResult {
        try await runProcess(
            Self.migrator, arguments: arguments, environment: Self.environment(settings), workingDirectory: folder)
    }
}
