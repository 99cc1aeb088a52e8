/// What a temporary ``RedisServer`` is like; the defaults give plain TCP on 127.0.0.1 without a password.
public struct RedisServerOptions: Sendable {
    /// How the server is reached, and so what its URL says.
    public enum Transport: Sendable, Hashable {
        /// TCP on a free port of 127.0.0.1.
        case tcp
        /// TLS on a free port of 127.0.0.1, with a certificate of an authority of its own.
        case tls
        /// A socket file.
        case unixSocket
    }

    /// A user beside the default one, who may do everything.
    public struct User: Sendable, Hashable {
        /// The name, without blanks.
        public let name: String
        /// The password, without blanks.
        public let password: String

        /// Creates a user.
        public init(name: String, password: String) {
            self.name = name
            self.password = password
        }
    }

    /// How the server is reached.
    public var transport = Transport.tcp
    /// The password of the default user, without blanks; nil for none.
    public var password: String?
    /// A user to add; the URL then names it.
    public var user: User?
    /// The budget in bytes, beyond which writes are refused with `OOM`; nil for none.
    public var maximumMemoryBytes: Int?
    /// More lines for the configuration file, such as `maxclients 5`.
    public var configuration: [String] = []

    /// Creates the defaults.
    public init() {}
}
