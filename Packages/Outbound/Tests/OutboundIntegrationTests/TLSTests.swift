import HTTPTypes
import NIOSSL
import Outbound
import OutboundTestSupport
import TestKit
import Testing

@Suite("TLS to named hosts")
struct TLSTests {
    /// Lends a TLS server whose certificate names `localhost`, `127.0.0.1` and `::1`, and the file of its authority.
    static func withSecureServer(_ body: (ScriptedServer, String) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let certificates = try await TestCertificates.make(in: folder)
            let chain = try NIOSSLCertificate.fromPEMFile(certificates.certificateFile).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: certificates.keyFile, format: .pem)
            let context = try NIOSSLContext(
                configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
            try await withScriptedServer(tls: context, script: { _, _ in httpAnswer("secret") }) { server in
                try await body(server, certificates.caFile)
            }
        }
    }

    @Test("is checked against the name, though an address is dialled", arguments: ["localhost", "127.0.0.1", "LOCALHOST."])
    func rightName(_ host: String) async throws {
        try await Self.withSecureServer { server, caFile in
            let client = try makeClient("127.0.0.1:\(server.port)") { $0.caFile = caFile }
            let url = try OutboundURL(parsing: "https://\(host):\(server.port)/")
            for _ in 0..<2 {
                let response = try await client.send(OutboundRequest(.get, url))
                #expect(response.body == Array("secret".utf8))
            }
            #expect(server.connectionCount == 1)
            #expect(server.serverNames == [host == "127.0.0.1" ? nil : "localhost"])
            client.close()
        }
    }

    /// The certificate also names the address that is dialled, which is not what was asked for.
    @Test("fails for another name of the same address, before anything is sent")
    func wrongName() async throws {
        try await Self.withSecureServer { server, caFile in
            let client = try makeClient("127.0.0.1:\(server.port)") { $0.caFile = caFile }
            let right = try OutboundURL(parsing: "https://localhost:\(server.port)/")
            _ = try await client.send(OutboundRequest(.get, right))
            let wrong = try OutboundURL(parsing: "https://hooks.example.com:\(server.port)/")
            let error = await failure { try await client.send(OutboundRequest(.post, wrong)) }
            #expect(error?.code == .tls && error?.mayHaveBeenSent == false)
            #expect(server.requests.count == 1)
            client.close()
        }
    }

    @Test("fails for an authority that is not trusted")
    func unknownAuthority() async throws {
        try await Self.withSecureServer { server, _ in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "https://localhost:\(server.port)/")
            let error = await failure { try await client.send(OutboundRequest(.post, url)) }
            #expect(error?.code == .tls && error?.mayHaveBeenSent == false)
            #expect(server.requests.isEmpty)
        }
    }

    @Test("fails with a server that speaks something else")
    func noTLS() async throws {
        try await withScriptedServer(script: { _, _ in [] }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)") { $0.connectTimeout = .milliseconds(500) }
            let url = try OutboundURL(parsing: "https://127.0.0.1:\(server.port)/")
            let code = await failure { try await client.send(OutboundRequest(.get, url)) }?.code
            #expect(code == .tls || code == .timedOut)
        }
    }

    @Test("that is cut off makes no body complete")
    func cutOff() async throws {
        try await withTemporaryDirectory { folder in
            let certificates = try await TestCertificates.make(in: folder)
            let chain = try NIOSSLCertificate.fromPEMFile(certificates.certificateFile).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let context = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: chain, privateKey: .privateKey(NIOSSLPrivateKey(file: certificates.keyFile, format: .pem))))
            // Without a length the end of the connection ends the body, which an attacker on the way could bring about.
            try await withScriptedServer(tls: context, script: { _, _ in [.write("HTTP/1.1 200 OK\r\n\r\nhalf"), .cut] }) {
                server in
                let client = try makeClient("127.0.0.1:\(server.port)") { $0.caFile = certificates.caFile }
                let url = try OutboundURL(parsing: "https://localhost:\(server.port)/")
                #expect(await failure { try await client.send(OutboundRequest(.get, url)) }?.code == .connectionLost)
                client.close()
            }
        }
    }
}
