import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A real `redis-server` for one test, as `withRedisServer` lends it: empty, without persistence, in a folder of its own.
///
/// When this process ends, in whatever way, server and folder go as well.
public final class RedisServer: Sendable {
    /// The address with credentials, such as `redis://127.0.0.1:40123` or `unix:///tmp/testkit.x/redis.sock`.
    public let url: String
    /// The port on 127.0.0.1; 0 for a server with a socket file only.
    public let port: Int
    /// The authority to trust with TLS; nil for the other transports.
    public let caFile: String?

    /// A socket that every server has, so that ``command(_:)`` needs neither port nor TLS.
    private let socketPath: String
    private let options: RedisServerOptions
    private let configuration: String
    private let owner: OwnerWatch
    private let child = Mutex<ChildProcess?>(nil)

    init(_ options: RedisServerOptions, in folder: String, owner: OwnerWatch) async throws {
        let socketPath = "\(folder)/redis.sock"
        let port = options.transport == .unixSocket ? 0 : try FreePort.find()
        var lines = [
            "bind 127.0.0.1", "unixsocket \(socketPath)", "dir \(folder)", "save \"\"", "appendonly no", "daemonize no",
            "port \(options.transport == .tcp ? port : 0)",
        ]
        if let password = options.password { lines.append("requirepass \(password)") }
        if let user = options.user { lines.append("user \(user.name) on >\(user.password) ~* &* +@all") }
        if let limit = options.maximumMemoryBytes { lines += ["maxmemory \(limit)", "maxmemory-policy noeviction"] }
        var caFile: String?
        if options.transport == .tls {
            let certificates = try await TestCertificates.make(in: folder)
            lines += [
                "tls-port \(port)", "tls-auth-clients no", "tls-cert-file \(certificates.certificateFile)",
                "tls-key-file \(certificates.keyFile)", "tls-ca-cert-file \(certificates.caFile)",
            ]
            caFile = certificates.caFile
        }
        self.url = Self.url(options, port: port, socketPath: socketPath)
        self.port = port
        self.caFile = caFile
        self.socketPath = socketPath
        self.options = options
        self.owner = owner
        self.configuration = (lines + options.configuration).joined(separator: "\n") + "\n"
    }

    private static func url(_ options: RedisServerOptions, port: Int, socketPath: String) -> String {
        let credentials =
            options.user.map { "\($0.name):\($0.password)@" } ?? options.password.map { ":\($0)@" } ?? ""
        return switch options.transport {
        case .tcp: "redis://\(credentials)127.0.0.1:\(port)"
        case .tls: "rediss://\(credentials)127.0.0.1:\(port)"
        case .unixSocket: "unix://\(credentials)\(socketPath)"
        }
    }

    /// The id of the process; nil while none runs.
    public var processID: Int32? { self.running?.processID }

    /// Starts the server, on the same port and empty, and waits until it answers; without effect while it runs.
    ///
    /// - Throws: ``TestKitError`` with code `systemCall` when the program is missing, `outputEnded` when it refuses to start.
    public func start() async throws {
        if self.running != nil { return }
        await self.release()
        let command = SpawnedProgram.Command(
            executable: "redis-server", arguments: ["-"], environment: nil, workingDirectory: nil,
            standardInput: Array(self.configuration.utf8))
        let child = try ChildProcess(command, outputLimit: 1 << 20)
        self.child.withLock { $0 = child }
        self.owner.watch(child.processID)
        _ = try await child.waitForLine { $0.contains("eady to accept connections") }
    }

    /// Ends the server at once, as `kill -9` does, and waits until it is gone; all data are lost.
    public func kill() async throws {
        guard let child = self.running else { return }
        child.send(signal: SIGKILL)
        try await child.waitForExit()
    }

    /// Ends the server with ``kill()`` and starts it again, empty, on the same port.
    public func restart() async throws {
        try await self.kill()
        try await self.start()
    }

    /// Halts the process with `SIGSTOP`: connections stay open and bring nothing.
    public func suspend() { self.running?.send(signal: SIGSTOP) }

    /// Lets a halted process go on, with `SIGCONT`.
    public func resume() { self.running?.send(signal: SIGCONT) }

    /// Runs one command with `redis-cli`, as a user who may do everything.
    ///
    /// - Parameter words: The command and its arguments, such as `"CONFIG", "SET", "maxmemory", "1mb"`.
    /// - Returns: What `redis-cli` prints, without the last line end; an error reply is text as well.
    /// - Throws: ``TestKitError`` with code `timedOut` when the server does not answer within ten seconds.
    @discardableResult
    public func command(_ words: String...) async throws -> String {
        var arguments = ["-s", self.socketPath, "--no-auth-warning"]
        if let password = self.options.password { arguments += ["-a", password] }
        let result = try await runProcess("redis-cli", arguments: arguments + words, within: .seconds(10))
        return result.standardOutput.lines.joined(separator: "\n")
    }

    /// Ends the process and gives its id back.
    func release() async {
        guard let child = self.child.withLock({ $0.take() }) else { return }
        child.send(signal: SIGCONT)
        await child.finish(grace: .seconds(5))
        self.owner.watch(nil)
    }

    private var running: ChildProcess? {
        self.child.withLock { $0 }.flatMap { $0.termination == nil ? $0 : nil }
    }
}

/// Lends a running `redis-server`, and ends exactly that one when the scope is left on any path.
///
/// ```swift
/// try await withRedisServer { server in
///     try await server.command("SET", "greeting", "hello")
///     …
/// }
/// ```
///
/// - Parameters:
///   - options: What the server is like.
///   - body: Uses the server.
/// - Throws: ``TestKitError`` when the server cannot be started, and what `body` throws.
public func withRedisServer<Value>(
    _ options: RedisServerOptions = RedisServerOptions(), _ body: (RedisServer) async throws -> Value
) async throws -> Value {
    try await withTemporaryDirectory { folder in
        let owner = try OwnerWatch(removing: folder, endingWith: "TERM")
        defer { owner.end() }
        let server = try await startedServer(options, in: folder, owner: owner)
        let value: Value
        do {
            value = try await body(server)
        } catch {
            await server.release()
            throw error
        }
        await server.release()
        return value
    }
}

/// Another program may take the free port first, so a server that does not start gets other ports.
private func startedServer(
    _ options: RedisServerOptions, in folder: String, owner: OwnerWatch
) async throws -> RedisServer {
    var attempts = 3
    while true {
        let server = try await RedisServer(options, in: folder, owner: owner)
        do {
            try await server.start()
            return server
        } catch {
            await server.release()
            attempts -= 1
            guard attempts > 0, (error as? TestKitError)?.code == .outputEnded else { throw error }
        }
    }
}
