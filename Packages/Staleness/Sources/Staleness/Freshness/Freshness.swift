/// How far something that was pinned lies behind what there is now.
public enum Freshness: String, Sendable, Hashable, CaseIterable {
    /// It is the newest final version, or newer.
    case current
    /// The newest one differs in the third number or behind it.
    case patch
    /// The newest one differs in the second number.
    case minor
    /// The newest one differs in the first number or the epoch.
    case major
    /// The pinned version was taken back by its authors.
    case yanked
    /// The whole package should not be used any more.
    case deprecated
    /// Nobody can tell: no such package, no such version, or no answer.
    case unknown

    /// Whether an entry with this grade is stale by the rule of older clients: the newest version differs in more than its
    /// third number, or the pin must not be used any more (CONTRACTS §4.3).
    public var isStale: Bool {
        switch self {
        case .minor, .major, .yanked, .deprecated: true
        case .current, .patch, .unknown: false
        }
    }

    /// Grades a pinned version of a Python package against the newest final one.
    ///
    /// - Returns: One of ``current``, ``patch``, ``minor`` and ``major``.
    public static func grade(_ pinned: PythonVersion, newest: PythonVersion) -> Freshness {
        guard pinned < newest else { return .current }
        guard pinned.epoch == newest.epoch else { return .major }
        return Self.grade(pinned.release, newest.release)
    }

    /// Grades a pinned semantic version against the newest release.
    ///
    /// - Returns: One of ``current``, ``patch``, ``minor`` and ``major``.
    public static func grade(_ pinned: SemanticVersion, newest: SemanticVersion) -> Freshness {
        guard pinned < newest else { return .current }
        return Self.grade([pinned.major, pinned.minor], [newest.major, newest.minor])
    }

    private static func grade(_ pinned: [VersionNumber], _ newest: [VersionNumber]) -> Freshness {
        func number(_ release: [VersionNumber], _ index: Int) -> VersionNumber { index < release.count ? release[index] : 0 }
        if number(pinned, 0) != number(newest, 0) { return .major }
        return number(pinned, 1) == number(newest, 1) ? .patch : .minor
    }
}
