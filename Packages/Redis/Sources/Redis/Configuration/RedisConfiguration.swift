/// How a ``RedisClient`` behaves; every setting has a default that works.
public struct RedisConfiguration: Sendable {
    /// The server, the credentials and the database.
    public var url: RedisURL
    /// How long a command may take when its caller sets no deadline, longer than zero; default 2 s.
    public var commandTimeout: Duration = .seconds(2)
    /// How long connecting, TLS and signing in may take together, longer than zero; default 2 s.
    public var connectTimeout: Duration = .seconds(2)
    /// How long a connection may bring no byte while a command is overdue before it is given up; default 1 s.
    public var silenceTimeout: Duration = .seconds(1)
    /// How long in-flight commands may take at graceful shutdown; default 5 s.
    public var shutdownTimeout: Duration = .seconds(5)
    /// Commands without a reply per connection, 1 or more; more are refused as `unavailable`. Default 16 384.
    public var queueLimit = 16_384
    /// Bytes of commands without a reply per connection, 1 or more; more are refused as `unavailable`. Default 16 MiB.
    public var queueByteLimit = 16 << 20
    /// The greatest reply in bytes, 1 or more; a greater one ends the connection. Default 16 MiB.
    public var replyByteLimit = 16 << 20
    /// The most elements of one reply, nested ones included; more end the connection. Default 1 048 576.
    public var replyElementLimit = 1 << 20
    /// The shortest pause before a new attempt to connect; default 20 ms. The pause doubles with each failure and is drawn
    /// at random from its upper half.
    public var shortestBackoff: Duration = .milliseconds(20)
    /// The longest pause before a new attempt to connect; default 1 s.
    public var longestBackoff: Duration = .seconds(1)
    /// A PEM file of certificate authorities to trust with `rediss://`; nil for those of the system.
    public var caFile: String?
    /// The name that `CLIENT LIST` shows, without blanks; nil for none.
    public var clientName: String?
    /// How often the connection of subscriptions is asked whether it still lives; default 5 s.
    public var subscriptionProbeInterval: Duration = .seconds(5)
    /// Messages of subscriptions that may wait for their reader, 1 or more per subscription; the oldest go first, and the
    /// reader is told of the gap. Default 4 096.
    public var subscriptionBufferLimit = 4_096

    /// Creates the defaults for a server.
    public init(url: RedisURL) {
        self.url = url
    }
}
