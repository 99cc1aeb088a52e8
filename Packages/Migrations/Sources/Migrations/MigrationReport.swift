public import Persistence

/// What a migration is doing, told while it runs.
public enum MigrationProgress: Sendable, Hashable {
    /// Somebody else migrates the same database; this run waits for them.
    case waitingForLock
    /// A revision begins.
    case applying(Revision.Key, title: String)
    /// A revision and its record are in the database.
    case applied(Revision.Key, duration: Duration)
    /// Undoing a revision begins.
    case undoing(Revision.Key, title: String)
    /// A revision and its record are gone.
    case undone(Revision.Key, duration: Duration)
    /// An optional revision does not apply to this database and is left out.
    case skipped(Revision.Key, title: String)
    /// Tables that another tool made were taken over as those of a revision, which is recorded with all before it.
    ///
    /// `differences` has a line for people for everything in which the tables are not as the revision makes them.
    case adopted(Revision.Key, differences: [String])
}

/// One revision of the program's, and whether the database has it.
public struct RevisionStatus: Sendable, Hashable {
    /// The name of the revision.
    public let key: Revision.Key
    /// What it does, in one line.
    public let title: String
    /// When it was applied or stamped, `nil` if it is pending.
    public let appliedAt: Timestamp?
    /// Whether it is the newest of its chain.
    public let isHead: Bool
    /// `false` for an optional revision that is not applied and cannot be here; it is not pending either.
    public let isApplicable: Bool
}

/// Where a database stands in one chain.
public struct ChainStatus: Sendable, Hashable {
    /// The name of the chain.
    public let chain: String
    /// The newest applied revision, `nil` if none is.
    public let current: Revision.Key?
    /// What is not applied yet and could be, oldest first.
    public let pending: [Revision.Key]

    /// Whether nothing is pending.
    public var isAtHead: Bool { self.pending.isEmpty }
}

/// What stands between a database and the newest schema.
public struct DatabaseStatus: Sendable, Hashable, CustomStringConvertible {
    /// What is not applied yet and could be, in the order of application; that of chains which wait for adoption included.
    public let pending: [Revision.Key]
    /// The chains whose tables another tool made; the next upgrade compares and takes them over.
    public let waitingForAdoption: [String]
    /// Tables of chains without records that no other tool's records explain; an upgrade refuses them.
    public let unrecordedTables: [String]

    /// Whether nothing is to be done.
    public var isCurrent: Bool {
        self.pending.isEmpty && self.waitingForAdoption.isEmpty && self.unrecordedTables.isEmpty
    }

    /// One line for people: `pending: commons:d4e5f6a7b8c9; waits for adoption: gateway`.
    public var description: String {
        if self.isCurrent { return "at head" }
        var parts: [String] = []
        if !self.pending.isEmpty { parts.append("pending: " + self.pending.map(\.description).joined(separator: ", ")) }
        if !self.waitingForAdoption.isEmpty {
            parts.append("waits for adoption: " + self.waitingForAdoption.joined(separator: ", "))
        }
        if !self.unrecordedTables.isEmpty {
            parts.append("tables without a record: " + self.unrecordedTables.joined(separator: ", "))
        }
        return parts.joined(separator: "; ")
    }
}
