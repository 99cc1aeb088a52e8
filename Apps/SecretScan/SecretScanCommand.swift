import AppSupport
import ArgumentParser
import SecretScanTool
import SecretScanning

/// What the command line of `secret-scan` says.
struct SecretScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret-scan",
        abstract: "Finds credentials in files, folders, standard input and diffs.",
        discussion: """
            Folders are gone through as git would: .gitignore files and .git/info/exclude are heeded, .git is not entered, and
            links are not followed. Reports never show a secret, only its type and place.

            Exit status: 0 nothing found; 1 something found; 2 something went wrong or could not be scanned completely, whatever
            was found besides; 130 interrupted, after a report of what was found until then.

            Examples:
              secret-scan .
              git diff --cached | secret-scan --diff
              secret-scan --format sarif --output secrets.sarif src
              secret-scan --baseline .secret-scan.json --key-file ~/.config/secret-scan.key --update-baseline .
            """,
        version: Gatehouse.version)

    @Argument(help: ArgumentHelp("Files and folders; - is standard input.", valueName: "path"))
    var paths: [String] = []

    @Flag(name: .long, help: "The inputs are diffs; only what they add is scanned. Without a path, standard input is read.")
    var diff = false
    @Flag(name: .long, help: "Print standard input with each secret replaced by [REDACTED:type]; reads up to 64 MiB.")
    var redact = false

    @Option(
        name: .long, help: ArgumentHelp("text, json, jsonl or sarif. (default: text)", valueName: "format"),
        transform: Self.choice)
    var format: RunReport.Format = .text
    @Option(name: .long, help: ArgumentHelp("Where the report goes instead of standard output.", valueName: "file"))
    var output: String?
    @Flag(name: .long, help: "Say nothing on standard error but what went wrong.")
    var quiet = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "default: all credentials. compatible: what the older scanner of the commons refused. (default: default)",
            valueName: "mode"), transform: Self.choice)
    var mode: ScanMode = .default
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Report from this on: low, medium or high. (default: medium; low in compatible mode)", valueName: "level"),
        transform: Self.confidence)
    var minConfidence: Confidence?
    @Flag(name: .long, help: "Look for personal data, too: addresses, cards, accounts.")
    var pii = false
    @Option(name: .long, help: ArgumentHelp("Patterns of your own, as JSON.", valueName: "file"))
    var patterns: String?

    @Option(name: .long, help: ArgumentHelp("Known findings, which are not reported.", valueName: "file"))
    var baseline: String?
    @Flag(name: .long, help: "Write what is found into the baseline.")
    var updateBaseline = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Key of the fingerprints, as openssl rand -base64 32 makes it. Without it, the variable SECRET_SCAN_KEY holds the key.",
            valueName: "file"))
    var keyFile: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A .secrets.baseline of detect-secrets. With --update-baseline only what it knows goes into the baseline.",
            valueName: "file"))
    var importBaseline: String?
    @Flag(name: .long, help: "Report also what a comment such as secret-scan:allow lets pass.")
    var noPragmas = false

    @Flag(name: .long, help: "Scan what .gitignore files keep out, too.")
    var noIgnore = false
    @Flag(name: .long, help: "Scan files with NUL bytes, too.")
    var binary = false
    @Option(
        name: .long, help: ArgumentHelp("Skip larger files, which is a failure; without it there is no limit.", valueName: "MiB"))
    var maxFileSize: Int?
    @Option(name: .long, help: ArgumentHelp("Files scanned at a time, 1 to 256. (default: number of processors)", valueName: "n"))
    var jobs: Int?

    func validate() throws {
        if let jobs = self.jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs is \(jobs); allowed: 1 to 256") }
        if let size = self.maxFileSize, !(1...1_048_576).contains(size) {
            throw ValidationError("--max-file-size is \(size); allowed: 1 to 1048576 (MiB)")
        }
        if self.updateBaseline, self.baseline == nil { throw ValidationError("--update-baseline needs --baseline") }
        if self.redact, self.diff || self.paths.contains(where: { $0 != "-" }) || self.baseline != nil {
            throw ValidationError("--redact reads standard input and goes with no path, --diff or --baseline")
        }
        if self.paths.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input can be named once only") }
    }

    /// Refuses a command line that names nothing; only once it is known to have no unknown options, which matter more.
    func requireInput() throws {
        if self.paths.isEmpty, !self.diff, !self.redact {
            throw ValidationError("nothing to scan: name files or folders, or - for standard input")
        }
    }

    /// Refuses bundles of short options: there is only `-h`, and a file such as `-dash.txt` would ask for help by its h.
    static func refuseBundles(in arguments: [String]) throws {
        for argument in arguments.prefix(while: { $0 != "--" }) where argument.count > 2 && argument.first == "-" {
            if argument.dropFirst().first == "-" { continue }
            let name = PathText.escaped(RawArguments.bytes(argument))
            throw ValidationError("unknown option \(name): a file of that name is written ./\(name), or after --")
        }
    }

    /// The least likely findings that are reported.
    var minimumConfidence: Confidence { self.minConfidence ?? (self.mode == .compatible ? .low : .medium) }

    /// What to scan, in the bytes of names.
    var roots: [[UInt8]] { self.paths.isEmpty ? [[UInt8(ascii: "-")]] : self.paths.map { RawArguments.bytes($0) } }

    /// Does what was asked for.
    ///
    /// - Returns: The exit status.
    func run() async throws -> Int32 {
        self.redact ? try Redacting.run(self) : try await Scanning.run(self)
    }

    /// One of a few words.
    private static func choice<Value: RawRepresentable & CaseIterable>(_ text: String) throws -> Value
    where Value.RawValue == String {
        if let value = Value(rawValue: text) { return value }
        throw ValidationError("allowed: \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    private static func confidence(_ text: String) throws -> Confidence {
        switch text {
        case "low": .low
        case "medium": .medium
        case "high": .high
        default: throw ValidationError("allowed: low, medium, high")
        }
    }
}
