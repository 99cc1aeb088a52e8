/// What the pins of one entry say together.
///
/// - A pin in the metadata speaks for the entry (CONTRACTS §4.3), unless nobody can tell anything about it.
/// - Otherwise the text does: of several versions of one package the best counts, as texts also name what was left behind, and
///   of several packages the one that lies furthest behind.
/// - While one of them could not be asked about, nothing is said, unless another one is stale already.
public struct EntryVerdict: Sendable, Hashable {
    /// A pin and its grade.
    public struct GradedPin: Sendable, Hashable {
        /// The pin.
        public let pin: PackagePin
        /// Its grade.
        public let grade: PinGrade

        /// Creates a pair.
        public init(_ pin: PackagePin, _ grade: PinGrade) {
            self.pin = pin
            self.grade = grade
        }
    }

    /// The pin that decided; nil when there is none.
    public let pin: PackagePin?
    /// The grade of the entry.
    public let grade: PinGrade

    /// What `is_stale` becomes by the compatible policy (CONTRACTS §4.3); nil when it stays as it is, as the index could not be
    /// asked and an outage makes nothing fresh.
    public var isStale: Bool? { self.grade.isProvisional ? nil : self.grade.freshness.isStale }

    /// Judges an entry.
    ///
    /// - Parameter graded: Its pins in the order in which they were found, those of the metadata first.
    public init(_ graded: [GradedPin]) {
        let decision = Self.decision(graded)
        self.pin = decision?.pin
        self.grade = decision?.grade ?? .unknown("no version of a package is named")
    }

    private static func decision(_ graded: [GradedPin]) -> GradedPin? {
        let declared = graded.first { $0.pin.source == .metadata }
        if let declared, declared.grade.freshness != .unknown || declared.grade.isProvisional { return declared }
        var best: [String: GradedPin] = [:]
        for one in graded where one.pin.source == .text && one.grade.freshness != .unknown {
            let key = "\(one.pin.ecosystem.rawValue):\(one.pin.name)"
            if let other = best[key], other.grade.freshness.severity <= one.grade.freshness.severity { continue }
            best[key] = one
        }
        // The first of those that lie equally far behind, so that the answer does not change from one check to the next.
        let decided = graded.filter { best["\($0.pin.ecosystem.rawValue):\($0.pin.name)"] == $0 }
        let worst = decided.reduce(nil as GradedPin?) { worst, one in
            guard let worst, worst.grade.freshness.severity >= one.grade.freshness.severity else { return one }
            return worst
        }
        if let worst, worst.grade.freshness.isStale { return worst }
        return graded.first { $0.grade.isProvisional } ?? worst ?? declared ?? graded.first
    }
}

extension Freshness {
    /// How much a reader should mind.
    var severity: Int {
        switch self {
        case .unknown: 0
        case .current: 1
        case .patch: 2
        case .minor: 3
        case .major: 4
        case .deprecated: 5
        case .yanked: 6
        }
    }
}
