import HTTPTypes
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle

/// Sends requests to hosts that somebody else named, without becoming their tool against the network around this program.
///
/// For each request the name is resolved once, every address of the answer is checked by the policy, and a connection to one of
/// these very addresses is made or used again; `Host`, the server name of TLS and the certificate check stay with the name.
/// Redirections are never followed, no proxy settings of the environment are read, and everything has a deadline and a bound.
///
/// Cancelling the task of a request closes its connection at once.
public final class OutboundClient: Service {
    /// The rules that every request is checked against.
    public let policy: AddressPolicy
    let configuration: OutboundConfiguration
    let resolver: any AddressResolver
    let eventLoopGroup: any EventLoopGroup
    let dialer: Dialer
    let pool: IdlePool
    let gate: RequestGate
    let logger: Logger

    /// Creates a client; reads the certificate authorities, and opens or starts nothing.
    ///
    /// - Parameters:
    ///   - policy: Where requests may go.
    ///   - configuration: Deadlines and bounds.
    ///   - resolver: Finds the addresses of names; the system by default.
    ///   - eventLoopGroup: Whose threads carry the connections.
    ///   - logger: Gets refused addresses, at `debug`.
    /// - Throws: ``OutboundError`` with code `invalidConfiguration`.
    public init(
        policy: AddressPolicy, configuration: OutboundConfiguration = OutboundConfiguration(),
        resolver: any AddressResolver = SystemResolver(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger
    ) throws(OutboundError) {
        try configuration.validate()
        self.policy = policy
        self.configuration = configuration
        self.resolver = resolver
        self.eventLoopGroup = eventLoopGroup
        self.dialer = try Dialer(caFile: configuration.caFile, headByteLimit: configuration.responseHeadLimit)
        self.pool = IdlePool(limit: configuration.idleConnectionLimit)
        self.gate = RequestGate(
            limit: configuration.concurrencyLimit, originLimit: configuration.hostConcurrencyLimit,
            lineLimit: configuration.waitingLimit)
        self.logger = logger
    }

    /// Sends a request and collects the whole answer.
    ///
    /// - Returns: The answer, whatever its status, save redirections.
    /// - Throws: ``OutboundError``: `refusedScheme`, `refusedPort`, `refusedAddress`, `invalidRequest`, `unresolvable`,
    ///   `connectFailed`, `tls`, `timedOut`, `connectionLost`, `protocolViolation`, `redirected`, `tooLarge`, `overloaded`,
    ///   `cancelled`, `closed`. ``OutboundError/mayHaveBeenSent`` tells whether the server may have seen the request.
    public func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
        let exchange = try await self.open(request)
        defer { exchange.end() }
        let limit = max(0, request.responseBodyLimit ?? self.configuration.responseBodyLimit)
        // What announces too much is not waited for; answers without a body may announce what another request would get.
        let hasBody = request.method != .head && exchange.head.status != 204 && exchange.head.status != 304
        if hasBody, let announced = exchange.head.headers[.contentLength].flatMap({ Int($0) }), announced > limit {
            throw OutboundError(.tooLarge, message: "the body of the answer is larger than \(limit) bytes").afterSending()
        }
        var body: [UInt8] = []
        while let piece = try await exchange.nextPiece() { body.append(contentsOf: piece) }
        return OutboundResponse(head: exchange.head, body: body)
    }

    /// Sends a request and lends the answer while its body is still coming.
    ///
    /// - Parameters:
    ///   - request: The request; its `timeout` bounds the reading too.
    ///   - body: Gets status, fields and the body as a sequence of pieces. Who returns early ends the connection.
    /// - Throws: What `body` throws, and ``OutboundError`` as ``send(_:)``.
    public func withResponse<Value>(
        to request: OutboundRequest, _ body: (OutboundResponseHead, OutboundBody) async throws -> Value
    ) async throws -> Value {
        let exchange = try await self.open(request)
        defer { exchange.end() }
        return try await body(exchange.head, OutboundBody(exchange))
    }

    /// Checks a destination as a request would do, the addresses that its name has now included, and sends nothing.
    ///
    /// For the moment of registration; each request checks again.
    ///
    /// - Throws: ``OutboundError``: `refusedScheme`, `refusedPort`, `refusedAddress`, `unresolvable`, `timedOut`, `overloaded`,
    ///   `cancelled`.
    public func check(_ url: OutboundURL) async throws(OutboundError) {
        try self.policy.check(url)
        _ = try await self.checkedAddresses(of: url, within: self.configuration.resolveTimeout)
    }

    /// Waits for graceful shutdown or cancellation, then closes the client.
    public func run() async throws {
        try? await gracefulShutdown()
        self.close()
    }

    /// Refuses new requests and those that wait for their turn, and closes idle connections; requests under way may finish.
    public func close() {
        self.gate.close()
        self.pool.close()
    }
}
