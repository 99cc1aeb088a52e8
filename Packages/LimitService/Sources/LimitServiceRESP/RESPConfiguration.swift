/// Where and how to listen for clients that speak RESP.
public struct RESPConfiguration: Sendable {
    /// What one connection may ask for; more ends it with `-ERR Protocol error: …`.
    public struct Limits: Sendable {
        /// The longest argument in bytes; half a mebibyte by default.
        public var bulkBytes = 512 << 10
        /// The most arguments of a command, its name included; 1 024 by default.
        public var arguments = 1_024
        /// The most bytes of one command, framing included; a mebibyte by default.
        public var requestBytes = 1 << 20
        /// The longest line of an inline command in bytes; 64 KiB by default.
        public var inlineBytes = 64 << 10
        /// Decisions that may be under way before no further command is read; 1 024 by default.
        public var pendingDecisions = 1_024
        /// Bytes of replies that are gathered before they are written; 256 KiB by default.
        public var replyBytes = 256 << 10

        /// The usual limits.
        public init() {}

        /// What a client may ask for before it has authenticated, as in Redis: ten arguments of 16 KiB.
        var unauthenticated: Limits {
            var limits = self
            limits.arguments = min(self.arguments, 10)
            limits.bulkBytes = min(self.bulkBytes, 16 << 10)
            return limits
        }
    }

    /// The address or name to listen on.
    public var host: String
    /// The port; 0 picks a free one.
    public var port: Int
    /// The password that clients must give with `AUTH` or `HELLO … AUTH`; `nil` asks for none.
    public var password: String?
    /// The most connections at once; one more is told so and closed. 10 000 by default.
    public var maximumConnections = 10_000
    /// How long a connection may go without a complete command; five minutes by default.
    public var idleTimeout: Duration = .seconds(300)
    /// How long connections may take to end when the listener shuts down; five seconds by default.
    public var drainTimeout: Duration = .seconds(5)
    /// What one connection may ask for.
    public var limits = Limits()

    /// Creates a configuration.
    ///
    /// - Parameters:
    ///   - host: The address or name to listen on.
    ///   - port: The port; 0 picks a free one.
    ///   - password: The password that clients must give; `nil`, the default, or an empty one asks for none.
    public init(host: String, port: Int, password: String? = nil) {
        self.host = host
        self.port = port
        self.password = password.flatMap { $0.isEmpty ? nil : $0 }
    }
}
