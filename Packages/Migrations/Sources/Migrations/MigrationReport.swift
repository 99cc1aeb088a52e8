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
}

/// Where a database stands in one chain.
public struct ChainStatus: Sendable, Hashable {
    /// The name of the chain.
    public let chain: String
    /// The newest applied revision, `nil` if none is.
    public let current: Revision.Key?
    /// What is not applied yet, oldest first.
    public let pending: [Revision.Key]

    /// Whether nothing is pending.
    public var isAtHead: Bool { self.pending.isEmpty }
}
