/// A version of a Python package (PEP 440), with the behaviour of `packaging` 26.3.
///
/// ```swift
/// let version = try PythonVersion(" V1.0-ALPHA.1 ")
/// version.description                                // "1.0a1"
/// try version < PythonVersion("1.0") && version.isPrerelease   // true
/// ```
///
/// Equality and order are those of PEP 440, so that `1.0`, `1.0.0` and `v1` are equal; ``description`` keeps the length of the
/// release. Texts of more than ``VersionError/longestText`` bytes are refused.
public struct PythonVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The kind of a pre-release, in their order.
    public enum PrereleaseKind: UInt8, Sendable, Hashable, CaseIterable {
        /// `a`, alpha.
        case alpha = 1
        /// `b`, beta.
        case beta = 2
        /// `rc`, release candidate.
        case candidate = 3

        var letters: String {
            switch self {
            case .alpha: "a"
            case .beta: "b"
            case .candidate: "rc"
            }
        }
    }

    /// A pre-release: `a1`, `b2`, `rc3`.
    public struct Prerelease: Sendable, Hashable {
        /// The kind.
        public let kind: PrereleaseKind
        /// The number, 0 where none was written.
        public let number: VersionNumber
    }

    /// A part of a local version, after the plus.
    public enum LocalPart: Sendable, Hashable {
        /// Lower-case letters and digits.
        case text(String)
        /// A number.
        case number(VersionNumber)
    }

    /// All of it where ``rank`` does not say everything: numbers without room, more than four of them, a local version.
    final class Parts: Sendable {
        let epoch: VersionNumber
        let release: [VersionNumber]
        let prerelease: Prerelease?
        let post: VersionNumber?
        let development: VersionNumber?
        let local: [LocalPart]

        init(
            epoch: VersionNumber, release: [VersionNumber], prerelease: Prerelease?, post: VersionNumber?,
            development: VersionNumber?, local: [LocalPart]
        ) {
            self.epoch = epoch
            self.release = release
            self.prerelease = prerelease
            self.post = post
            self.development = development
            self.local = local
        }
    }

    /// The place in the order, and for most versions all that there is to them.
    let rank: VersionRank
    private let releaseCount: UInt8
    private let parts: Parts?

    /// Reads a version; blanks around it are ignored.
    ///
    /// - Throws: ``VersionError`` with code `tooLong` or `invalidVersion`.
    public init(_ text: String) throws(VersionError) {
        self = try PythonVersionReader.wholeVersion(text)
    }

    init(
        epoch: VersionNumber = 0, release: [VersionNumber], prerelease: Prerelease? = nil, post: VersionNumber? = nil,
        development: VersionNumber? = nil, local: [LocalPart] = []
    ) {
        let rank = VersionRank(
            epoch: epoch, release: release, prerelease: prerelease, post: post, development: development,
            hasLocal: !local.isEmpty)
        self.rank = rank
        let isSmall = rank.isExact && release.count <= VersionRank.releaseNumbers
        self.releaseCount = isSmall ? UInt8(release.count) : 0
        self.parts =
            isSmall
            ? nil
            : Parts(
                epoch: epoch, release: release, prerelease: prerelease, post: post, development: development, local: local)
    }

    /// A release of 1 to 4 numbers; nil where one has no room.
    init?(plain numbers: (UInt64, UInt64, UInt64, UInt64), count: Int) {
        guard let rank = VersionRank(plain: numbers) else { return nil }
        self.rank = rank
        self.releaseCount = UInt8(truncatingIfNeeded: count)
        self.parts = nil
    }

    /// What all the rest is subordinate to; 0 where none was written.
    public var epoch: VersionNumber { self.parts?.epoch ?? self.rank.epoch }
    /// The numbers between the points, at least one, with zeros at the end as they were written.
    public var release: [VersionNumber] { self.parts?.release ?? self.rank.release(count: Int(self.releaseCount)) }
    /// The pre-release.
    public var prerelease: Prerelease? { self.parts.map(\.prerelease) ?? self.rank.prerelease }
    /// The number of the post-release.
    public var post: VersionNumber? { self.parts.map(\.post) ?? self.rank.post }
    /// The number of the development release.
    public var development: VersionNumber? { self.parts.map(\.development) ?? self.rank.development }
    /// The parts of the local version; empty for none.
    public var local: [LocalPart] { self.parts?.local ?? [] }

    /// Whether it is a pre-release or a development release.
    public var isPrerelease: Bool { self.prerelease != nil || self.development != nil }
    /// Whether it is a post-release.
    public var isPostrelease: Bool { self.post != nil }

    /// The version without its local part.
    public var publicVersion: PythonVersion {
        self.local.isEmpty
            ? self
            : PythonVersion(
                epoch: self.epoch, release: self.release, prerelease: self.prerelease, post: self.post,
                development: self.development)
    }

    /// Epoch and release alone.
    public var baseVersion: PythonVersion { PythonVersion(epoch: self.epoch, release: self.release) }

    /// The normal form: `1!2.0rc1.post2.dev3+local.4`.
    public var description: String { self.text(of: self.release) }

    /// The normal form without zeros at the end of the release, by which equal versions have equal texts.
    public var canonicalDescription: String { self.text(of: self.release.dropLast(while: \.isZero)) }

    private func text(of release: [VersionNumber]) -> String {
        var text = self.epoch.isZero ? "" : "\(self.epoch)!"
        text += release.map(\.description).joined(separator: ".")
        if let prerelease = self.prerelease { text += "\(prerelease.kind.letters)\(prerelease.number)" }
        if let post = self.post { text += ".post\(post)" }
        if let development = self.development { text += ".dev\(development)" }
        if !self.local.isEmpty {
            let parts = self.local.map { part in
                switch part {
                case .text(let text): text
                case .number(let number): number.description
                }
            }
            text += "+" + parts.joined(separator: ".")
        }
        return text
    }
}

extension [VersionNumber] {
    /// The numbers up to the last that fails, at least the first.
    func dropLast(while isDropped: (VersionNumber) -> Bool) -> [VersionNumber] {
        var end = self.count
        while end > 1, isDropped(self[end - 1]) { end -= 1 }
        return Array(self[..<end])
    }
}
