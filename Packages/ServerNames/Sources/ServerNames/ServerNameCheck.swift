public import NIOCore
public import NIOSSL
import NIOTLS

/// Lets a TLS handshake count only when the certificate names the host that was asked for.
///
/// NIOSSL has checked the chain by then. As to names, it is also content with a certificate for the address that is dialled, though a
/// name was asked for (swift-nio-ssl 2.37, `validIdentityForService`). Who can change an answer of the DNS could then stand in for
/// any host with a certificate for an address of his own.
///
/// On a mismatch ``ServerNameMismatch`` goes through the pipeline as an error and the connection is closed; nothing that was written
/// before is sent. The handlers behind hear of the handshake only when it counts.
public final class ServerNameCheck: ChannelInboundHandler {
    /// What passes through untouched.
    public typealias InboundIn = ByteBuffer

    private let name: String

    private init(name: String) {
        self.name = name
    }

    /// Adds TLS for a client, with a check of the certificate's names, at the end of a pipeline.
    ///
    /// - Parameters:
    ///   - pipeline: The channel's pipeline, on its event loop.
    ///   - host: What was asked for: a host name in any case, with or without the dot of the root, or an IP address, which must
    ///     stand in the certificate as an address. An address is not sent as a server name (RFC 6066, section 3).
    ///   - context: The trusted authorities; it must verify certificates with their names.
    /// - Throws: What NIOSSL throws for a name that cannot be sent.
    public static func addTLS(
        to pipeline: ChannelPipeline.SynchronousOperations, host: String, context: NIOSSLContext
    ) throws {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        guard !isAddress else {
            return try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
        }
        let name = host.utf8.last == UInt8(ascii: ".") ? String(host.dropLast()).lowercased() : host.lowercased()
        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
        try pipeline.addHandler(ServerNameCheck(name: name))
    }

    /// Looks at the certificate once the handshake is completed.
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            // No certificate counts as one without names.
            let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
            guard let certificate, CertificateNames.match(self.name, certificate.domainNames) else {
                context.fireErrorCaught(ServerNameMismatch())
                return context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }
}

/// The certificate of a TLS server does not name the host that was asked for.
public struct ServerNameMismatch: Error, CustomStringConvertible {
    /// The words of the error.
    public var description: String { "the certificate of the server does not name the host that was asked for" }
}
