/// What a scan found.
public struct ScanReport: Hashable, Sendable {
    /// The findings by their place in the source; of equal places the more likely first.
    public let findings: [Finding]

    /// Whether everything was looked at; `false` when the work budget or the number of findings ran out, and then the payload is
    /// to be treated as if it held a secret.
    public let isComplete: Bool

    /// The type names of all findings, sorted, each once.
    public var types: [String] { Set(self.findings.map(\.type)).sorted() }

    /// A report of nothing in a payload that was looked at completely.
    public static let clean = ScanReport(findings: [], isComplete: true)
}
