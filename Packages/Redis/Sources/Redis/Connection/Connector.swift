import NIOCore
import NIOPosix
import NIOSSL
import ServerNames

/// Opens connections and signs in.
struct Connector: Sendable {
    private let configuration: RedisConfiguration
    private let settings: ConnectionSettings
    private let tls: NIOSSLContext?

    /// Prepares TLS; reads the file of certificates.
    ///
    /// - Throws: ``RedisError`` with code `invalidConfiguration`.
    init(_ configuration: RedisConfiguration) throws(RedisError) {
        self.configuration = configuration
        self.settings = ConnectionSettings(configuration)
        guard configuration.url.usesTLS else {
            self.tls = nil
            return
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = configuration.caFile { tls.trustRoots = .file(file) }
        do {
            self.tls = try NIOSSLContext(configuration: tls)
        } catch {
            throw RedisError(.invalidConfiguration, message: "the certificate authorities for Redis cannot be read", cause: error)
        }
    }

    /// A connection that is not open yet.
    func connection(on eventLoop: any EventLoop) throws(RedisError) -> RedisConnection {
        try RedisConnection(on: eventLoop, settings: self.settings)
    }

    /// Opens a connection and signs in, within the connect timeout; ending the connection ends the attempt.
    ///
    /// - Returns: A future of the event loop; the connection is closed if it fails.
    func open(_ connection: RedisConnection, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let timeout = TimeAmount(self.configuration.connectTimeout)
        let deadline = NIODeadline.now() + timeout
        guard let bootstrap = ClientBootstrap(validatingGroup: eventLoop) else {
            let message = "the event loops of the Redis client cannot open sockets"
            return eventLoop.makeFailedFuture(RedisError(.invalidConfiguration, message: message))
        }
        return self.channel(bootstrap.connectTimeout(timeout), connection).flatMap { _ in
            self.signIn(connection, on: eventLoop, until: deadline).flatMapErrorThrowing { error in
                connection.end(.notConnected)
                throw error
            }
        }
    }

    private func channel(_ bootstrap: ClientBootstrap, _ connection: RedisConnection) -> EventLoopFuture<any Channel> {
        switch self.configuration.url.address {
        case .host(let name, let port):
            bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).channelOption(.socketOption(.so_keepalive), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let tls = self.tls {
                            try ServerNameCheck.addTLS(to: channel.pipeline.syncOperations, host: name, context: tls)
                        }
                        try channel.pipeline.syncOperations.addHandler(connection)
                    }
                }
                .connect(host: name, port: port)
        case .socket(let path):
            bootstrap
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(connection) }
                }
                .connect(unixDomainSocketPath: path)
        }
    }

    /// Sends all greetings at once; the last one, `PING`, finds servers that want a password or are not ready.
    private func signIn(
        _ connection: RedisConnection, on eventLoop: any EventLoop, until deadline: NIODeadline
    ) -> EventLoopFuture<Void> {
        let url = self.configuration.url
        var needed: [EventLoopFuture<RedisValue>] = []
        func send(_ command: RedisCommand) -> EventLoopFuture<RedisValue> {
            let promise = eventLoop.makePromise(of: RedisValue.self)
            connection.submit(.command(command), for: .promise(promise), within: (deadline - .now()).nanoseconds)
            return promise.futureResult
        }
        if let password = url.password {
            needed.append(send(url.user.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password)))
        }
        if url.database != 0 { needed.append(send(RedisCommand("SELECT", url.database))) }
        // Not every user may name a connection, and none needs to.
        if let name = self.configuration.clientName { _ = send(RedisCommand("CLIENT", "SETNAME", name)) }
        let ping = send(RedisCommand("PING")).flatMapErrorThrowing { error in
            guard let error = error as? RedisError, error.serverCode == "NOPERM" else { throw error }
            return .null
        }
        return EventLoopFuture.andAllSucceed(needed + [ping], on: eventLoop)
    }
}
