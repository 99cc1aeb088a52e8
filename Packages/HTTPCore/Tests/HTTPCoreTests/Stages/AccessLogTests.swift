import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Logging
import Synchronization
import Testing

@Suite("Access log", .timeLimit(.minutes(1)))
struct AccessLogTests {
    @Test("has one line per request, with the template and the client, without path and secrets")
    func line() async throws {
        let lines = LogLines()
        let trusted = try CIDRBlock.list(parsing: "127.0.0.1")
        let service = try Fixture(configure: { $0.trustedProxies = trusted }).service
        try await service.serving(logger: lines.logger) { port, _ in
            try await RawClient.connected(to: port) { client in
                try await client.send(
                    "GET /notes/123e4567-e89b-12d3-a456-426614174000?verbose=1 HTTP/1.1\r\nHost: a\r\nX-Request-ID: r1\r\n"
                        + "X-API-Key: \(Fixture.key)\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n")
                #expect(try await client.answer()?.status == 200)
                try await client.send("GET /fault HTTP/1.1\r\nHost: a\r\nX-API-Key: \(Fixture.key)\r\n\r\n")
                #expect(try await client.answer()?.status == 500)
                try await client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.answer()?.status == 200)
            }
        }
        let access = lines.all.filter { $0.hasPrefix("info request ") }
        #expect(access.count == 2)
        let first = try #require(access.first)
        for text in [
            "http.route=/notes/{id}", "http.method=GET", "http.status=200", "request.id=r1", "client.address=203.0.113.7",
        ] {
            #expect(first.contains(text), "\(first)")
        }
        for text in [Fixture.key, "123e4567", "verbose", "hb.request.id"] { #expect(!first.contains(text), "\(first)") }
        #expect(
            lines.all.contains { $0.hasPrefix("error request failed") && $0.contains("hunter2") }, "the cause goes to the log")
        #expect(!lines.all.contains { $0.contains(Fixture.key) })
    }
}

/// Keeps what was logged.
private final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { self.lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = self.metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
            self.lines.lines.withLock { $0.append("\(event.level) \(event.message) \(facts.joined(separator: " "))") }
        }
    }
}
