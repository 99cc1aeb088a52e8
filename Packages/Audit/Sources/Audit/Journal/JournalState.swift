public import Persistence

/// How a journal fares, for health checks and metrics.
public struct JournalState: Sendable, Hashable {
    /// Records that wait for their answer.
    public var waiting = 0
    /// What stands in the spool.
    public var spool = SpoolState()
    /// Whether somebody else writes as this writer; nothing is kept then until the process starts anew.
    public var hasConflict = false
    /// Whether the journal has ended.
    public var isStopped = false
}

/// What stands in the spool and waits for the database.
public struct SpoolState: Sendable, Hashable {
    /// Records that the database does not have yet.
    public var depth = 0
    /// Bytes of the files.
    public var bytes = 0
    /// When the oldest of the records was made; nil when there is none.
    public var oldest: Timestamp?
    /// Whether the last attempt to write the spool worked.
    public var isWritable = true
    /// Whether the last attempt to write the spool failed because it has reached its bound.
    public var isFull = false
    /// When the newest head was written beside the spool; nil before the first, and when that failed.
    public var headStoredAt: Timestamp?
    /// Files that were put aside, because they contradict the database or are damaged; each stays for a person to look at.
    public var filesPutAside = 0
    /// Why the last attempt to bring records to the database failed, in words without data; nil when it worked.
    public var lastFailure: String?

    /// How long the oldest record has waited by now; zero when there is none.
    public func age(at now: Timestamp = .now()) -> Duration {
        self.oldest.map { max($0.duration(to: now), .zero) } ?? .zero
    }
}
