import Foundation
import ProgramTestSupport
import TestKit
import Testing

/// A folder in which `secret-scan` is run.
struct ScanFolder: Sendable {
    let path: String

    /// Makes a folder, lends it, and removes it.
    static func lend<Value>(_ files: [String: String] = [:], _ body: (ScanFolder) async throws -> Value) async throws -> Value {
        try await withTemporaryDirectory { path in
            let folder = ScanFolder(path: path)
            for (name, text) in files { try folder.write(text, to: name) }
            return try await body(folder)
        }
    }

    /// Writes a file, and makes its folder.
    func write(_ text: String, to name: String) throws {
        let file = URL(filePath: self.path).appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Reads a file.
    func text(of name: String) throws -> String {
        try String(contentsOf: URL(filePath: self.path).appending(path: name), encoding: .utf8)
    }

    /// Runs a command of the shell in the folder; `$SCAN` is the program.
    @discardableResult
    func shell(_ command: String, input: String = "") async throws -> ProcessResult {
        try await runProcess(
            "/bin/sh", arguments: ["-c", command],
            environment: Programs.environment([
                "SCAN": Programs.path(of: "secret-scan"), "HOME": self.path, "GIT_CONFIG_NOSYSTEM": "1",
            ]), workingDirectory: self.path, standardInput: Array(input.utf8))
    }

    /// Runs the program in the folder.
    func scan(_ arguments: String..., input: String = "", settings: [String: String] = [:]) async throws -> ProcessResult {
        try await runProcess(
            Programs.path(of: "secret-scan"), arguments: arguments, environment: Programs.environment(settings),
            workingDirectory: self.path, standardInput: Array(input.utf8))
    }
}

extension ProcessResult {
    /// The exit status; -1 when a signal ended the program.
    var status: Int32 { if case .exited(let status) = self.termination { status } else { -1 } }
    /// The lines of standard output.
    var lines: [String] { self.standardOutput.lines }
    /// All of standard error.
    var errors: String { self.standardError.text }
}

/// Look-alikes, put together at run time so that scanners of this repository stay quiet.
enum Samples {
    static func token(_ number: UInt64 = 1) -> String {
        var generator = SeededGenerator(seed: number)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return "gh" + "p_" + String((0..<36).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] })
    }

    static let password = "pass" + "word = \"hunt" + "er2secret\""
    /// A key for baselines, which opens nothing.
    static let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
}
