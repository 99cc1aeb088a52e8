/// What is to become of a payload.
public enum Verdict: Hashable, Sendable {
    /// It may pass.
    case accept
    /// It may pass once ``Scanner/redact(_:)`` has gone over it; the type names are sorted.
    case redact(types: [String])
    /// It may not pass; the type names are sorted, each once, and never tell a value.
    case reject(types: [String])

    /// What is told in place of a type when a payload could not be looked at completely.
    public static let incompleteScan = "Incomplete Scan"
}

extension Scanner {
    /// Judges a report by the mode and the policies of the configuration; an incomplete one is always rejected.
    public func verdict(on report: ScanReport) -> Verdict {
        var rejected: Set<String> = report.isComplete ? [] : [Verdict.incompleteScan]
        var redacted: Set<String> = []
        for finding in report.findings where self.isActedUpon(finding) {
            switch self.configuration.policies[finding.group] ?? .report {
            case .block: rejected.insert(finding.type)
            case .redact: redacted.insert(finding.type)
            case .report: break
            }
        }
        if !rejected.isEmpty { return .reject(types: rejected.sorted()) }
        return redacted.isEmpty ? .accept : .redact(types: redacted.sorted())
    }

    /// Whether a finding is certain enough, in the mode of the configuration, for the policy of its group to apply.
    public func isActedUpon(_ finding: Finding) -> Bool {
        switch (self.configuration.mode, finding.group) {
        case (.compatible, .compatible): true
        case (.compatible, .further): finding.hasFixedPrefix || finding.checksum == .passed
        default: finding.confidence >= .medium
        }
    }
}
