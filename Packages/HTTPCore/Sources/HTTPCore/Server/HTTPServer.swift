import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
public import NIOSSL
public import ServiceLifecycle

/// The listening socket in front of an ``HTTPService``, as a service of the app's group.
///
/// On graceful shutdown the server stops accepting, closes idle connections, finishes the requests in flight and ends.
public struct HTTPServer: Service {
    /// Where and how to listen.
    public struct Configuration: Sendable {
        /// The address or name to listen on.
        public var host: String
        /// The port; 0 picks a free one.
        public var port: Int
        /// Certificate and key; `nil` serves plain HTTP.
        public var tls: TLSConfiguration?
        /// How long a connection may be idle between requests, or in the middle of a head.
        public var idleTimeout: Duration = .seconds(60)
        /// Whether the program is about to stop, asked before each answer: then clients are told with `Connection: close` to come back
        /// elsewhere, before their connections are closed under them. ``Readiness`` knows.
        public var isStopping: @Sendable () -> Bool = { false }
        /// What sees every connection first and may answer by itself; `nil` leaves all to the ordinary path.
        public var front: (any ConnectionFront)?

        /// Creates a configuration.
        ///
        /// - Parameters:
        ///   - host: The address or name to listen on.
        ///   - port: The port; 0 picks a free one.
        ///   - tls: Certificate and key; `nil` serves plain HTTP.
        public init(host: String, port: Int, tls: TLSConfiguration? = nil) {
            self.host = host
            self.port = port
            self.tls = tls
        }
    }

    private let service: HTTPService
    private let configuration: Configuration
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let logger: Logger

    /// Creates a server.
    ///
    /// - Parameters:
    ///   - service: What answers.
    ///   - configuration: Where and how to listen.
    ///   - logger: Every request gets a copy that carries its id.
    ///   - onListening: Called once, when connections are accepted, with the real port.
    public init(
        _ service: HTTPService,
        configuration: Configuration,
        logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) async -> Void
    ) {
        self.service = service
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the group shuts down.
    ///
    /// - Throws: When the address cannot be listened on.
    public func run() async throws {
        let deadlines = RequestDeadlines(limit: self.service.configuration.requestDeadline)
        let application = Application(
            responder: DeadlineResponder(base: self.service.responder, deadlines: deadlines),
            server: try self.channelBuilder(),
            configuration: ApplicationConfiguration(
                address: .hostname(self.configuration.host, port: self.configuration.port),
                backlog: 1024
            ),
            services: [deadlines],
            onServerRunning: { [onListening] channel in
                await onListening(channel.localAddress?.port ?? 0)
            },
            logger: self.logger
        )
        try await application.run()
    }

    private func channelBuilder() throws -> HTTPServerBuilder {
        var connectionLimits = ConnectionGuard.Limits(bodyTimeout: TimeAmount(self.service.configuration.bodyTimeout))
        connectionLimits.isStopping = self.configuration.isStopping
        let limits = connectionLimits
        let idleTimeout = self.configuration.idleTimeout
        let front = self.configuration.front
        let plain = HTTPServerBuilder { responder in
            GuardedHTTPChannel(limits: limits, idleTimeout: idleTimeout, front: front, responder: responder)
        }
        guard let tls = self.configuration.tls else { return plain }
        return try .tls(plain, tlsConfiguration: tls)
    }
}

extension HTTPServer: CustomStringConvertible {
    /// Where it listens; service groups write it into their logs.
    public var description: String { "HTTP server at \(self.configuration.host), port \(self.configuration.port)" }
}

/// Runs every request under its deadline, and notes the answer that ends the connection.
private struct DeadlineResponder<Base: HTTPResponder>: HTTPResponder where Base.Context == GatehouseContext {
    let base: Base
    let deadlines: RequestDeadlines

    func respond(to request: Request, context: GatehouseContext) async throws -> Response {
        let response = try await self.deadlines.run { deadline in
            var context = context
            context.deadline = deadline
            return try await self.base.respond(to: request, context: context)
        }
        if response.headers[.connection] != nil { LastAnswer.current?.give() }
        return response
    }
}
