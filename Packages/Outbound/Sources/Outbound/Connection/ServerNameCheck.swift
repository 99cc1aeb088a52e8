import NIOCore
import NIOSSL
import NIOTLS

/// Lets a TLS handshake count only when the certificate names the host of the URL.
///
/// NIOSSL has checked the chain by then. As to names, it is also content with a certificate for the address that is dialled, though a
/// name was asked for (swift-nio-ssl 2.37, `validIdentityForService`). Who can change an answer of the DNS could then stand in for
/// any host with a certificate for an address of his own.
final class ServerNameCheck: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let name: String
    private let connection: HTTPConnection

    init(name: String, connection: HTTPConnection) {
        self.name = name
        self.connection = connection
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
            guard let certificate, CertificateNames.match(self.name, certificate.domainNames) else {
                let message = "the certificate of the server does not name the host of the URL"
                return self.connection.fail(OutboundError(.tls, message: message))
            }
        }
        context.fireUserInboundEventTriggered(event)
    }
}

extension NIOSSLCertificate {
    /// The names in the extension "subject alternative name"; the common name is none of them (RFC 9525, section 2).
    fileprivate var domainNames: [[UInt8]] {
        self._subjectAlternativeNames().compactMap { name in
            name.nameType == .dnsName ? name.contents.withUnsafeBufferPointer { Array($0) } : nil
        }
    }
}

/// Compares host names with those in certificates.
enum CertificateNames {
    /// Whether one of the names stands for the host. Source: RFC 9525, section 6.3.
    ///
    /// A wildcard is a whole first label, stands for exactly one label, and has at least two labels behind it.
    ///
    /// - Parameters:
    ///   - host: A name in lower case.
    ///   - names: Names as they stand in a certificate.
    static func match(_ host: String, _ names: [[UInt8]]) -> Bool {
        let host = Array(host.utf8)
        let parent = host.firstIndex(of: UInt8(ascii: ".")).map { host[$0...] } ?? []
        return names.contains { name in
            let name = name.map { $0.isLetter ? $0 | 0x20 : $0 }
            guard name.starts(with: "*.".utf8) else { return name == host }
            return name.dropFirst() == parent && parent.dropFirst().contains(UInt8(ascii: "."))
        }
    }
}
