#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where the programs of an installed PostgreSQL are, and how they are started.
struct PostgresPrograms: Sendable {
    /// The folder with `initdb`, `postgres` and `psql`.
    let folder: String

    /// Looks in `PATH`, then where Debian and Homebrew put them, the newest first.
    ///
    /// - Throws: ``TestKitError`` with code `systemCall` when there is none.
    static func find() throws(TestKitError) -> PostgresPrograms {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        // A link in PATH leads to the programs; what they read at run time lies beside those, not beside the link.
        let linked = path.split(separator: ":").compactMap { Self.realFolder(of: "\($0)/postgres") }
        let debian = Self.folders(in: "/usr/lib/postgresql").map { "/usr/lib/postgresql/\($0)/bin" }
        let homebrew = ["/opt/homebrew/opt", "/usr/local/opt"].flatMap { folder in
            Self.folders(in: folder).filter { $0.hasPrefix("postgresql") }.map { "\(folder)/\($0)/bin" }
        }
        let complete = (linked + debian + homebrew).filter { folder in
            ["initdb", "postgres", "psql"].allSatisfy { access("\(folder)/\($0)", X_OK) == 0 }
        }
        guard let folder = complete.first(where: Self.hasSharedFiles) ?? complete.first else {
            throw TestKitError(
                .systemCall, message: "PostgreSQL's initdb, postgres and psql are not installed; see make bootstrap")
        }
        return PostgresPrograms(folder: folder)
    }

    /// The path of one of them.
    func path(of program: String) -> String { "\(self.folder)/\(program)" }

    /// The environment without what would lead the programs elsewhere.
    static func environment(password: String? = nil) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
        environment["LC_ALL"] = "C"
        environment["PGCLIENTENCODING"] = "UTF8"
        environment["PGCONNECT_TIMEOUT"] = "10"
        environment["PGPASSWORD"] = password
        return environment
    }

    private static func realFolder(of program: String) -> String? {
        guard let path = realpath(program, nil) else { return nil }
        defer { free(path) }
        return String(cString: path).split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }

    /// The names in a folder, those with greater numbers first.
    private static func folders(in path: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        func number(_ name: String) -> Int { Int(name.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0 }
        return names.sorted { number($0) > number($1) }
    }

    /// Whether the file that `initdb` begins with is where programs in this folder look for it; beside mere copies it is not.
    private static func hasSharedFiles(_ folder: String) -> Bool {
        let real = Self.realFolder(of: "\(folder)/postgres") ?? folder
        var places = ["\(real)/../share", "/usr/share/postgresql/\(real.split(separator: "/").dropLast().last ?? "")"]
        places += Self.folders(in: "\(real)/../share").filter { $0.hasPrefix("postgresql") }.map { "\(real)/../share/\($0)" }
        return places.contains { access("\($0)/postgres.bki", R_OK) == 0 }
    }
}

/// The user that the server runs as.
struct ServerAccount: Sendable {
    private let user: uid_t
    private let group: gid_t
    /// Whether it is another one than that of this process.
    private let isOther: Bool

    /// This user; for root, as whom PostgreSQL refuses to run, `postgres` or `nobody`.
    static func current() throws(TestKitError) -> ServerAccount {
        guard geteuid() == 0 else { return ServerAccount(user: geteuid(), group: getegid(), isOther: false) }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return ServerAccount(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid, isOther: true)
            }
        }
        throw TestKitError(.systemCall, message: "PostgreSQL refuses to run as root, and there is no user postgres or nobody")
    }

    /// A command that this user runs; the process keeps its id.
    func words(_ words: [String]) -> [String] {
        guard self.isOther else { return words }
        return ["setpriv", "--reuid=\(self.user)", "--regid=\(self.group)", "--clear-groups", "--"] + words
    }

    /// Gives files to the user, and shuts all others out.
    func own(_ paths: String..., mode: mode_t) throws(TestKitError) {
        for path in paths {
            guard chmod(path, mode) == 0 else { throw .system("chmod of \(path)") }
            guard !self.isOther || chown(path, self.user, self.group) == 0 else { throw .system("chown of \(path)") }
        }
    }
}
