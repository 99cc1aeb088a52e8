/// A stretch of the line of versions.
struct VersionSpan: Sendable {
    /// Where it begins.
    enum Lower: Sendable {
        case unbounded
        case at(PythonVersion)
        case above(PythonVersion)
        /// Above the version and all its local versions.
        case aboveLocals(PythonVersion)
        /// Above the version, its local versions and its post-releases.
        case abovePosts(PythonVersion)
    }

    /// Where it ends.
    enum Upper: Sendable {
        case unbounded
        case at(PythonVersion)
        case below(PythonVersion)
        /// At the version or one of its local versions.
        case atLocals(PythonVersion)
    }

    let lower: Lower
    let upper: Upper

    /// The spans of a condition, none for one that nothing meets.
    static func spans(_ comparison: PythonSpecifier.Operator, _ version: PythonVersion, isPrefix: Bool) -> [VersionSpan] {
        switch comparison {
        case .equal where isPrefix:
            return [VersionSpan(lower: .at(version.firstOfBase), upper: .below(version.firstBehindPrefix))]
        case .notEqual where isPrefix:
            return [
                VersionSpan(lower: .unbounded, upper: .below(version.firstOfBase)),
                VersionSpan(lower: .at(version.firstBehindPrefix), upper: .unbounded),
            ]
        case .atLeast: return [VersionSpan(lower: .at(version), upper: .unbounded)]
        case .atMost: return [VersionSpan(lower: .unbounded, upper: .atLocals(version))]
        case .greater: return [VersionSpan(lower: Self.lower(above: version), upper: .unbounded)]
        case .less:
            let bound = version.isPrerelease ? version : version.with(development: 0)
            return [VersionSpan(lower: .unbounded, upper: .below(bound))]
        case .equal:
            let hasLocal = !version.local.isEmpty
            return [VersionSpan(lower: .at(version), upper: hasLocal ? .at(version) : .atLocals(version))]
        case .notEqual:
            let hasLocal = !version.local.isEmpty
            return [
                VersionSpan(lower: .unbounded, upper: .below(version)),
                VersionSpan(lower: hasLocal ? .above(version) : .aboveLocals(version), upper: .unbounded),
            ]
        case .compatible:
            let prefix = PythonVersion(epoch: version.epoch, release: Array(version.release.dropLast()))
            return [VersionSpan(lower: .at(version), upper: .below(prefix.firstBehindPrefix))]
        case .identical: return []
        }
    }

    private static func lower(above version: PythonVersion) -> Lower {
        if let development = version.development { return .at(version.with(development: development.successor)) }
        if let post = version.post {
            return .at(
                PythonVersion(
                    epoch: version.epoch, release: version.release, prerelease: version.prerelease, post: post.successor,
                    development: 0))
        }
        return .abovePosts(version)
    }

    static func contain(_ spans: [VersionSpan], _ candidate: PythonVersion) -> Bool {
        spans.contains { $0.isAboveLower(candidate) && $0.isBelowUpper(candidate) }
    }

    private func isAboveLower(_ candidate: PythonVersion) -> Bool {
        switch self.lower {
        case .unbounded: true
        case .at(let version): candidate >= version
        case .above(let version): candidate > version
        case .aboveLocals(let version): candidate > version && candidate.publicVersion != version
        case .abovePosts(let version):
            candidate > version && !(candidate.hasBase(of: version) && candidate.prerelease == version.prerelease)
        }
    }

    private func isBelowUpper(_ candidate: PythonVersion) -> Bool {
        switch self.upper {
        case .unbounded: true
        case .at(let version): candidate <= version
        case .below(let version): candidate < version
        case .atLocals(let version): candidate <= version || candidate.publicVersion == version
        }
    }
}

extension PythonVersion {
    /// The first of all versions with the release: `1.2.dev0`.
    fileprivate var firstOfBase: PythonVersion { PythonVersion(epoch: self.epoch, release: self.release, development: 0) }

    /// The first version behind all that begin with the release: `1.3.dev0` behind `1.2.*`.
    fileprivate var firstBehindPrefix: PythonVersion {
        var release = self.release
        if let last = release.popLast() { release.append(last.successor) }
        return PythonVersion(epoch: self.epoch, release: release, development: 0)
    }

    fileprivate func with(development: VersionNumber) -> PythonVersion {
        PythonVersion(
            epoch: self.epoch, release: self.release, prerelease: self.prerelease, post: self.post, development: development)
    }

    fileprivate func hasBase(of other: PythonVersion) -> Bool {
        self.epoch == other.epoch && Self.order(self.release, other.release) == 0
    }
}
