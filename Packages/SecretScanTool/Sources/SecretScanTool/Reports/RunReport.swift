internal import Cryptography
public import SecretScanning
internal import StrictJSON

/// The outcome of a scan in one of the formats; the same outcome gives the same bytes.
public struct RunReport: Sendable {
    /// How a report is written.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// A line for each finding and each file that was not scanned, for people.
        case text
        /// One JSON document.
        case json
        /// A JSON document a line: findings, files that were not scanned, and a summary at the end.
        case jsonl
        /// SARIF 2.1.0.
        case sarif
    }

    private let outcome: ScanOutcome
    private let rules: [Rule]
    private let version: String

    /// Prepares a report.
    ///
    /// - Parameters:
    ///   - outcome: What the scan has found.
    ///   - rules: The rules that were used.
    ///   - version: The version of the program.
    public init(_ outcome: ScanOutcome, rules: [Rule], version: String) {
        self.outcome = outcome
        self.rules = rules
        self.version = version
    }

    /// The report. Nothing of a secret is in it.
    public func bytes(_ format: Format) -> [UInt8] {
        var output: [UInt8] = []
        switch format {
        case .text:
            for finding in self.outcome.newFindings { output += Array((finding.textLine + "\n").utf8) }
            for file in self.outcome.skipped { output += Array((file.textLine + "\n").utf8) }
        case .json:
            let document: JSONValue = [
                "version": 1,
                "tool": .string("secret-scan \(self.version)"),
                "findings": .array(self.outcome.findings.map { $0.jsonValue() }),
                "notScanned": .array(self.outcome.skipped.map { .object(JSONObject($0.members)) }),
                "summary": .object(JSONObject(self.summary)),
            ]
            document.appendCompact(to: &output)
            output.append(10)
        case .jsonl:
            for finding in self.outcome.findings { Self.append("finding", Self.members(of: finding.jsonValue()), to: &output) }
            for file in self.outcome.skipped { Self.append("notScanned", file.members, to: &output) }
            Self.append("summary", self.summary, to: &output)
        case .sarif:
            SARIFReport(
                toolVersion: self.version, rules: self.rules.map { SARIFReport.Rule(id: $0.id, name: $0.type) },
                findings: self.outcome.findings, skipped: self.outcome.skipped
            ).jsonValue().appendCompact(to: &output)
            output.append(10)
        }
        return output
    }

    /// One line for people: what was scanned, found, passed and missed.
    public var summaryLine: String {
        let totals = self.outcome.totals
        let failures = self.outcome.skipped.count { $0.isFailure }
        var parts = [
            "\(self.outcome.newFindings.count) findings in \(totals.files) files (\(totals.bytes) bytes)"
        ]
        let others = [
            (self.outcome.findings.count - self.outcome.newFindings.count, "known"),
            (totals.coarselyKnown, "known by a prefix only"),
            (totals.allowed, "allowed by pragmas"), (totals.ignored, "ignored by git"),
            (self.outcome.skipped.count - failures, "not scanned"), (failures, "FAILED"),
        ]
        parts += others.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return parts.joined(separator: ", ")
    }

    private var summary: [(String, JSONValue)] {
        let totals = self.outcome.totals
        return [
            ("files", .integer(totals.files)), ("bytes", .integer(totals.bytes)),
            ("findings", .integer(self.outcome.newFindings.count)),
            ("known", .integer(self.outcome.findings.count - self.outcome.newFindings.count)),
            ("knownByPrefixOnly", .integer(totals.coarselyKnown)), ("allowed", .integer(totals.allowed)),
            ("ignored", .integer(totals.ignored)), ("notScanned", .integer(self.outcome.skipped.count)),
            ("isComplete", .bool(self.outcome.isComplete)),
        ]
    }

    private static func members(of value: JSONValue) -> [(String, JSONValue)] {
        value.objectValue.map { object in object.map { ($0, $1) } } ?? []
    }

    private static func append(_ kind: String, _ members: [(String, JSONValue)], to output: inout [UInt8]) {
        JSONValue.object(JSONObject([("kind", .string(kind))] + members)).appendCompact(to: &output)
        output.append(10)
    }
}

extension SkippedFile {
    /// The entry as one line for people: `a.png: not scanned: binary`.
    public var textLine: String {
        self.path.isEmpty ? "not scanned: \(self.reason)" : "\(PathText.escaped(self.path)): not scanned: \(self.reason)"
    }

    var members: [(String, JSONValue)] {
        [("path", .string(PathText.escaped(self.path))), ("reason", .string(self.reason)), ("failed", .bool(self.isFailure))]
    }
}
