/// How a SQLite database is opened and shared.
public struct SQLiteConfiguration: Sendable, Hashable {
    /// When a commit counts as done, in the words of `PRAGMA synchronous`.
    public enum Synchronous: String, Sendable, Hashable {
        /// After the log has reached the disk: a commit survives a power cut.
        case full = "FULL"
        /// Without waiting: the file stays sound, but a power cut may undo the last commits.
        case normal = "NORMAL"
    }

    /// Connections for `read`, each with a thread, 1 to 64; default 4.
    public var readerCount: Int

    /// What a commit waits for; default `full`.
    public var synchronous: Synchronous

    /// How long a statement waits for a lock that another process holds; default 5 s.
    public var busyTimeout: Duration

    /// How long a caller waits for a connection; default 5 s.
    public var waitDeadline: Duration

    /// How many callers may wait for a reader, and how many for the writer; default 1024.
    public var maximumWaiters: Int

    /// How many compiled statements each connection keeps, 1 or more; default 128.
    public var statementCacheSize: Int

    /// Creates a configuration; values out of range are brought into it.
    public init(
        readerCount: Int = 4, synchronous: Synchronous = .full, busyTimeout: Duration = .seconds(5),
        waitDeadline: Duration = .seconds(5), maximumWaiters: Int = 1024, statementCacheSize: Int = 128
    ) {
        self.readerCount = min(max(readerCount, 1), 64)
        self.synchronous = synchronous
        self.busyTimeout = max(busyTimeout, .zero)
        self.waitDeadline = max(waitDeadline, .zero)
        self.maximumWaiters = max(maximumWaiters, 0)
        self.statementCacheSize = max(statementCacheSize, 1)
    }
}
