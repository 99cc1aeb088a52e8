import Synchronization

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

/// A real PostgreSQL server for one test, as `withPostgresServer` lends it: with empty databases, in a folder of its own.
///
/// Its superuser is `gatehouse`. Data stay when it is stopped or killed and started again. When this process ends, in whatever
/// way, server and folder go as well.
public final class PostgresServer: Sendable {
    /// The port on 127.0.0.1; for a server with a socket file only, the number in the name of that file.
    public let port: Int
    /// The authority to trust with TLS; nil for the other transports.
    public let caFile: String?

    /// Holds the data and a socket that every server has, so that ``command(_:database:)`` needs neither port nor TLS.
    let folder: String
    let options: PostgresServerOptions
    let programs: PostgresPrograms
    /// Each command takes threads, so not all may run at a time; some may be waiting for others in the database.
    let commandTurns = Turns(16)
    /// Every test of a process may want a database at once, and the server makes them no faster for that.
    let databaseTurns = Turns(4)
    let databaseCount = Atomic(0)

    private let account: ServerAccount
    private let owner: OwnerWatch
    private let child = Mutex<ChildProcess?>(nil)

    /// Makes the data folder; nothing runs yet.
    private init(_ options: PostgresServerOptions, in folder: String, owner: OwnerWatch) async throws {
        self.options = options
        self.folder = folder
        self.owner = owner
        self.programs = try PostgresPrograms.find()
        self.account = try ServerAccount.current()
        self.port = try FreePort.find()
        let certificates = options.transport == .tls ? try await TestCertificates.make(in: folder) : nil
        self.caFile = certificates?.caFile
        try self.account.own(folder, mode: 0o700)
        if let certificates { try self.account.own(certificates.keyFile, mode: 0o600) }

        let passwordFile = "\(folder)/password"
        try Data("\(options.password ?? "-")\n".utf8).write(to: URL(fileURLWithPath: passwordFile))
        try self.account.own(passwordFile, mode: 0o600)
        #if os(Linux)
            let locale = "C.UTF-8"
        #else
            let locale = "C"
        #endif
        let words = self.account.words([
            self.programs.path(of: "initdb"), "--pgdata=\(folder)/data", "--username=\(Self.user)", "--encoding=UTF8",
            "--locale=\(locale)", "--no-sync", "--auth=trust", "--pwfile=\(passwordFile)",
        ])
        let result = try await runProcess(
            words[0], arguments: Array(words.dropFirst()), environment: PostgresPrograms.environment(), workingDirectory: folder,
            within: Self.patience)
        guard result.termination == .exited(0) else {
            throw TestKitError(.systemCall, message: "initdb failed:\n\(result.standardError.text.suffix(2_000))")
        }
        let settings = options.settings(port: self.port, socketFolder: folder, certificates: certificates)
        try Data(settings.utf8).write(to: URL(fileURLWithPath: "\(folder)/data/postgresql.conf"))
        try Data(options.admission.utf8).write(to: URL(fileURLWithPath: "\(folder)/data/pg_hba.conf"))
    }

    /// Makes a server and starts it.
    ///
    /// Another program may take the free port first, so a server that does not start gets other ports.
    static func started(_ options: PostgresServerOptions) async throws -> PostgresServer {
        var attempts = 3
        while true {
            let folder = try makeTemporaryDirectory(in: options.parentFolder)
            // PostgreSQL's immediate shutdown also gives back its shared memory.
            let owner = try OwnerWatch(removing: folder, endingWith: "QUIT")
            do {
                let server = try await PostgresServer(options, in: folder, owner: owner)
                do {
                    try await server.start()
                } catch {
                    await server.dispose()
                    throw error
                }
                return server
            } catch {
                Self.remove(folder, owner)
                attempts -= 1
                guard attempts > 0, (error as? TestKitError)?.code == .outputEnded else { throw error }
            }
        }
    }

    /// For what takes a second, on a machine that has a hundred other things to do.
    static let patience = Duration.seconds(120)

    /// The superuser.
    static let user = "gatehouse"

    /// The address of a database, with credentials: `postgres://gatehouse@127.0.0.1:40123/postgres`.
    ///
    /// - Parameter database: Its name, of letters, digits and underscores.
    public func url(database: String = "postgres") -> String {
        let credentials = "\(Self.user)\(self.options.password.map { ":\($0)" } ?? "")"
        switch self.options.transport {
        case .tcp:
            return "postgres://\(credentials)@127.0.0.1:\(self.port)/\(database)"
        case .tls:
            let trust = "sslmode=verify-full&sslrootcert=\(self.caFile ?? "")"
            return "postgres://\(credentials)@127.0.0.1:\(self.port)/\(database)?\(trust)"
        case .unixSocket:
            let host = self.folder.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "%2F")
            return "postgres://\(credentials)@\(host):\(self.port)/\(database)"
        }
    }

    /// The path of a program of the PostgreSQL whose servers these are, such as `pg_dump` or `pgbench`.
    ///
    /// - Throws: ``TestKitError`` with code `systemCall` when PostgreSQL is not installed.
    public static func program(_ name: String) throws -> String {
        try PostgresPrograms.find().path(of: name)
    }

    /// The id of the first process, which starts one more for each connection; nil while none runs.
    public var processID: Int32? { self.running?.processID }

    /// Starts the server, on the same port and with its data, and waits until it answers; without effect while it runs.
    ///
    /// - Throws: ``TestKitError`` with code `systemCall` when a program is missing, `outputEnded` when it refuses to start.
    public func start() async throws {
        if self.running != nil { return }
        await self.release()
        let words = self.account.words([self.programs.path(of: "postgres"), "-D", "\(self.folder)/data"])
        let command = SpawnedProgram.Command(
            executable: words[0], arguments: Array(words.dropFirst()), environment: PostgresPrograms.environment(),
            workingDirectory: self.folder, standardInput: [])
        let child = try ChildProcess(command, outputLimit: 1 << 20)
        self.child.withLock { $0 = child }
        self.owner.watch(child.processID)
        _ = try await child.waitForLine(on: .standardError, within: Self.patience) { $0.contains("ready to accept connections") }
    }

    /// Ends the server as an operator does: transactions in flight are undone, connections are told so and closed.
    ///
    /// - Throws: ``TestKitError`` with code `timedOut`; `CancellationError`.
    public func stop() async throws {
        guard let child = self.running else { return }
        self.resume()
        child.send(signal: SIGINT)
        try await child.waitForExit(within: Self.patience)
    }

    /// Ends all its processes at once, as `kill -9` does, and waits until they are gone; what was committed stays.
    ///
    /// - Throws: ``TestKitError`` with code `timedOut`; `CancellationError`.
    public func kill() async throws {
        guard let child = self.running else { return }
        // A halted process starts no further ones, and as their parent it keeps their ids from being given out again.
        self.signalAll(SIGSTOP)
        self.signalAll(SIGKILL)
        try await child.waitForExit()
        self.removeTraces()
    }

    /// Ends the server with ``kill()`` and starts it again, on the same port; it recovers from its log.
    public func restart() async throws {
        try await self.kill()
        try await self.start()
    }

    /// Halts all its processes with `SIGSTOP`: connections stay open and bring nothing.
    public func suspend() { self.signalAll(SIGSTOP) }

    /// Lets halted processes go on, with `SIGCONT`.
    public func resume() { self.signalAll(SIGCONT) }

    /// Ends the server and removes all that it had.
    func dispose() async {
        await self.release()
        Self.remove(self.folder, self.owner)
    }

    /// Ends the process without grace for its clients, and gives its id back. Not cancellable.
    private func release() async {
        guard let child = self.child.withLock({ $0 }) else { return }
        self.resume()
        child.send(signal: SIGQUIT)
        await child.finish(grace: .seconds(10))
        self.owner.watch(nil)
        self.child.withLock { $0 = nil }
        self.removeTraces()
    }

    /// Each connection has a process, in a group of its own.
    private func signalAll(_ signal: Int32) {
        guard let child = self.running else { return }
        if signal == SIGSTOP { child.send(signal: signal) }
        var known: Set<Int32> = []
        var quietPasses = 0
        // A second pass finds those that were being started during the first.
        while quietPasses < 2 && known.count < 10_000 {
            let found = ProcessTable.children(of: child.processID).filter { known.insert($0).inserted }
            for process in found { _ = sendSignal(process, signal) }
            quietPasses = found.isEmpty ? quietPasses + 1 : 0
        }
        if signal != SIGSTOP { child.send(signal: signal) }
    }

    /// What a killed server leaves and a new one would have to look at: its lock files, and a piece of shared memory, whose id
    /// stands at the end of the seventh line of `postmaster.pid`.
    private func removeTraces() {
        let lock = "\(self.folder)/data/postmaster.pid"
        guard let text = try? String(contentsOfFile: lock, encoding: .utf8) else { return }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if let id = lines.dropFirst(6).first?.split(separator: " ").last.flatMap({ Int32($0) }) { shmctl(id, IPC_RMID, nil) }
        for path in [lock, "\(self.folder)/.s.PGSQL.\(self.port)", "\(self.folder)/.s.PGSQL.\(self.port).lock"] { unlink(path) }
    }

    private static func remove(_ folder: String, _ owner: OwnerWatch) {
        try? FileManager.default.removeItem(atPath: folder)
        owner.end()
    }

    private var running: ChildProcess? {
        self.child.withLock { $0 }.flatMap { $0.termination == nil ? $0 : nil }
    }
}

/// Within the server, whose own `kill` hides it, the system's call needs another name.
private func sendSignal(_ process: Int32, _ signal: Int32) -> Int32 { kill(process, signal) }

/// Lends a running PostgreSQL server, and ends exactly that one when the scope is left on any path.
///
/// ```swift
/// try await withPostgresServer { server in
///     let database = try await server.createDatabase()
///     try await server.command("CREATE TABLE notes (text text)", database: database)
///     …
/// }
/// ```
///
/// Starting one takes about a second; tests that only need a database take one of ``SharedPostgres``.
///
/// - Parameters:
///   - options: What the server is like.
///   - body: Uses the server.
/// - Throws: ``TestKitError`` when the server cannot be started, and what `body` throws.
public func withPostgresServer<Value>(
    _ options: PostgresServerOptions = PostgresServerOptions(), _ body: (PostgresServer) async throws -> Value
) async throws -> Value {
    let server = try await PostgresServer.started(options)
    let value: Value
    do {
        value = try await body(server)
    } catch {
        await server.dispose()
        throw error
    }
    await server.dispose()
    return value
}
