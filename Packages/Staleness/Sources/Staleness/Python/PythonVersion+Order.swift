extension PythonVersion {
    /// Whether two versions have one place in the order of PEP 440; their texts may differ.
    public static func == (left: PythonVersion, right: PythonVersion) -> Bool {
        guard left.rank.high == right.rank.high, left.rank.low == right.rank.low else { return false }
        return left.rank.isExact || left.order(to: right) == 0
    }

    /// The order of PEP 440.
    public static func < (left: PythonVersion, right: PythonVersion) -> Bool {
        if left.rank.high != right.rank.high { return left.rank.high < right.rank.high }
        if left.rank.low != right.rank.low { return left.rank.low < right.rank.low }
        return !left.rank.isExact && left.order(to: right) < 0
    }

    /// Hashes what equality compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.rank.high)
        hasher.combine(self.rank.low)
        if !self.rank.isExact { hasher.combine(self.canonicalDescription) }
    }

    /// Below zero when it comes before the other, zero when they are equal.
    private func order(to other: PythonVersion) -> Int {
        if self.epoch != other.epoch { return self.epoch < other.epoch ? -1 : 1 }
        let release = Self.order(self.release, other.release)
        if release != 0 { return release }
        for (mine, theirs) in zip(self.suffix, other.suffix) where mine != theirs { return mine < theirs ? -1 : 1 }
        return Self.order(self.local, other.local)
    }

    /// Rank and number of pre-release, post-release and development release.
    private var suffix: [VersionNumber] {
        let isDevelopmentOnly = self.prerelease == nil && self.post == nil && self.development != nil
        let rank = self.prerelease.map { UInt64($0.kind.rawValue) } ?? (isDevelopmentOnly ? 0 : 4)
        return [
            VersionNumber(rank), self.prerelease?.number ?? 0, self.post == nil ? 0 : 1, self.post ?? 0,
            self.development == nil ? 1 : 0, self.development ?? 0,
        ]
    }

    /// Compares releases as if the shorter one had zeros at its end.
    static func order(_ left: [VersionNumber], _ right: [VersionNumber]) -> Int {
        for index in 0..<max(left.count, right.count) {
            let mine = index < left.count ? left[index] : 0
            let theirs = index < right.count ? right[index] : 0
            if mine != theirs { return mine < theirs ? -1 : 1 }
        }
        return 0
    }

    /// Compares local versions: none first, then part by part, texts before numbers, the shorter first.
    private static func order(_ left: [LocalPart], _ right: [LocalPart]) -> Int {
        for (mine, theirs) in zip(left, right) where mine != theirs {
            switch (mine, theirs) {
            case (.text(let mine), .text(let theirs)): return mine.utf8.lexicographicallyPrecedes(theirs.utf8) ? -1 : 1
            case (.number(let mine), .number(let theirs)): return mine < theirs ? -1 : 1
            case (.text, .number): return -1
            case (.number, .text): return 1
            }
        }
        return left.count - right.count
    }
}
