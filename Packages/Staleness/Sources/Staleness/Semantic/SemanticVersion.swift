/// A version of Semantic Versioning 2.0.0, such as `1.4.0-rc.1+build.7`.
///
/// Equality and order are those of precedence (§11), so that build metadata does not count. Numbers have any length.
public struct SemanticVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// A part of the pre-release, between the points.
    public enum Identifier: Sendable, Hashable, Comparable {
        /// Only digits; numbers come before texts.
        case number(VersionNumber)
        /// Letters, digits and hyphens.
        case text(String)

        /// The order of precedence.
        public static func < (left: Identifier, right: Identifier) -> Bool {
            switch (left, right) {
            case (.number(let left), .number(let right)): left < right
            case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
            case (.number, .text): true
            case (.text, .number): false
            }
        }

        var text: String {
            switch self {
            case .number(let number): number.description
            case .text(let text): text
            }
        }
    }

    /// Incompatible changes.
    public let major: VersionNumber
    /// Compatible additions.
    public let minor: VersionNumber
    /// Compatible corrections.
    public let patch: VersionNumber
    /// The parts of the pre-release; empty for a release.
    public let prerelease: [Identifier]
    /// What stands behind the plus; empty for none.
    public let build: String

    /// Reads a version, strictly: three numbers without leading zeros, no `v`, no blanks.
    ///
    /// - Throws: ``VersionError`` with code `tooLong` or `invalidVersion`.
    public init(_ text: String) throws(VersionError) {
        guard text.utf8.count <= VersionError.longestText else { throw .tooLong }
        var reader = SemanticReader(text)
        guard let version = reader.version(), reader.isAtEnd else {
            throw VersionError(.invalidVersion, "it is no version of Semantic Versioning 2.0.0")
        }
        self = version
    }

    init(
        _ major: VersionNumber, _ minor: VersionNumber, _ patch: VersionNumber, prerelease: [Identifier] = [], build: String = ""
    ) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
        self.build = build
    }

    /// Whether it comes before the release with its numbers.
    public var isPrerelease: Bool { !self.prerelease.isEmpty }

    /// The text of the version.
    public var description: String {
        var text = "\(self.major).\(self.minor).\(self.patch)"
        if self.isPrerelease { text += "-" + self.prerelease.map(\.text).joined(separator: ".") }
        return self.build.isEmpty ? text : "\(text)+\(self.build)"
    }

    /// Whether both have one precedence.
    public static func == (left: SemanticVersion, right: SemanticVersion) -> Bool {
        left.hasNumbers(of: right) && left.prerelease == right.prerelease
    }

    /// The order of precedence.
    public static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        if left.major != right.major { return left.major < right.major }
        if left.minor != right.minor { return left.minor < right.minor }
        if left.patch != right.patch { return left.patch < right.patch }
        if left.prerelease.isEmpty || right.prerelease.isEmpty { return !left.prerelease.isEmpty && right.prerelease.isEmpty }
        return left.prerelease.lexicographicallyPrecedes(right.prerelease)
    }

    /// Hashes what equality compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.major)
        hasher.combine(self.minor)
        hasher.combine(self.patch)
        hasher.combine(self.prerelease)
    }

    /// Whether the three numbers are the same.
    func hasNumbers(of other: SemanticVersion) -> Bool {
        self.major == other.major && self.minor == other.minor && self.patch == other.patch
    }

    /// The very first version with these numbers: `2.0.0-0`.
    static func first(_ major: VersionNumber, _ minor: VersionNumber = 0, _ patch: VersionNumber = 0) -> SemanticVersion {
        SemanticVersion(major, minor, patch, prerelease: [.number(0)])
    }
}
