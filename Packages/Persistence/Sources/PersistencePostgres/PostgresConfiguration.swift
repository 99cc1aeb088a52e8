/// How a PostgreSQL server is used: how many connections, and how long anything may take.
public struct PostgresConfiguration: Sendable, Hashable {
    /// Most connections at a time, each with a thread of its own, 1 to 1000; default 10.
    public var maximumConnections: Int

    /// How many connections stay open when nothing is to be done, 0 to `maximumConnections`; default 1.
    public var minimumConnections: Int

    /// How long a caller waits for a connection; default 5 s.
    public var waitDeadline: Duration

    /// How many callers may wait for a connection; default 1024.
    public var maximumWaiters: Int

    /// How long it may take to connect, all servers of the URL together; default 5 s.
    public var connectTimeout: Duration

    /// How long a connection that nobody needs stays open, beyond the minimum; default 5 min.
    public var idleLimit: Duration

    /// How old a connection may get, give or take a tenth, before another one takes its place; default 30 min.
    public var lifetimeLimit: Duration

    /// After how long without use a connection is tried before it is lent; default 30 s.
    public var healthCheckAfter: Duration

    /// How long a statement may run; `nil` for any time; default 30 s. A server that does not even say so gets a second more.
    public var statementTimeout: Duration?

    /// How long a statement waits for a lock of another session; `nil` for as long as it may run; default `nil`.
    public var lockTimeout: Duration?

    /// How many prepared statements each connection keeps, 1 or more; default 128.
    public var statementCacheSize: Int

    /// By which name the server's administrator sees the connections, such as in `pg_stat_activity`.
    public var applicationName: String

    /// Creates a configuration; values out of range are brought into it.
    public init(
        maximumConnections: Int = 10, minimumConnections: Int = 1, waitDeadline: Duration = .seconds(5),
        maximumWaiters: Int = 1024, connectTimeout: Duration = .seconds(5), idleLimit: Duration = .seconds(300),
        lifetimeLimit: Duration = .seconds(1800), healthCheckAfter: Duration = .seconds(30),
        statementTimeout: Duration? = .seconds(30), lockTimeout: Duration? = nil, statementCacheSize: Int = 128,
        applicationName: String = "gatehouse"
    ) {
        self.maximumConnections = min(max(maximumConnections, 1), 1000)
        self.minimumConnections = min(max(minimumConnections, 0), self.maximumConnections)
        self.waitDeadline = max(waitDeadline, .zero)
        self.maximumWaiters = max(maximumWaiters, 0)
        self.connectTimeout = max(connectTimeout, .milliseconds(1))
        self.idleLimit = max(idleLimit, .milliseconds(1))
        self.lifetimeLimit = max(lifetimeLimit, .milliseconds(1))
        self.healthCheckAfter = max(healthCheckAfter, .milliseconds(1))
        self.statementTimeout = statementTimeout.map { max($0, .milliseconds(1)) }
        self.lockTimeout = lockTimeout.map { max($0, .milliseconds(1)) }
        self.statementCacheSize = max(statementCacheSize, 1)
        self.applicationName = applicationName
    }
}
