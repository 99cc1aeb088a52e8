import Foundation
import ProgramTestSupport
import TestKit
import Testing

@Suite("The server towards browsers, proxies and TLS clients")
struct ExposureTests {
    @Test("lets pages of listed origins in, and no others")
    func cors() async throws {
        let origin = "http://localhost:3000"
        try await withServer(settings: ["CORS_ORIGINS": origin]) { server in
            let ask = ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-api-key, content-type"]
            let preflight = try await server.client.send("OPTIONS", "/api/v1/traces", fields: ["Origin: \(origin)"] + ask)
            #expect(preflight.status == 204)
            #expect(preflight["Access-Control-Allow-Origin"] == origin)
            #expect(preflight["Access-Control-Allow-Methods"]?.contains("POST") == true)
            #expect(preflight["Access-Control-Allow-Headers"]?.lowercased().contains("x-api-key") == true)
            let answer = try await server.client.send("GET", "/api/v1/keys/verify", fields: ["Origin: \(origin)"])
            #expect(answer.status == 401)
            #expect(answer["Access-Control-Allow-Origin"] == origin)
            #expect(answer["Vary"]?.contains("Origin") == true)

            for other in ["http://localhost:3001", "https://localhost:3000", "null", "http://localhost:3000.evil.example"] {
                let refused = try await server.client.send("OPTIONS", "/api/v1/traces", fields: ["Origin: \(other)"] + ask)
                #expect(refused["Access-Control-Allow-Origin"] == nil, "\(other)")
                let read = try await server.client.send("GET", "/livez", fields: ["Origin: \(other)"])
                #expect(read["Access-Control-Allow-Origin"] == nil, "\(other)")
            }
        }
        try await withServer(settings: ["CORS_ORIGINS": ""]) { server async throws in
            #expect(
                try await server.client.send("GET", "/livez", fields: ["Origin: \(origin)"])["Access-Control-Allow-Origin"] == nil
            )
        }
    }

    @Test("counts per client behind a trusted proxy, and does not believe what the client wrote itself")
    func trustedProxy() async throws {
        try await withServer(settings: ["RATE_LIMIT_KEY_CREATION": "1/hour"]) { server in
            for (forwarded, status) in [
                ("198.51.100.1", 201), ("198.51.100.1", 429), ("198.51.100.2", 201), ("9.9.9.9, 198.51.100.1", 429),
                ("198.51.100.3, 127.0.0.1", 201), ("198.51.100.3", 429), ("2001:db8::1", 201), ("2001:db8::2", 429),
            ] {
                let answer = try await server.client.send(
                    "POST", "/api/v1/keys", fields: ["X-Forwarded-For: \(forwarded)"], body: "{}")
                #expect(answer.status == status, "\(forwarded)")
            }
            #expect(server.log.contains("client.address=198.51.100.2 "))
        }
    }

    @Test("believes nobody when TRUSTED_PROXIES is empty or names others", arguments: ["", "10.0.0.0/8"])
    func untrustedProxy(_ proxies: String) async throws {
        try await withServer(settings: ["RATE_LIMIT_KEY_CREATION": "1/hour", "TRUSTED_PROXIES": proxies]) { server in
            for (forwarded, status) in [("198.51.100.1", 201), ("198.51.100.2", 429)] {
                let answer = try await server.client.send(
                    "POST", "/api/v1/keys", fields: ["X-Forwarded-For: \(forwarded)"], body: "{}")
                #expect(answer.status == status)
            }
        }
    }

    @Test("speaks TLS with the certificate that it is given, and nothing else then")
    func tls() async throws {
        try await withTemporaryDirectory { folder in
            let made = try await runProcess(
                "openssl",
                arguments: [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem",
                    "-out",
                    "cert.pem", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                ], workingDirectory: folder)
            try #require(made.isSuccess, "\(made.standardError.text)")
            let settings = ["TLS_CERTIFICATE": "cert.pem", "TLS_PRIVATE_KEY": "key.pem"]
            try await withServer(in: folder, settings: settings, arguments: ["--first-key"]) { server in
                _ = try await server.child.waitForLine { $0 == "Gatehouse listens at https://127.0.0.1:\(server.client.port)" }
                let request = HTTPClient.request("GET", "/readyz", fields: ["Connection: close"])
                let connect = ["s_client", "-connect", "127.0.0.1:\(server.client.port)", "-quiet", "-verify_return_error"]
                let answer = try await runProcess(
                    "openssl", arguments: connect + ["-CAfile", "cert.pem", "-verify_ip", "127.0.0.1"], workingDirectory: folder,
                    standardInput: request)
                #expect(answer.standardOutput.text.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(answer.standardError.text)")
                #expect(answer.standardOutput.text.hasSuffix(#"{"status":"ready"}"#))
                let old = try await runProcess("openssl", arguments: connect + ["-tls1_1"], standardInput: request)
                #expect(!old.standardOutput.text.contains("200 OK"))
                let plain = try? await server.client.send("GET", "/readyz")
                #expect(plain == nil)
            }
        }
    }
}
