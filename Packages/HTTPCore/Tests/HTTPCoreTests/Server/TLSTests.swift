import Foundation
import HTTPCore
import HTTPCoreTestSupport
import NIOSSL
import Testing

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    @Test("serves requests, and survives a client that speaks plain HTTP")
    func request() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appending(path: "certificate.pem").path
        let key = folder.appending(path: "key.pem").path
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.arguments =
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
            + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)

        let server = try TLSConfiguration.server(certificates: certificate, privateKey: key)
        var trusting = TLSConfiguration.makeClientConfiguration()
        trusting.trustRoots = .file(certificate)
        let client = try NIOSSLContext(configuration: trusting)
        try await Fixture().service.serving(tls: server) { port, _ in
            try await RawClient.connected(to: port) { plain in
                try await plain.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await plain.answer() == nil)
            }
            try await RawClient.connected(to: port, tls: client) { secure in
                for _ in 0..<2 {
                    try await secure.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await secure.answer()?.status == 200)
                }
                try await secure.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n")
                #expect(try await secure.answer()?.status == 413)
                #expect(try await secure.bytesUntilEnd() == 0)
            }
        }
    }

    @Test("refuses files that hold no certificate")
    func wrongFile() {
        #expect(throws: (any Error).self) { try TLSConfiguration.server(certificates: "/dev/null", privateKey: "/dev/null") }
    }
}
