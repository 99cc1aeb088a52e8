import Identity
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ServerNames

/// Opens connections to addresses that have been checked: no name is resolved here.
struct Dialer: Sendable {
    private let tls: NIOSSLContext
    private let headByteLimit: Int

    /// Prepares TLS 1.2 and later with verification of certificates and names; reads the file of authorities.
    ///
    /// - Throws: ``OutboundError`` with code `invalidConfiguration`.
    init(caFile: String?, headByteLimit: Int) throws(OutboundError) {
        do {
            self.tls = try caFile.map { try Self.context(trusting: .file($0)) } ?? Self.systemContext.get()
        } catch {
            throw OutboundError(.invalidConfiguration, message: "the certificate authorities cannot be read", cause: error)
        }
        self.headByteLimit = headByteLimit
    }

    /// Reading all authorities of a system takes a while, so it is done once per process.
    private static let systemContext = Result { try Dialer.context(trusting: .default) }

    private static func context(trusting roots: NIOSSLTrustRoots) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        tls.trustRoots = roots
        return try NIOSSLContext(configuration: tls)
    }

    /// Connects, and agrees on TLS with the name or address of the URL.
    ///
    /// - Throws: ``OutboundError``: `connectFailed`, `tls`, `timedOut`, `cancelled`.
    func connect(
        to address: IPAddress, for url: OutboundURL, on eventLoop: any EventLoop, within timeout: TimeAmount
    ) async throws(OutboundError) -> HTTPConnection {
        let connection = HTTPConnection(on: eventLoop, usesTLS: url.scheme == .https)
        eventLoop.execute { self.open(connection, address, url, timeout) }
        try await connection.ready.wait {
            eventLoop.execute { connection.fail(.cancelled) }
        }
        return connection
    }

    private func open(_ connection: HTTPConnection, _ address: IPAddress, _ url: OutboundURL, _ timeout: TimeAmount) {
        guard connection.beginConnecting(within: timeout) else { return }
        guard let bootstrap = ClientBootstrap(validatingGroup: connection.eventLoop),
            let socketAddress = try? SocketAddress(ipAddress: address.description, port: Int(url.port))
        else {
            return connection.fail(OutboundError(.invalidConfiguration, message: "the event loops cannot open sockets"))
        }
        bootstrap.connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.addHandlers(to: channel, connection, url) }
            }
            .connect(to: socketAddress)
            .whenFailure { error in connection.fail(OutboundError(channelError: error, isConnecting: true)) }
    }

    private func addHandlers(to channel: any Channel, _ connection: HTTPConnection, _ url: OutboundURL) throws {
        let pipeline = channel.pipeline.syncOperations
        if url.scheme == .https {
            try ServerNameCheck.addTLS(to: pipeline, host: url.host.description, context: self.tls)
        }
        try pipeline.addHandler(ByteMeter(connection, headByteLimit: self.headByteLimit))
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = self.headByteLimit
        limits.maxHeaderListSize = self.headByteLimit
        try pipeline.addHTTPClientHandlers(
            leftOverBytesStrategy: .dropBytes, enableOutboundHeaderValidation: true, encoderConfiguration: .init(),
            decoderLimitConfiguration: limits)
        try pipeline.addHandler(connection)
    }
}
