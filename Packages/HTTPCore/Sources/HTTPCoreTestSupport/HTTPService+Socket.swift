public import HTTPCore
import HTTPTypes
public import Logging
public import NIOSSL
import ServiceLifecycle
import Synchronization

extension HTTPService {
    /// Serves on a free port of the loopback interface while `body` runs, then shuts down gracefully.
    ///
    /// - Parameters:
    ///   - tls: Certificate and key; `nil` serves plain HTTP.
    ///   - idleTimeout: How long a connection may be idle.
    ///   - isStopping: Whether the program is about to stop.
    ///   - front: What sees every connection first.
    ///   - logger: What the server writes to.
    ///   - body: Gets the port, and a way to begin the shutdown while it still runs.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` or the server throws.
    public func serving<Value: Sendable>(
        tls: TLSConfiguration? = nil,
        idleTimeout: Duration = .seconds(60),
        isStopping: @escaping @Sendable () -> Bool = { false },
        front: (any ConnectionFront)? = nil,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: @escaping @Sendable (_ port: Int, _ shutDown: @escaping @Sendable () async -> Void) async throws -> Value
    ) async throws -> Value {
        let (ports, port) = AsyncStream<Int>.makeStream()
        var configuration = HTTPServer.Configuration(host: "127.0.0.1", port: 0, tls: tls)
        configuration.idleTimeout = idleTimeout
        configuration.isStopping = isStopping
        configuration.front = front
        let server = HTTPServer(self, configuration: configuration, logger: logger) { port.yield($0) }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)], logger: logger)
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            guard let number = await ports.first(where: { _ in true }) else {
                try await tasks.waitForAll()
                throw CancellationError()
            }
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(try await body(number) { await group.triggerGracefulShutdown() })
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try outcome.get()
        }
    }
}
