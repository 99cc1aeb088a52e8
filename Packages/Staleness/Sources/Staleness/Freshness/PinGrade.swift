/// How far a pin lies behind, with the reason.
public struct PinGrade: Sendable, Hashable {
    /// The grade.
    public let freshness: Freshness
    /// The newest version, in normal form; nil where it is not known.
    public let latest: String?
    /// Why, in one sentence without a full stop, such as `1.26.4 is pinned and 2.3.1 is the newest`.
    public let reason: String
    /// Whether the answer was not to be had now, so that asking again may bring one; only with ``Freshness/unknown``.
    public let isProvisional: Bool

    init(_ freshness: Freshness, latest: PythonVersion? = nil, _ reason: String) {
        self.freshness = freshness
        self.latest = latest?.description
        self.reason = reason
        self.isProvisional = false
    }

    private init(unknown reason: String, isProvisional: Bool) {
        self.freshness = .unknown
        self.latest = nil
        self.reason = reason
        self.isProvisional = isProvisional
    }

    /// Nobody can tell, and asking again will not help soon: no index for such packages, no such package.
    public static func unknown(_ reason: String) -> PinGrade { PinGrade(unknown: reason, isProvisional: false) }

    /// Nobody could be asked now.
    public static func unanswered(_ reason: String) -> PinGrade { PinGrade(unknown: reason, isProvisional: true) }

    /// Grades a pin of a Python package by what the index said.
    ///
    /// One version is compared with the newest final one that was not taken back. A range is current while the newest one lies
    /// in it; otherwise the highest version in it is compared. What was taken back is ``Freshness/yanked``, and every pin of a
    /// package that is deprecated or quarantined ``Freshness/deprecated``. A version that the index does not list and that is
    /// newer than all it lists is ``Freshness/unknown``.
    ///
    /// Pins of other ecosystems, and unreadable ones, are ``Freshness/unknown``.
    public init(_ pin: PackagePin, by releases: PackageReleases) {
        switch pin.requirement {
        case .version(let version): self = Self.grade(version, releases)
        case .range(let set): self = Self.grade(set, pin.versions, releases)
        default: self = PinGrade(withoutIndex: pin) ?? .unknown("no index was asked about \(pin.name)")
        }
    }

    /// The grade of a pin that no index has to be asked about; nil for those of Python packages.
    public init?(withoutIndex pin: PackagePin) {
        switch pin.requirement {
        case .version, .range: return nil
        case .npm: self = .unknown("no index of npm packages is asked")
        case .swift: self = .unknown("no index of Swift packages is asked")
        case .unreadable(let reason): self = .unknown(reason)
        }
    }

    private static func grade(_ pinned: PythonVersion, _ releases: PackageReleases) -> PinGrade {
        let release = releases.release(of: pinned)
        if let release, release.isYanked {
            let reason = release.yankedReason.map { ": \($0)" } ?? ""
            return PinGrade(.yanked, latest: releases.newest, "\(pinned) was taken back by its authors\(reason)")
        }
        if let grade = Self.abandoned(releases) { return grade }
        guard let newest = releases.newest else { return .unknown("the index lists no release that stands") }
        // A build of a listed version counts as that version.
        let compared = release?.version ?? pinned
        guard release != nil || compared < newest else {
            return PinGrade(.unknown, latest: newest, "the index lists no version \(pinned), the newest is \(newest)")
        }
        let grade = Freshness.grade(compared, newest: newest)
        return PinGrade(grade, latest: newest, Self.comparison("\(pinned) is pinned", grade, newest) + Self.archive(releases))
    }

    private static func grade(_ set: PythonSpecifierSet, _ text: String, _ releases: PackageReleases) -> PinGrade {
        let inside = releases.releases.filter { set.contains($0.version) }
        let standing = inside.filter { !$0.isYanked }
        if standing.isEmpty, let yanked = inside.last {
            let reason = yanked.yankedReason.map { ": \($0)" } ?? ""
            return PinGrade(
                .yanked, latest: releases.newest, "all versions in \(text) were taken back by their authors\(reason)")
        }
        if let grade = Self.abandoned(releases) { return grade }
        guard let newest = releases.newest else { return .unknown("the index lists no release that stands") }
        if standing.contains(where: { $0.version == newest }) {
            return PinGrade(.current, latest: newest, "\(text) admits \(newest), the newest" + Self.archive(releases))
        }
        guard let best = (standing.last { !$0.version.isPrerelease } ?? standing.last)?.version else {
            return PinGrade(.unknown, latest: newest, "the index lists no version in \(text), the newest is \(newest)")
        }
        let grade = Freshness.grade(best, newest: newest)
        return PinGrade(
            grade, latest: newest, Self.comparison("\(text) reaches up to \(best)", grade, newest) + Self.archive(releases))
    }

    private static func comparison(_ beginning: String, _ grade: Freshness, _ newest: PythonVersion) -> String {
        switch grade {
        case .current: "\(beginning), and the newest is \(newest)"
        case .patch: "\(beginning), and \(newest) brings corrections"
        case .minor: "\(beginning), and \(newest) is another minor version"
        default: "\(beginning), and \(newest) is another major version"
        }
    }

    private static func abandoned(_ releases: PackageReleases) -> PinGrade? {
        guard releases.status == .deprecated || releases.status == .quarantined else { return nil }
        let reason = releases.statusReason.map { ": \($0)" } ?? ""
        return PinGrade(
            .deprecated, latest: releases.newest, "the index calls \(releases.name) \(releases.status.rawValue)\(reason)")
    }

    private static func archive(_ releases: PackageReleases) -> String {
        releases.status == .archived ? "; the package is archived" : ""
    }
}
