import CLibpq
import Persistence

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What libpq is told about one server: its keywords (PostgreSQL manual, "Parameter Key Words") and their values.
struct ConnectionParameters: Sendable {
    private(set) var entries: [(name: String, value: String)] = []

    /// The ways to connect that are tried one after the other.
    ///
    /// libpq tries several hosts by itself, but one that does not answer would use up the time of all; so each is tried by
    /// itself, unless a preference among them is wanted, which only libpq can weigh.
    ///
    /// - Throws: ``PersistenceError`` with code `invalidURL` for a parameter that libpq does not know.
    static func alternatives(
        for location: PostgresLocation, configuration: PostgresConfiguration
    ) throws(PersistenceError) -> [ConnectionParameters] {
        var shared = ConnectionParameters()
        if let database = location.database { shared["dbname"] = database }
        if let user = location.user { shared["user"] = user }
        if let password = location.password { shared["password"] = password }
        shared["application_name"] = configuration.applicationName
        shared["client_encoding"] = "UTF8"
        // libpq would look for Kerberos tickets first, which costs time and suits few.
        shared["gssencmode"] = "disable"
        shared["keepalives_idle"] = "30"
        shared["keepalives_interval"] = "10"
        shared["keepalives_count"] = "3"
        // What was sent and is not even received is not waited for any longer, such as the end of a long migration.
        shared["tcp_user_timeout"] = "30000"
        let known = Self.knownNames()
        for parameter in location.parameters {
            let (name, value) = Self.translated(parameter)
            guard known.contains(name) else {
                throw PersistenceError(
                    .invalidURL,
                    message: "the database URL breaks a rule: it has a parameter \"\(name)\", which libpq does not know")
            }
            guard name != "client_encoding" || ["utf8", "utf-8", "unicode"].contains(value.lowercased()) else {
                throw PersistenceError(
                    .invalidURL, message: "the database URL breaks a rule: client_encoding is UTF8, nothing else")
            }
            shared[name] = value
        }
        let session = shared["target_session_attrs"]
        if location.hosts.count > 1, session == nil { shared["target_session_attrs"] = "read-write" }
        if location.hosts.count < 2 || session == "prefer-standby" {
            return [shared.at(location.hosts)]
        }
        return location.hosts.map { shared.at([$0]) }
    }

    subscript(name: String) -> String? {
        get { self.entries.last { $0.name == name }?.value }
        set {
            self.entries.removeAll { $0.name == name }
            if let newValue { self.entries.append((name, newValue)) }
        }
    }

    /// Lends the two lists that libpq takes.
    func withPointers<T>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<UnsafePointer<CChar>?>?) -> T
    ) -> T {
        let names = self.entries.map { strdup($0.name) }
        let values = self.entries.map { strdup($0.value) }
        defer { for text in names + values { free(text) } }
        var first: [UnsafePointer<CChar>?] = names.map { UnsafePointer($0) }
        var second: [UnsafePointer<CChar>?] = values.map { UnsafePointer($0) }
        first.append(nil)
        second.append(nil)
        return first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in body(first.baseAddress, second.baseAddress) }
        }
    }

    private func at(_ hosts: [PostgresLocation.Host]) -> ConnectionParameters {
        var copy = self
        // The parameters of the URL may name the host as well, which is how a socket's folder is written.
        if hosts.contains(where: { !$0.name.isEmpty }) { copy["host"] = hosts.map(\.name).joined(separator: ",") }
        if hosts.contains(where: { $0.port != nil }) {
            copy["port"] = hosts.map { $0.port.map(String.init) ?? "" }.joined(separator: ",")
        }
        return copy
    }

    /// SQLAlchemy's URLs for asyncpg write `ssl` for `sslmode`.
    private static func translated(_ parameter: PostgresLocation.Parameter) -> (name: String, value: String) {
        guard parameter.name == "ssl" else { return (parameter.name, parameter.value) }
        switch parameter.value {
        case "true", "1": return ("sslmode", "require")
        case "false", "0": return ("sslmode", "disable")
        default: return ("sslmode", parameter.value)
        }
    }

    private static func knownNames() -> Set<String> {
        guard let options = PQconndefaults() else { return [] }
        defer { PQconninfoFree(options) }
        var names: Set<String> = []
        var option = options
        while let keyword = option.pointee.keyword {
            names.insert(String(cString: keyword))
            option += 1
        }
        return names
    }
}
