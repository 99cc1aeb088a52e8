/// What a scan has counted.
public struct ScanTotals: Hashable, Sendable {
    /// Files that were looked at, to their end or not; standard input is one, and each file of a diff.
    public var files = 0
    /// Bytes of them.
    public var bytes = 0
    /// Findings that a pragma lets pass.
    public var allowed = 0
    /// Files and folders that ignore files keep out.
    public var ignored = 0
    /// Findings that a baseline of detect-secrets knows by a prefix only.
    public var coarselyKnown = 0

    /// Creates counts of nothing.
    public init() {}

    static func += (left: inout ScanTotals, right: ScanTotals) {
        left.files += right.files
        left.bytes += right.bytes
        left.allowed += right.allowed
        left.ignored += right.ignored
        left.coarselyKnown += right.coarselyKnown
    }
}

/// What a scan has found, and what it has not looked at.
public struct ScanOutcome: Sendable, Hashable {
    /// What was found, known findings too; sorted by file and place once the scan has ended.
    public var findings: [ReportedFinding] = []
    /// What was not scanned, or not to its end; sorted by file once the scan has ended.
    public var skipped: [SkippedFile] = []
    /// What was counted.
    public var totals = ScanTotals()

    /// Creates an outcome of nothing.
    public init() {}

    /// Findings that no baseline knows.
    public var newFindings: [ReportedFinding] { self.findings.filter { !$0.isKnown } }

    /// Whether everything was scanned that should have been.
    public var isComplete: Bool { !self.skipped.contains { $0.isFailure } }

    /// Adds what another part of the scan has found.
    mutating func add(_ other: ScanOutcome) {
        self.findings += other.findings
        self.skipped += other.skipped
        self.totals += other.totals
    }

    /// Brings findings into the order of files and places, each once, so that a report does not depend on who was first.
    mutating func settle() {
        self.findings = Self.unique(self.findings) { left, right in
            if left.path != right.path { return left.path.lexicographicallyPrecedes(right.path) }
            let order = [
                left.start.line - right.start.line, left.start.column - right.start.column, left.end.line - right.end.line,
                left.end.column - right.end.column,
            ].first { $0 != 0 }
            if let order { return order < 0 }
            return left.rule < right.rule
        }
        self.skipped = Self.unique(self.skipped) { left, right in
            left.path == right.path ? left.reason < right.reason : left.path.lexicographicallyPrecedes(right.path)
        }
    }

    private static func unique<Item: Hashable>(_ items: [Item], by order: (Item, Item) -> Bool) -> [Item] {
        var seen: Set<Item> = []
        return items.filter { seen.insert($0).inserted }.sorted(by: order)
    }
}
