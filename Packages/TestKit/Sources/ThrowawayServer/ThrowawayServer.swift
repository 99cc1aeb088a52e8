import Dispatch
import TestKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The program `throwaway-server`: the servers of the tests, for people.
@main
struct ThrowawayServer {
    static func main() async {
        let stop = StopSignals()
        do {
            switch CommandLine.arguments.dropFirst().joined(separator: " ") {
            case "postgres": try await Self.servePostgres(until: stop)
            case "redis": try await Self.serveRedis(until: stop)
            default:
                Self.complain("usage: throwaway-server postgres|redis")
                exit(2)
            }
        } catch {
            Self.complain("throwaway-server: \(error)")
            exit(1)
        }
    }

    private static func servePostgres(until stop: StopSignals) async throws {
        try await withPostgresServer { server in
            let name = "gateway_test"
            try await server.createDatabase(name)
            let version = try await server.command("SHOW server_version").prefix { $0 != " " }
            let place = server.url(database: name).drop { $0 != ":" }
            Self.announce(
                "PostgreSQL \(version), with the empty database \(name)",
                ["DATABASE_URL=postgresql\(place)", "DATABASE_URL=postgresql+asyncpg\(place)"])
            await stop.wait()
        }
    }

    private static func serveRedis(until stop: StopSignals) async throws {
        try await withRedisServer { server in
            let information = try await server.command("INFO", "server").split(separator: "\n")
            let version = information.first { $0.hasPrefix("redis_version:") }?.drop { $0 != ":" }.dropFirst() ?? ""
            Self.announce("Redis \(version), empty", ["REDIS_URL=\(server.url)"])
            await stop.wait()
        }
    }

    private static func announce(_ server: String, _ lines: [String]) {
        print("\(server):\n")
        for line in lines { print("    \(line)") }
        print("\nCtrl-C here, or kill \(getpid()), stops it and removes all its data.")
        fflush(nil)
    }

    private static func complain(_ message: String) {
        let line = Array("\(message)\n".utf8)
        _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }
}

/// The signals that ask the program to end: Ctrl-C, `kill`, and the closing of its terminal.
private struct StopSignals {
    private let signals: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        self.signals = signals
        self.sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            // The source only sees what does not end the program first.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
    }

    /// Returns at the first signal, also an earlier one.
    func wait() async {
        for await _ in self.signals { break }
        withExtendedLifetime(self.sources) {}
    }
}
