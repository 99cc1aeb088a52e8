public import Cryptography

/// A finding as reports show it: where something is and what it seems to be, and nothing of the value.
public struct ReportedFinding: Hashable, Sendable {
    /// How bad it is that this stands there.
    public enum Severity: String, Hashable, Sendable, CaseIterable {
        /// A thing to know, such as an identifier without its secret.
        case low
        /// A thing to look at.
        case medium
        /// A credential.
        case high
        /// A credential that opens much, such as a private key.
        case critical
    }

    /// The rule that found it, such as `github-token`.
    public var rule: String
    /// What it seems to be, such as `GitHub Token`.
    public var type: String
    /// The file, relative to where the scan began, in the bytes of its name.
    public var path: [UInt8]
    /// Where it begins.
    public var start: Place
    /// The place behind its last character.
    public var end: Place
    /// How bad it is.
    public var severity: Severity
    /// How sure the scanner is: `low`, `medium` or `high`.
    public var confidence: String
    /// The keyed hash of the value; nil if there is no key.
    public var fingerprint: SHA256Digest?
    /// Whether a baseline knows it already.
    public var isKnown: Bool

    /// A place in a file.
    public struct Place: Hashable, Sendable {
        /// The line, from 1.
        public var line: Int
        /// The column, from 1, in Unicode scalars of the line; a byte that is no UTF-8 counts as one.
        public var column: Int

        /// Creates a place; numbers below 1 count as 1.
        public init(line: Int, column: Int) {
            self.line = max(line, 1)
            self.column = max(column, 1)
        }
    }

    /// Creates a finding.
    ///
    /// - Parameters:
    ///   - rule: The rule that found it.
    ///   - type: What it seems to be.
    ///   - path: The file.
    ///   - start: Where it begins.
    ///   - end: The place behind its last character.
    ///   - severity: How bad it is.
    ///   - confidence: How sure the scanner is.
    ///   - fingerprint: The keyed hash of the value.
    ///   - isKnown: Whether a baseline knows it.
    public init(
        rule: String, type: String, path: [UInt8], start: Place, end: Place, severity: Severity, confidence: String,
        fingerprint: SHA256Digest? = nil, isKnown: Bool = false
    ) {
        self.rule = rule
        self.type = type
        self.path = path
        self.start = start
        self.end = end
        self.severity = severity
        self.confidence = confidence
        self.fingerprint = fingerprint
        self.isKnown = isKnown
    }
}

/// A file that was not scanned, or not to its end, and why.
public struct SkippedFile: Hashable, Sendable {
    /// The file, relative to where the scan began.
    public var path: [UInt8]
    /// The reason in a few words, such as `cannot be read`.
    public var reason: String
    /// Whether it should have been scanned, so that the scan as a whole failed.
    public var isFailure: Bool

    /// Creates an entry.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - reason: The reason in a few words.
    ///   - isFailure: Whether it should have been scanned; default true.
    public init(path: [UInt8], reason: String, isFailure: Bool = true) {
        self.path = path
        self.reason = reason
        self.isFailure = isFailure
    }
}
