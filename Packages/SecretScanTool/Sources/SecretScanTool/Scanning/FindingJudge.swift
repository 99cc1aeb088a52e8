internal import Cryptography
public import SecretScanning

/// Decides which findings are reported.
public struct FindingJudge: Sendable {
    /// The least likely findings that are reported.
    public var minimumConfidence: Confidence
    /// Whether pragmas on the lines of files are heeded.
    public var usesPragmas: Bool
    /// What need not be reported.
    public var known: KnownFindings

    /// Creates a judge.
    ///
    /// - Parameters:
    ///   - minimumConfidence: The least likely findings that are reported; default medium.
    ///   - usesPragmas: Whether pragmas are heeded; default true.
    ///   - known: What need not be reported; default nothing.
    public init(
        minimumConfidence: Confidence = .medium, usesPragmas: Bool = true, known: KnownFindings = KnownFindings()
    ) {
        self.minimumConfidence = minimumConfidence
        self.usesPragmas = usesPragmas
        self.known = known
    }

    /// How likely a finding is true, as far as the name of its file tells more than the scanner knows.
    ///
    /// A random value behind a word such as `password` is a guess in source code and prose. In a file that configures
    /// something it is what it seems. The older system did not know this.
    func confidence(of finding: Finding, path: [UInt8], by scanner: Scanner) -> Confidence {
        guard finding.rule == RuleSet.genericID, finding.confidence == .low, scanner.configuration.mode == .default,
            ConfigurationFile.isNamed(path)
        else { return finding.confidence }
        return .medium
    }

    /// Whether a finding is likely enough. In compatible mode only what the older system would refuse is.
    func isLikely(_ finding: Finding, path: [UInt8], by scanner: Scanner) -> Bool {
        guard self.confidence(of: finding, path: path, by: scanner) >= self.minimumConfidence else { return false }
        guard scanner.configuration.mode == .compatible, finding.group == .compatible || finding.group == .further else {
            return true
        }
        return scanner.isActedUpon(finding)
    }

    /// The finding as it is reported; nil if it is not.
    ///
    /// - Throws: `CryptographyError` when libcrypto fails.
    func judge(_ placed: PlacedFinding, path: [UInt8], by scanner: Scanner, totals: inout ScanTotals) throws(CryptographyError)
        -> ReportedFinding?
    {
        let finding = placed.finding
        guard self.isLikely(finding, path: path, by: scanner) else { return nil }
        if placed.isAllowed, self.usesPragmas {
            totals.allowed += 1
            return nil
        }
        let fingerprint = try self.known.key?.fingerprint(of: placed.value, rule: finding.rule)
        let answer = self.known.answer(path: path, finding, value: placed.value, fingerprint: fingerprint)
        if answer == .coarselyKnown { totals.coarselyKnown += 1 }
        return ReportedFinding(
            rule: finding.rule, type: finding.type, path: path, start: placed.start, end: placed.end,
            severity: ReportedFinding.Severity(finding.severity),
            confidence: "\(self.confidence(of: finding, path: path, by: scanner))",
            fingerprint: fingerprint, isKnown: answer != .new)
    }
}

extension ReportedFinding.Severity {
    init(_ severity: SecretScanning.Severity) {
        self =
            switch severity {
            case .low: .low
            case .medium: .medium
            case .high: .high
            case .critical: .critical
            }
    }
}

extension RuleSet {
    /// The rule for random values behind suspicious words.
    static let genericID = "generic-secret"

    /// The rules for files whose name says that they configure something: there, guesses at a suspicious word are likelier.
    ///
    /// - Parameter minimum: The least likely findings that are reported.
    /// - Returns: nil where they are those of ``reportable(from:)``.
    public func reportableInConfiguration(from minimum: Confidence) -> RuleSet? {
        guard minimum == .medium, let generic = self[Self.genericID] else { return nil }
        return RuleSet(rules: self.reportable(from: minimum).rules + [generic])
    }

    /// The rules without those that a judge would never let report anything, so that no time is spent on them.
    ///
    /// No rule of low confidence finds anything that is more likely, but for some that are off by default: whoever asks for
    /// those gets them.
    ///
    /// - Parameter minimum: The least likely findings that are reported.
    public func reportable(from minimum: Confidence) -> RuleSet {
        minimum == .low ? self : RuleSet(rules: self.rules.filter { $0.confidence > .low || !$0.isOnByDefault })
    }
}
