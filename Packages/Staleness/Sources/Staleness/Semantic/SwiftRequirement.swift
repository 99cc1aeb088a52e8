/// What a Swift package manifest asks for of a dependency: `from: "1.2.3"`, `.upToNextMinor(from:)`, `exact:`, or a range.
///
/// There is no special case for `0.x`: `from: "0.9.0"` reaches up to `1.0.0`. Pre-releases lie in a requirement that begins with one, and
/// never at its open end (`1.0.0-beta` is not below `1.0.0` here).
public struct SwiftRequirement: Sendable, Hashable {
    /// The first version that is meant.
    public let lower: SemanticVersion
    /// Where it ends.
    public let upper: SemanticVersion
    /// Whether the end belongs to it.
    public let includesUpper: Bool

    private init(_ lower: SemanticVersion, _ upper: SemanticVersion, includesUpper: Bool = false) {
        self.lower = lower
        self.upper = upper
        self.includesUpper = includesUpper
    }

    /// `from: "1.2.3"`, and `.upToNextMajor(from:)`.
    public static func upToNextMajor(_ lower: SemanticVersion) -> SwiftRequirement {
        SwiftRequirement(lower, SemanticVersion(lower.major.successor, 0, 0))
    }

    /// `.upToNextMinor(from: "1.2.3")`.
    public static func upToNextMinor(_ lower: SemanticVersion) -> SwiftRequirement {
        SwiftRequirement(lower, SemanticVersion(lower.major, lower.minor.successor, 0))
    }

    /// `exact: "1.2.3"`.
    public static func exact(_ version: SemanticVersion) -> SwiftRequirement {
        SwiftRequirement(version, version, includesUpper: true)
    }

    /// `"1.2.3"..<"2.0.0"`; nil when the end does not come after the beginning.
    public static func range(_ lower: SemanticVersion, below upper: SemanticVersion) -> SwiftRequirement? {
        lower < upper ? SwiftRequirement(lower, upper) : nil
    }

    /// `"1.2.3"..."1.9.0"`; nil when the end comes before the beginning.
    public static func range(_ lower: SemanticVersion, through upper: SemanticVersion) -> SwiftRequirement? {
        lower <= upper ? SwiftRequirement(lower, upper, includesUpper: true) : nil
    }

    /// Whether a version meets it.
    public func contains(_ candidate: SemanticVersion) -> Bool {
        guard candidate >= self.lower, self.includesUpper ? candidate <= self.upper : candidate < self.upper else { return false }
        guard candidate.isPrerelease else { return true }
        // A pre-release of the open end belongs to what comes behind it.
        if !self.includesUpper, !self.upper.isPrerelease, candidate.hasNumbers(of: self.upper) { return false }
        return self.lower.isPrerelease || self.includesUpper && self.upper.isPrerelease && candidate.hasNumbers(of: self.upper)
    }
}
