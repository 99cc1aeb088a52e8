internal import Cryptography
public import StrictJSON

/// Findings in the Static Analysis Results Interchange Format, SARIF 2.1.0 (OASIS standard with errata 01).
///
/// Known findings are there with a suppression, and each file that was not scanned is a notification. Nothing of a value is
/// in the report.
public struct SARIFReport: Sendable {
    /// A rule, for the list that results refer to.
    public struct Rule: Hashable, Sendable {
        /// The id, such as `github-token`.
        public var id: String
        /// What it finds, such as `GitHub Token`.
        public var name: String

        /// Creates a rule.
        ///
        /// - Parameters:
        ///   - id: The id.
        ///   - name: What it finds.
        public init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// The name of the program, default `secret-scan`.
    public var toolName = "secret-scan"
    /// The version of the program.
    public var toolVersion: String
    /// The rules that were used.
    public var rules: [Rule]
    /// What was found.
    public var findings: [ReportedFinding]
    /// What was not scanned.
    public var skipped: [SkippedFile]

    /// Creates a report.
    ///
    /// - Parameters:
    ///   - toolVersion: The version of the program.
    ///   - rules: The rules that were used.
    ///   - findings: What was found.
    ///   - skipped: What was not scanned.
    public init(toolVersion: String, rules: [Rule], findings: [ReportedFinding], skipped: [SkippedFile] = []) {
        self.toolVersion = toolVersion
        self.rules = rules
        self.findings = findings
        self.skipped = skipped
    }

    /// The report as JSON; the same findings give the same bytes.
    public func jsonValue() -> JSONValue {
        let rules = self.rules.sorted { $0.id < $1.id }
        var positions: [String: Int] = [:]
        for (position, rule) in rules.enumerated() where positions[rule.id] == nil { positions[rule.id] = position }
        return [
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                [
                    "tool": [
                        "driver": [
                            "name": .string(self.toolName),
                            "version": .string(self.toolVersion),
                            "rules": .array(
                                rules.map { ["id": .string($0.id), "shortDescription": ["text": .string($0.name)]] }),
                        ]
                    ],
                    "invocations": [
                        [
                            // A file that could not be read is something that the reader must learn of.
                            "executionSuccessful": .bool(!self.skipped.contains { $0.isFailure }),
                            "toolExecutionNotifications": .array(self.skipped.map(Self.notification)),
                        ]
                    ],
                    "columnKind": "unicodeCodePoints",
                    "results": .array(self.findings.map { Self.result($0, ruleIndex: positions[$0.rule]) }),
                ]
            ],
        ]
    }

    private static func result(_ finding: ReportedFinding, ruleIndex: Int?) -> JSONValue {
        var members: [(String, JSONValue)] = [("ruleId", .string(finding.rule))]
        if let ruleIndex { members.append(("ruleIndex", .integer(ruleIndex))) }
        members += [
            ("level", .string(Self.level(of: finding.severity))),
            ("message", ["text": .string("\(finding.type) (confidence \(finding.confidence))")]),
            (
                "locations",
                [
                    [
                        "physicalLocation": [
                            "artifactLocation": Self.location(finding.path),
                            "region": [
                                "startLine": .integer(finding.start.line),
                                "startColumn": .integer(finding.start.column),
                                "endLine": .integer(finding.end.line),
                                "endColumn": .integer(finding.end.column),
                            ],
                        ]
                    ]
                ]
            ),
        ]
        if let fingerprint = finding.fingerprint {
            members.append(("partialFingerprints", ["gatehouseSecret/v1": .string(fingerprint.hex)]))
        }
        if finding.isKnown {
            members.append(("baselineState", "unchanged"))
            members.append(("suppressions", [["kind": "external", "justification": "in the baseline"]]))
        }
        return .object(JSONObject(members))
    }

    private static func notification(_ file: SkippedFile) -> JSONValue {
        [
            "level": file.isFailure ? "error" : "note",
            "message": ["text": .string("not scanned: \(file.reason)")],
            "locations": [["physicalLocation": ["artifactLocation": Self.location(file.path)]]],
        ]
    }

    private static func location(_ path: [UInt8]) -> JSONValue {
        // Colons are escaped, so no name is read as a scheme.
        if path.first == UInt8(ascii: "/") { return ["uri": .string("file://" + PathText.relativeURI(path))] }
        return ["uri": .string(PathText.relativeURI(path)), "uriBaseId": "%SRCROOT%"]
    }

    private static func level(of severity: ReportedFinding.Severity) -> String {
        switch severity {
        case .low: "note"
        case .medium: "warning"
        case .high, .critical: "error"
        }
    }
}
