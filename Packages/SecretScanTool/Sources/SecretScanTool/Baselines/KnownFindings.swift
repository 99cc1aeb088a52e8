public import Cryptography
internal import SecretScanning

/// What a project knows already, by its baseline and by one of detect-secrets.
public struct KnownFindings: Sendable {
    /// The key of the project, for fingerprints; nil if there is none.
    public var key: BaselineKey?
    /// The findings that need no report.
    public var baseline: Baseline?
    /// The same from detect-secrets.
    public var detectSecrets: DetectSecretsBaseline?

    /// Creates what is known.
    ///
    /// - Parameters:
    ///   - key: The key of the project.
    ///   - baseline: The findings that need no report; only with a key.
    ///   - detectSecrets: The same from detect-secrets.
    public init(key: BaselineKey? = nil, baseline: Baseline? = nil, detectSecrets: DetectSecretsBaseline? = nil) {
        self.key = key
        self.baseline = baseline
        self.detectSecrets = detectSecrets
    }

    enum Answer: Sendable {
        case new, known, coarselyKnown
    }

    func answer(path: [UInt8], _ finding: Finding, value: [UInt8], fingerprint: SHA256Digest?) -> Answer {
        let name = PathText.escaped(path)
        if let fingerprint, let baseline = self.baseline,
            baseline.contains(Baseline.Entry(path: name, rule: finding.rule, fingerprint: fingerprint))
        {
            return .known
        }
        return switch self.detectSecrets?.answer(path: name, type: finding.type, value: value) {
        case .exact: .known
        case .coarse: .coarselyKnown
        case .markedAsSecret, nil: .new
        }
    }

    /// The baseline after a scan.
    ///
    /// Entries of what was not scanned stay: of other files than those below `roots`, and of files that were skipped. All others
    /// are replaced by what was found. With a baseline of detect-secrets, only what one of the two knows is taken.
    ///
    /// - Parameters:
    ///   - outcome: What the scan has found.
    ///   - roots: What was scanned, in the bytes of names.
    /// - Returns: nil without a key.
    /// - Throws: `CryptographyError` when libcrypto fails.
    public func updatedBaseline(after outcome: ScanOutcome, roots: [[UInt8]]) throws(CryptographyError) -> Baseline? {
        guard let key = self.key else { return nil }
        let skipped = Set(outcome.skipped.map { PathText.escaped($0.path) })
        let roots = roots.map { PathText.escaped(ScanPath.normal($0)) }
        let kept = (self.baseline?.entries ?? []).filter { entry in
            skipped.contains { entry.path == $0 || entry.path.hasPrefix($0 + "/") }
                || !roots.contains { Self.covers($0, entry.path) }
        }
        var baseline = Baseline(keyID: try key.id(), entries: kept)
        for finding in outcome.findings {
            guard let fingerprint = finding.fingerprint, finding.isKnown || self.detectSecrets == nil else { continue }
            baseline.insert(
                Baseline.Entry(path: PathText.escaped(finding.path), rule: finding.rule, fingerprint: fingerprint))
        }
        return baseline
    }

    private static func covers(_ root: String, _ path: String) -> Bool {
        if root.isEmpty { return !path.hasPrefix("/") && path != ".." && !path.hasPrefix("../") }
        return path == root || path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
    }
}
