public import LimitService
public import Logging
public import NIOCore
public import NIOPosix
import PrometheusMetrics
public import ServiceLifecycle

/// Answers `CL.THROTTLE` and `THROTTLE` to clients that speak RESP, as a service of the app's group.
///
/// On graceful shutdown it stops accepting, answers what it has read, writes what is awaited, and closes its connections.
public struct RESPListener: Service {
    private let shared: RESPConnectionHandler.Shared
    private let group: any EventLoopGroup
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// Creates a listener; ``run()`` opens it.
    ///
    /// - Parameters:
    ///   - decider: What decides; called on the event loops of the connections.
    ///   - configuration: Where and how to listen.
    ///   - decisions: Where decisions are counted; `nil` counts none.
    ///   - metrics: Where connections are counted; `nil` counts none.
    ///   - group: The event loops that connections are spread over.
    ///   - logger: What happens to connections, at `debug`.
    ///   - onListening: Called once, when connections are accepted, with the real port.
    public init(
        _ decider: any ThrottleDecider, configuration: RESPConfiguration, decisions: LimitMetrics? = nil,
        metrics: RESPMetrics? = nil, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.shared = RESPConnectionHandler.Shared(
            decider: decider, configuration: configuration, decisions: decisions, metrics: metrics, logger: logger,
            register: ConnectionRegister(maximum: configuration.maximumConnections))
        self.group = group
        self.onListening = onListening
    }

    /// Serves until the group shuts down or the task is cancelled.
    ///
    /// - Throws: When the address cannot be listened on.
    public func run() async throws {
        let shared = self.shared
        let channel = try await ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in Self.accept(channel, shared) }
            .bind(host: shared.configuration.host, port: shared.configuration.port)
            .get()
        await self.onListening(channel.localAddress?.port ?? 0)
        // Throws when the task is cancelled, which ends the listener in the same way.
        try? await gracefulShutdown()
        try? await channel.close()
        await shared.register.end(within: TimeAmount(shared.configuration.drainTimeout))
    }

    private static func accept(_ channel: any Channel, _ shared: RESPConnectionHandler.Shared) -> EventLoopFuture<Void> {
        guard let id = shared.register.enter(channel) else {
            shared.metrics?.rejectedConnections.increment()
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(RefusalHandler())
            }
        }
        shared.metrics?.connections.increment()
        channel.closeFuture.whenComplete { _ in
            shared.metrics?.connections.decrement()
            shared.register.leave(id)
        }
        return channel.eventLoop.makeCompletedFuture {
            let address = channel.remoteAddress.map(Self.described) ?? "unknown"
            try channel.pipeline.syncOperations.addHandler(RESPConnectionHandler(shared, id: id, address: address))
        }
    }

    private static func described(_ address: SocketAddress) -> String {
        "\(address.ipAddress ?? "unix"):\(address.port ?? 0)"
    }
}

/// Tells one client too many that there is no place for it.
private final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        let reply = ByteBuffer(string: "-ERR max number of clients reached\r\n")
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(Self.wrapOutboundOut(reply), promise: written)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
