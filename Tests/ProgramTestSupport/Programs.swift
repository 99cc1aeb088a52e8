package import Foundation
package import TestKit

/// The programs under test, as they were built together with these tests.
package enum Programs {
    /// The folder that holds the test bundle and, beside it, the programs.
    private static let folder: URL = {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            return bundle.bundleURL.deletingLastPathComponent()
        #else
            return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
    }()

    /// The root of the repository.
    package static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The path of a program.
    package static func path(of name: String) -> String {
        Self.folder.appending(path: name).path(percentEncoded: false)
    }

    /// What a child finds in its environment: nothing of ours that could be a setting.
    package static func environment(_ settings: [String: String]) -> [String: String] {
        ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"].merging(settings) { _, new in new }
    }
}

extension ProcessResult {
    package var isSuccess: Bool { self.termination == .exited(0) }
}
