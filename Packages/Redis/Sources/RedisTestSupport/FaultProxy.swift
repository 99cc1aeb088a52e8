import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and a server on TCP and does harm on demand.
///
/// It knows nothing of the protocol. Faults concern all connections, those to come included, until ``resume()``.
public final class FaultProxy: Sendable {
    /// What is wrong at the moment.
    enum Fault {
        case none
        /// Replies are passed on later.
        case delay(TimeAmount)
        /// Replies are kept until ``FaultProxy/resume()``.
        case hold
        /// The next reply is dropped, and its connection with it.
        case loseReply
        /// There are no connections.
        case cut
    }

    private struct State {
        var fault = Fault.none
        var lostReplyCount = 0
        var acceptedCount = 0
        var connections: [ObjectIdentifier: ReplySide] = [:]
    }

    private let state = Mutex(State())
    private let listener = Mutex<(any Channel)?>(nil)

    init() {}

    /// The port on 127.0.0.1 to which clients connect.
    public var port: Int { self.listener.withLock { $0?.localAddress?.port } ?? 0 }

    /// How many replies ``loseNextReply()`` has dropped.
    public var lostReplyCount: Int { self.state.withLock { $0.lostReplyCount } }

    /// How many connections there are.
    public var connectionCount: Int { self.state.withLock { $0.connections.count } }

    /// How many connections there have been since the start.
    public var acceptedCount: Int { self.state.withLock { $0.acceptedCount } }

    /// Passes on what the server sends only after `time`; requests are not delayed.
    public func delay(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        self.set(.delay(.nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)))
    }

    /// Passes on requests, and keeps what the server sends until ``resume()``.
    public func holdReplies() { self.set(.hold) }

    /// Passes on the next request, waits for the server's reply, drops it and closes that connection; once.
    ///
    /// The server has then run the command, and the client cannot know.
    public func loseNextReply() { self.set(.loseReply) }

    /// Closes all connections, and every new one at once.
    public func cut() {
        self.set(.cut)
        for connection in self.state.withLock({ Array($0.connections.values) }) { connection.close() }
    }

    /// Ends all faults; kept replies are delivered.
    public func resume() {
        self.set(.none)
        for connection in self.state.withLock({ Array($0.connections.values) }) { connection.release() }
    }

    private func set(_ fault: Fault) {
        self.state.withLock { $0.fault = fault }
    }

    /// What is to be done with bytes of the server.
    func faultForReply() -> Fault {
        self.state.withLock { state in
            guard case .loseReply = state.fault else { return state.fault }
            state.fault = .none
            state.lostReplyCount += 1
            return .loseReply
        }
    }

    func add(_ connection: ReplySide) {
        self.state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = connection
            state.acceptedCount += 1
        }
    }

    func remove(_ connection: ReplySide) {
        self.state.withLock { _ = $0.connections.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    func listen(to host: String, port: Int, on group: any EventLoopGroup) async throws {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                if case .cut = self.state.withLock({ $0.fault }) { return client.close() }
                return ClientBootstrap(group: client.eventLoop)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .channelInitializer { server in
                        server.eventLoop.makeCompletedFuture {
                            try server.pipeline.syncOperations.addHandler(ReplySide(client: client, proxy: self))
                        }
                    }
                    .connect(host: host, port: port)
                    .flatMapThrowing { server in
                        do {
                            try client.pipeline.syncOperations.addHandler(RequestSide(server: server))
                        } catch {
                            server.close(promise: nil)
                            throw error
                        }
                    }
            }
        let channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        self.listener.withLock { $0 = channel }
    }

    func stop() async {
        self.cut()
        try? await self.listener.withLock { $0 }?.close()
    }
}

/// Lends a proxy to a server, and closes it with all its connections when the scope is left on any path.
///
/// ```swift
/// try await withFaultProxy(port: server.port) { proxy in
///     proxy.delay(.milliseconds(500))
///     …
/// }
/// ```
///
/// - Parameters:
///   - host: Where the server is; default this machine.
///   - port: The server's port.
///   - body: Uses the proxy.
/// - Throws: What `body` throws, or the system's error when no port can be had.
public func withFaultProxy<Value>(
    host: String = "127.0.0.1", port: Int, _ body: (FaultProxy) async throws -> Value
) async throws -> Value {
    let proxy = FaultProxy()
    try await proxy.listen(to: host, port: port, on: MultiThreadedEventLoopGroup.singleton)
    let value: Value
    do {
        value = try await body(proxy)
    } catch {
        await proxy.stop()
        throw error
    }
    await proxy.stop()
    return value
}
