import Foundation
import TestKit
import Testing

/// A file system of its own that is soon full.
enum SmallDisk {
    /// Whether this machine lets a test mount one.
    static let isAvailable: Bool = {
        #if os(Linux)
            geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/mount")
        #else
            false
        #endif
    }()

    /// Mounts one, and takes it away afterwards.
    static func with<Value>(kilobytes: Int, _ body: (String) async throws -> Value) async throws -> Value {
        try await withTemporaryDirectory { folder in
            try await Self.command("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder])
            let value: Value
            do {
                value = try await body(folder)
            } catch {
                try await Self.command("/usr/bin/umount", [folder])
                throw error
            }
            try await Self.command("/usr/bin/umount", [folder])
            return value
        }
    }

    private static func command(_ program: String, _ arguments: [String]) async throws {
        try await withChildProcess(program, arguments: arguments) { child in
            let termination = try await child.waitForExit(within: .seconds(20))
            try #require(termination == .exited(0), "\(program) \(arguments): \(child.output().text)")
        }
    }
}
