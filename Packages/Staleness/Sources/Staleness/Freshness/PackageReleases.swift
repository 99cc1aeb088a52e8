/// What an index said about a Python package.
public struct PackageReleases: Sendable, Hashable {
    /// A release.
    public struct Release: Sendable, Hashable {
        /// Its version.
        public let version: PythonVersion
        /// Whether its authors took all of its files back (PEP 592).
        public let isYanked: Bool
        /// Why, if they said so: at most 200 characters on one line.
        public let yankedReason: String?
        /// Whether anything of it can be had; not where the index says that all of its files were removed.
        public let hasFiles: Bool

        /// Creates a release.
        public init(
            _ version: PythonVersion, isYanked: Bool = false, yankedReason: String? = nil, hasFiles: Bool = true
        ) {
            self.version = version
            self.hasFiles = hasFiles
            self.isYanked = isYanked
            self.yankedReason = yankedReason.flatMap { $0.oneLine(limit: 200) }
        }
    }

    /// What the index says about the package as a whole (PEP 792).
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// In use; also where nothing is said, or something that is not known.
        case active
        /// Nothing more is to come.
        case archived
        /// Possibly harmful.
        case quarantined
        /// Not to be used any more.
        case deprecated
    }

    /// The name.
    public let name: PythonPackageName
    /// What the index says about the package as a whole.
    public let status: Status
    /// Why, if it said so: at most 200 characters on one line.
    public let statusReason: String?
    /// The releases, each version once, in the order of versions.
    public let releases: [Release]
    /// The newest version that is neither a pre-release nor taken back, and has files; a pre-release where there is nothing else; nil where
    /// everything was taken back or nothing was released.
    public let newest: PythonVersion?

    /// Puts releases in order.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - releases: In any order; of two with equal versions, one that was not taken back stands.
    ///   - status: What the index says about the package as a whole.
    ///   - statusReason: Why.
    public init(_ name: PythonPackageName, _ releases: [Release], status: Status = .active, statusReason: String? = nil) {
        self.name = name
        self.status = status
        self.statusReason = statusReason.flatMap { $0.oneLine(limit: 200) }
        var byVersion: [PythonVersion: Release] = [:]
        for release in releases where byVersion[release.version]?.isYanked ?? true { byVersion[release.version] = release }
        self.releases = byVersion.values.sorted { $0.version < $1.version }
        let untouched = self.releases.filter { !$0.isYanked }
        // Who lists no files at all says nothing about them.
        let standing = untouched.contains { $0.hasFiles } ? untouched.filter { $0.hasFiles } : untouched
        self.newest = (standing.last { !$0.version.isPrerelease } ?? standing.last)?.version
    }

    /// The release with a version, whatever the local part of it.
    func release(of version: PythonVersion) -> Release? {
        self.find(version) ?? (version.local.isEmpty ? nil : self.find(version.publicVersion))
    }

    private func find(_ version: PythonVersion) -> Release? {
        var (low, high) = (0, self.releases.count)
        while low < high {
            let middle = (low + high) / 2
            if self.releases[middle].version < version { low = middle + 1 } else { high = middle }
        }
        guard low < self.releases.count, self.releases[low].version == version else { return nil }
        return self.releases[low]
    }
}

extension String {
    /// The text without control characters and blanks around it; nil where nothing is left.
    func oneLine(limit: Int) -> String? {
        var text = ""
        var count = 0
        for scalar in self.unicodeScalars {
            guard count < limit else { break }
            count += 1
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: text.unicodeScalars.append(" ")
            default: text.unicodeScalars.append(scalar)
            }
        }
        let trimmed = text.trimmed
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}
