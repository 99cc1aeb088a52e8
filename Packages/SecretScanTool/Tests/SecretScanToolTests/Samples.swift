import SecretScanTool
import SecretScanning
import TestKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Look-alikes, put together at run time so that scanners of this repository stay quiet.
enum Samples {
    /// Like a token of GitHub; equal numbers give equal tokens.
    static func token(_ number: UInt64 = 1) -> String {
        var generator = SeededGenerator(seed: number)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return "gh" + "p_" + String((0..<36).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] })
    }

    /// A value without quotes behind a word.
    static func unquoted(_ name: String) -> String { name + "kJ83hd" + "9QzXw2" }

    /// A line that gives a password.
    static let password = "pass" + "word = \"hunt" + "er2secret\""
}

extension SecretScan {
    /// A scan with the usual rules.
    init(_ change: (inout SecretScan.Options) -> Void = { _ in }, judge: FindingJudge = FindingJudge()) {
        var options = SecretScan.Options()
        change(&options)
        self.init(scanner: Self.scanner, judge: judge, options: options)
    }

    private static let scanner = Scanner(rules: RuleSet(rules: RuleSet.builtIn.rules.filter { $0.group != .pii }))
}

extension ScanOutcome {
    /// `a.txt:2:4` of each finding.
    var places: [String] {
        self.findings.map { "\(PathText.escaped($0.path)):\($0.start.line):\($0.start.column)" }
    }
}

/// Writes files below a folder; names may have slashes.
func write(_ files: [String: String], in folder: String) throws {
    for (name, text) in files { try write(Array(text.utf8), to: folder + "/" + name) }
}

/// Writes a file, and makes its folder.
func write(_ bytes: [UInt8], to path: String) throws {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(atPath: "/" + folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: path))
}
