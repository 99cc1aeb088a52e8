import Foundation
import TestKit

/// The programs under test, as they were built together with these tests.
enum Programs {
    /// The folder that holds the test bundle and, beside it, the programs.
    private static let folder: URL = {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            return bundle.bundleURL.deletingLastPathComponent()
        #else
            return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
    }()

    static let apiServer = Self.folder.appending(path: "api-server").path(percentEncoded: false)
    static let migrator = Self.folder.appending(path: "migrator").path(percentEncoded: false)

    /// The root of the repository.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// What a child finds in its environment: nothing of ours that could be a setting.
    static func environment(_ settings: [String: String]) -> [String: String] {
        ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"].merging(settings) { _, new in new }
    }

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

extension ProcessResult {
    var isSuccess: Bool { self.termination == .exited(0) }
}
