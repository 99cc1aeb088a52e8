/// What is done about findings.
public enum ScanPolicy: String, Hashable, Sendable, CaseIterable {
    /// Refuse the payload.
    case block
    /// Replace the secret, and accept.
    case redact
    /// Accept, and tell about it.
    case report
}

/// Whose verdicts a scanner gives: the setting `SECRET_SCAN_MODE`.
public enum ScanMode: String, Hashable, Sendable, CaseIterable {
    /// Whatever the detectors of the older system find is refused, and further rules with a fixed prefix or a passing checksum.
    case compatible
    /// What is at least of medium confidence is refused.
    case `default`
}

/// How a scanner judges, and how much work it does for one payload.
public struct ScannerConfiguration: Hashable, Sendable {
    /// Whose verdicts are given; default ``ScanMode/default``.
    public var mode: ScanMode

    /// What is done per group. By default credentials are blocked, personal data and the generic rule are reported.
    public var policies: [Rule.Group: ScanPolicy]

    /// Units of work allowed for a payload of any size; a unit is about a byte looked at. Default 262 144.
    public var baseWork: Int

    /// Further units of work per byte of the payload. Default 48; an ordinary payload takes 2 to 4.
    public var workPerByte: Int

    /// The number of findings after which a scan ends as incomplete. Default 1 000.
    public var maximumFindings: Int

    /// Creates a configuration; see the properties. Groups that `policies` does not name keep their default.
    public init(
        mode: ScanMode = .default, policies: [Rule.Group: ScanPolicy] = [:], baseWork: Int = 262_144, workPerByte: Int = 48,
        maximumFindings: Int = 1_000
    ) {
        let usual: [Rule.Group: ScanPolicy] = [
            .compatible: .block, .further: .block, .own: .block, .generic: .report, .pii: .report,
        ]
        self.mode = mode
        self.policies = usual.merging(policies) { $1 }
        self.baseWork = baseWork
        self.workPerByte = workPerByte
        self.maximumFindings = maximumFindings
    }

    func workLimit(byteCount: Int) -> Int {
        let (product, overflow) = byteCount.multipliedReportingOverflow(by: max(self.workPerByte, 1))
        let (sum, overflowAgain) = product.addingReportingOverflow(max(self.baseWork, 0))
        return overflow || overflowAgain ? Int.max : sum
    }
}
