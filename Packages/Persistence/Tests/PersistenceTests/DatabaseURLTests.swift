import Persistence
import Testing

@Suite("Database URL")
struct DatabaseURLTests {
    @Test(
        "leads to SQLite files",
        arguments: [
            ("sqlite:var/gatehouse.sqlite", "var/gatehouse.sqlite"), ("sqlite:/srv/x.sqlite", "/srv/x.sqlite"),
            ("sqlite:///srv/x.sqlite", "/srv/x.sqlite"), ("SQLITE:x", "x"), ("sqlite:a%20b%3F", "a b?"), ("sqlite:ü.db", "ü.db"),
            ("sqlite:../x", "../x"), ("sqlite::x", ":x"),
        ])
    func files(_ text: String, _ path: String) throws {
        let url = try DatabaseURL(text)
        #expect(url.location == .sqliteFile(path: path))
        #expect(url.dialect == .sqlite)
    }

    @Test("leads to a database without a lasting file")
    func memory() throws {
        #expect(try DatabaseURL("sqlite::memory:").location == .sqliteMemory)
    }

    @Test(
        "leads to PostgreSQL servers",
        arguments: ["postgres", "postgresql", "postgresql+asyncpg", "PostgreSQL"])
    func servers(_ scheme: String) throws {
        let url = try DatabaseURL(
            "\(scheme)://app:p%40ss%3Aword@db.internal:5433/gate%20house?sslmode=require&application_name=a%26b")
        guard case .postgres(let server) = url.location else {
            Issue.record("no server")
            return
        }
        #expect(url.dialect == .postgres)
        #expect(server.hosts.map(\.name) == ["db.internal"])
        #expect(server.hosts.map(\.port) == [5433])
        #expect(server.user == "app")
        #expect(server.password == "p@ss:word")
        #expect(server.database == "gate house")
        #expect(server.parameters.map(\.name) == ["sslmode", "application_name"])
        #expect(server.parameters.map(\.value) == ["require", "a&b"])
    }

    @Test("takes several hosts, IPv6 addresses, sockets, and nothing at all")
    func hosts() throws {
        guard case .postgres(let several) = try DatabaseURL("postgres://a:1,[::1]:2,[fe80::1],b/db").location,
            case .postgres(let socket) = try DatabaseURL("postgres:///db?host=/run/postgresql").location,
            case .postgres(let nothing) = try DatabaseURL("postgres://").location,
            case .postgres(let raw) = try DatabaseURL("postgres://u:a@b@host/db").location
        else {
            Issue.record("no server")
            return
        }
        #expect(several.hosts.map(\.name) == ["a", "::1", "fe80::1", "b"])
        #expect(several.hosts.map(\.port) == [1, 2, nil, nil])
        #expect(socket.hosts.isEmpty && socket.parameters.first?.value == "/run/postgresql")
        #expect(nothing.hosts.isEmpty && nothing.database == nil && nothing.user == nil && nothing.password == nil)
        #expect(raw.password == "a@b" && raw.hosts.map(\.name) == ["host"])
    }

    @Test("shows no password in any description")
    func redacts() throws {
        let secret = ["hunter", "two"].joined()
        let url = try DatabaseURL("postgres://app:\(secret)@[::1]:5432/db?sslpassword=\(secret)&sslmode=require")
        var dumped = ""
        dump(url, to: &dumped)
        for text in ["\(url)", String(reflecting: url), "\(url.location)", dumped] {
            #expect(!text.contains(secret), "\(text)")
        }
        #expect(url.description == "postgresql://app:***@[::1]:5432/db?sslpassword=***&sslmode=require")
    }

    @Test(
        "refuses the rest, names the rule and quotes nothing",
        arguments: [
            ("", "scheme"), ("var/x.sqlite", "scheme"), ("mysql://x", "scheme"), ("sqlite:", "file"), ("sqlite:///", "file"),
            ("sqlite:var/", "file"), ("sqlite://host/x", "host"), ("sqlite://", "host"), ("sqlite:x?mode=ro", "parameters"),
            ("sqlite:x#y", "fragment"), ("sqlite:a%2", "percent"), ("sqlite:a%zz", "percent"), ("sqlite:a%00b", "NUL"),
            ("sqlite:a\u{0}b", "NUL"), ("sqlite:%ff", "UTF-8"), ("postgres:x", "://"), ("postgres://h:0/d", "port"),
            ("postgres://h:65536/d", "port"), ("postgres://h:+1/d", "port"), ("postgres://h:x/d", "port"),
            ("postgres://[::1/d", "IPv6"),
            ("postgres://[::1]x/d", "bracket"), ("postgres://h/d?x", "name=value"), ("postgres://h/d#x", "fragment"),
            ("postgres://u:%@h/d", "percent"),
        ])
    func refuses(_ text: String, _ rule: String) {
        let error = #expect(throws: PersistenceError.self) { try DatabaseURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains(rule) == true, "\(error?.message ?? "")")
    }
}
