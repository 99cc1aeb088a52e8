/// A PostgreSQL server, the database on it, and how to log in.
///
/// The URL form is libpq's (PostgreSQL manual, section "Connection URIs"): several hosts may stand with commas between
/// them, an IPv6 address stands in brackets, and everything may be left out.
public struct PostgresLocation: Sendable, Hashable {
    /// One server to try.
    public struct Host: Sendable, Hashable {
        /// A name, an address without brackets, or empty for libpq's default.
        public var name: String
        /// 1 to 65535, or `nil` for libpq's default, 5432.
        public var port: Int?
    }

    /// A setting of the connection, such as `sslmode`.
    public struct Parameter: Sendable, Hashable {
        /// The keyword of libpq's.
        public var name: String
        /// Its value.
        public var value: String
    }

    /// The servers in the order in which they are tried; empty for libpq's default.
    public let hosts: [Host]

    /// The database, or `nil` for libpq's default.
    public let database: String?

    /// Who logs in, or `nil` for libpq's default.
    public let user: String?

    /// The password, which must not be logged.
    public let password: String?

    /// Further settings in the order of the URL; a password may stand here too.
    public let parameters: [Parameter]

    init(afterScheme text: Substring) throws(PersistenceError) {
        guard text.hasPrefix("//") else { throw DatabaseURL.broken("postgres is followed by ://") }
        guard !text.utf8.contains(UInt8(ascii: "#")) else {
            throw DatabaseURL.broken("it has no fragment; write %23 for the sign #")
        }
        let (front, query) = Self.split(text.dropFirst(2), atFirst: "?")
        let (authority, database) = Self.split(front, atFirst: "/")
        var servers = authority
        var login: Substring?
        if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
            login = authority[..<at]
            servers = authority[authority.utf8.index(after: at)...]
        }
        let (user, password) = Self.split(login ?? "", atFirst: ":")
        self.user = user.isEmpty ? nil : try DatabaseURL.percentDecoded(user)
        self.password = try password.map(DatabaseURL.percentDecoded)
        self.hosts = try Self.hosts(servers)
        self.database = try database.flatMap { $0.isEmpty ? nil : $0 }.map(DatabaseURL.percentDecoded)
        self.parameters = try Self.parameters(query ?? "")
    }

    private static func hosts(_ text: Substring) throws(PersistenceError) -> [Host] {
        var hosts: [Host] = []
        if text.isEmpty { return hosts }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            var name = part
            var port: Substring?
            if part.hasPrefix("[") {
                guard let bracket = part.utf8.firstIndex(of: UInt8(ascii: "]")) else {
                    throw DatabaseURL.broken("an IPv6 address ends with a bracket")
                }
                name = part[part.utf8.index(after: part.startIndex)..<bracket]
                let tail = part[part.utf8.index(after: bracket)...]
                guard tail.isEmpty || tail.hasPrefix(":") else {
                    throw DatabaseURL.broken("a bracket is followed by a port or by nothing")
                }
                port = tail.isEmpty ? nil : tail.dropFirst()
            } else {
                (name, port) = Self.split(part, atFirst: ":")
            }
            hosts.append(Host(name: try DatabaseURL.percentDecoded(name), port: try Self.port(port)))
        }
        return hosts
    }

    private static func port(_ text: Substring?) throws(PersistenceError) -> Int? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = Int(text),
            (1...65535).contains(port)
        else { throw DatabaseURL.broken("a port is a number from 1 to 65535") }
        return port
    }

    private static func parameters(_ query: Substring) throws(PersistenceError) -> [Parameter] {
        var parameters: [Parameter] = []
        for part in query.split(separator: "&") {
            let (name, value) = Self.split(part, atFirst: "=")
            guard let value, !name.isEmpty else {
                throw DatabaseURL.broken("parameters have the form name=value, with & between them")
            }
            let decodedName = try DatabaseURL.percentDecoded(name)
            parameters.append(Parameter(name: decodedName, value: try DatabaseURL.percentDecoded(value)))
        }
        return parameters
    }

    private static func split(_ text: Substring, atFirst separator: Unicode.Scalar) -> (Substring, Substring?) {
        guard let place = text.utf8.firstIndex(of: UInt8(ascii: separator)) else { return (text, nil) }
        return (text[..<place], text[text.utf8.index(after: place)...])
    }
}

extension PostgresLocation: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL without passwords: `postgresql://app:***@db.internal:5432/gatehouse?sslmode=require`.
    public var description: String {
        var text = "postgresql://"
        if self.user != nil || self.password != nil {
            text += (self.user ?? "") + (self.password == nil ? "@" : ":***@")
        }
        text += self.hosts.map { host in
            let name = host.name.utf8.contains(UInt8(ascii: ":")) ? "[\(host.name)]" : host.name
            return host.port.map { "\(name):\($0)" } ?? name
        }.joined(separator: ",")
        text += "/" + (self.database ?? "")
        if !self.parameters.isEmpty {
            text += "?"
            text += self.parameters.map { parameter in
                let isSecret = parameter.name.lowercased().contains("pass")
                return "\(parameter.name)=\(isSecret ? "***" : parameter.value)"
            }.joined(separator: "&")
        }
        return text
    }

    /// The URL without passwords, as ``description``.
    public var debugDescription: String { self.description }

    /// What `dump` shows: the URL without passwords.
    public var customMirror: Mirror { Mirror(self, children: ["url": self.description]) }
}
