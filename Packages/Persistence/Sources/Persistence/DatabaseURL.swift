/// Where a database is, as an operator writes it in `DATABASE_URL`.
///
/// | form | meaning |
/// | --- | --- |
/// | `sqlite:var/gatehouse.sqlite` | a file, relative to the working directory |
/// | `sqlite:/srv/gatehouse.sqlite`, `sqlite:///srv/gatehouse.sqlite` | a file by its absolute path |
/// | `sqlite::memory:` | a database that is gone when it is closed |
/// | `postgres://user:password@host:5432/name?sslmode=require` | a server; also `postgresql://`, `postgresql+asyncpg://` |
///
/// Percent escapes are decoded. All descriptions leave passwords out, so a URL may be logged.
public struct DatabaseURL: Sendable, Hashable {
    /// What a URL leads to.
    public enum Location: Sendable, Hashable {
        /// A file of SQLite's, by its path.
        case sqliteFile(path: String)
        /// A SQLite database without a lasting file.
        case sqliteMemory
        /// A server of PostgreSQL's.
        case postgres(PostgresLocation)
    }

    /// What the URL leads to.
    public let location: Location

    /// The SQL that is spoken there.
    public var dialect: SQLDialect {
        switch self.location {
        case .sqliteFile, .sqliteMemory: .sqlite
        case .postgres: .postgres
        }
    }

    /// Reads a URL.
    ///
    /// - Parameter text: The URL; blanks around it are not removed.
    /// - Throws: ``PersistenceError`` with code `invalidURL`, whose message names the broken rule and quotes nothing.
    public init(_ text: String) throws(PersistenceError) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw Self.broken("it begins with a scheme, such as sqlite: or postgres://")
        }
        let rest = text[text.utf8.index(after: colon)...]
        switch text[..<colon].lowercased() {
        case "sqlite":
            self.location = try Self.sqliteLocation(rest)
        case "postgres", "postgresql", "postgresql+asyncpg":
            self.location = .postgres(try PostgresLocation(afterScheme: rest))
        default:
            throw Self.broken("its scheme is sqlite, postgres, postgresql or postgresql+asyncpg")
        }
    }

    private static func sqliteLocation(_ rest: Substring) throws(PersistenceError) -> Location {
        if rest == ":memory:" { return .sqliteMemory }
        guard !rest.utf8.contains(UInt8(ascii: "?")), !rest.utf8.contains(UInt8(ascii: "#")) else {
            throw self.broken("sqlite: takes neither parameters nor a fragment; write %3F and %23 within a file name")
        }
        var path = rest
        if rest.hasPrefix("//") {
            path = rest.dropFirst(2)
            guard path.hasPrefix("/") else {
                throw self.broken("sqlite: names no host; write sqlite:relative/path or sqlite:///absolute/path")
            }
        }
        let decoded = try self.percentDecoded(path)
        guard !decoded.isEmpty, decoded.utf8.last != UInt8(ascii: "/") else {
            throw self.broken("sqlite: needs the path of a file")
        }
        return .sqliteFile(path: decoded)
    }

    static func broken(_ rule: String) -> PersistenceError {
        PersistenceError(.invalidURL, message: "the database URL breaks a rule: \(rule)")
    }

    /// The text with its percent escapes decoded; they must give UTF-8 without NUL.
    static func percentDecoded(_ text: Substring) throws(PersistenceError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.hexadecimalValue),
                let low = rest.popFirst().flatMap(Self.hexadecimalValue)
            else { throw self.broken("a percent sign is followed by two hexadecimal digits (%25 is the sign itself)") }
            bytes.append(high << 4 | low)
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw self.broken("it is UTF-8 without NUL")
        }
        return decoded
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.flatMap { UInt8(exactly: $0) }
    }
}

extension DatabaseURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL without passwords.
    public var description: String {
        switch self.location {
        case .sqliteFile(let path): "sqlite:\(path)"
        case .sqliteMemory: "sqlite::memory:"
        case .postgres(let location): location.description
        }
    }

    /// The URL without passwords, as ``description``.
    public var debugDescription: String { self.description }

    /// What `dump` shows: the URL without passwords.
    public var customMirror: Mirror { Mirror(self, children: ["url": self.description]) }
}
