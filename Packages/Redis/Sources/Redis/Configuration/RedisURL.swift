/// Where a Redis server is, and who signs in there.
///
/// | form | meaning |
/// | --- | --- |
/// | `redis://user:password@host:6379/0` | plain TCP; all parts but the host may be missing |
/// | `rediss://…` | the same over TLS |
/// | `unix:///run/redis.sock?db=1`, `redis+unix://…` | a socket file; `user:password@` may stand before the path |
///
/// User, password, host and path are percent-decoded, IPv6 addresses stand in brackets, and `redis://:password@host` means the
/// default user. `?db=`, `?username=` and `?password=` are understood in every form.
public struct RedisURL: Sendable, Hashable {
    /// How the server is reached.
    public enum Address: Sendable, Hashable {
        /// A name or IP address, and a port from 1 to 65 535.
        case host(String, port: Int)
        /// The path of a socket file.
        case socket(path: String)
    }

    /// How the server is reached.
    public let address: Address
    /// Whether TLS is spoken.
    public let usesTLS: Bool
    /// The number of the database, 0 or more.
    public let database: Int
    /// The user to sign in as; nil for the default user.
    public let user: String?
    /// The password; it appears in no description.
    let password: String?

    init(address: Address, usesTLS: Bool, database: Int, user: String?, password: String?) {
        self.address = address
        self.usesTLS = usesTLS
        self.database = database
        self.user = user
        self.password = password
    }

    /// Parses a URL.
    ///
    /// - Throws: ``RedisError`` with code `invalidURL`; its message does not repeat the text, which may hold a password.
    public init(parsing text: String) throws(RedisError) {
        var parser = try RedisURLParser(text)
        self = try parser.parse()
    }
}

extension RedisURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL without user and password, such as `rediss://cache.example:6380/2`.
    public var description: String {
        switch self.address {
        case .host(let name, let port):
            let shown = name.contains(":") ? "[\(name)]" : name
            return "\(self.usesTLS ? "rediss" : "redis")://\(shown):\(port)/\(self.database)"
        case .socket(let path):
            return "unix://\(path)?db=\(self.database)"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// Shows nothing but the description, as a dump would show the password.
    public var customMirror: Mirror { Mirror(self, children: [("url", self.description)]) }
}
