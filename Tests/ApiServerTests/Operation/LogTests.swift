import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("The log of the server")
struct LogTests {
    /// Requests whose parts try to end a line or to write one of their own.
    private static let forgeries: [[UInt8]] = [
        HTTPClient.request(
            "GET", #"/x%0a{"level":"error","message":"forged"}"#.replacing("{", with: "%7B").replacing("}", with: "%7D")),
        HTTPClient.request("GET", "/api/v1/traces/%0d%0a2026-11-20T23:44:13.123Z%20error%20gatehouse:%20forged"),
        HTTPClient.request("GET", "/livez", fields: [#"X-Request-ID: a","message":"forged"#]),
        HTTPClient.request("GET", "/livez", fields: ["X-Forwarded-For: 1.2.3.4\u{2028}forged"]),
        HTTPClient.request("GET", "/livez?\u{202E}forged=%0aforged", fields: ["User-Agent: \u{1B}[2Jforged"]),
        HTTPClient.request("GET", "/livez", fields: ["X-API-Key: forged\tforged", "X-Forwarded-For: forged"]),
        HTTPClient.request("FORGED", "/livez"),
        HTTPClient.request("POST", "/api/v1/keys", body: #"{"display_name":"\nforged"}"#),
    ]

    private func log(format: String) async throws -> [String] {
        try await withServer(settings: ["LOG_FORMAT": format, "LOG_LEVEL": "trace"]) { server async throws in
            for bytes in Self.forgeries {
                _ = try? await server.client.exchange(bytes, answersTo: ["GET"])
            }
            server.child.send(signal: 15)
            #expect(try await server.child.waitForExit() == .exited(0))
            return server.child.output(of: .standardError).lines
        }
    }

    @Test("is one JSON object per line, whatever clients send")
    func json() async throws {
        let lines = try await self.log(format: "json")
        #expect(lines.count > Self.forgeries.count)
        for line in lines {
            let object = try JSONValue(parsing: Array(line.utf8))
            #expect(object["level"]?.stringValue != nil && object["time"]?.stringValue != nil, "\(line)")
            #expect(object["message"]?.stringValue?.contains("forged") == false, "\(line)")
        }
    }

    @Test("is one event per line in text, too")
    func text() async throws {
        let lines = try await self.log(format: "text")
        for line in lines {
            #expect(line.prefixMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [a-z]+ [\w.-]+: /#) != nil, "\(line)")
            #expect(!line.contains("gatehouse: forged"))
            #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{2028}" || $0 == "\u{202E}" }, "\(line)")
        }
    }

    @Test(
        "tells the request id, the template and the status of a request, and nothing of its path", arguments: TestStore.allCases)
    func access(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let user = try await server.makeUser()
            let path = "/api/v1/traces/\(user.id)"
            let answer = try await server.client.send("GET", path, fields: ["X-Request-ID: mine-1"], key: user.key)
            #expect(answer["X-Request-ID"] == "mine-1")
            let line = try await server.child.waitForLine(on: .standardError) { $0.contains("request.id=mine-1") }
            #expect(line.contains(" http.method=GET http.route=/api/v1/traces/{id} http.status=404"))
            #expect(!server.log.contains(user.id))
        }
    }
}
