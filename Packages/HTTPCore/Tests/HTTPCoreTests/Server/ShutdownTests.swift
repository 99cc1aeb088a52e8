import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Graceful shutdown", .timeLimit(.minutes(1)))
struct ShutdownTests {
    /// A service whose one operation waits until it is let go, then answers with many bytes.
    private static func gated(bytes: Int) throws -> (
        HTTPService, started: AsyncStream<Void>, release: AsyncStream<Void>.Continuation
    ) {
        let (started, start) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let service = try Fixture([
            Operation(.get, "/gate", id: "gate", summary: "", tag: "", access: .anyone) { _ in
                start.yield()
                _ = await released.first { _ in true }
                return OperationResponse(contentType: "text/plain", body: [UInt8](repeating: UInt8(ascii: "x"), count: bytes))
            }
        ]).service
        return (service, started, release)
    }

    @Test("finishes the request in flight, whole, and says that the connection ends", arguments: [5, 20_000_000])
    func inFlight(_ bytes: Int) async throws {
        let (service, started, release) = try Self.gated(bytes: bytes)
        try await service.serving { port, shutDown in
            try await RawClient.connected(to: port) { client in
                try await client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = await started.first { _ in true }
                await shutDown()
                // Nobody is let in any more, from the moment on at which an idle connection is closed.
                await Self.expectRefusal(port)
                release.yield()
                let answer = try #require(try await client.answer())
                #expect(answer.status == 200 && answer.body.utf8.count == bytes)
                #expect(answer.fields["connection"] == "close")
                #expect(try await client.isAtEnd())
            }
        }
    }

    @Test("closes idle connections, and ends")
    func idle() async throws {
        try await Fixture().service.serving { port, shutDown in
            try await RawClient.connected(to: port) { client in
                try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.answer()?.status == 200)
                await shutDown()
                #expect(try await client.isAtEnd())
            }
        }
    }

    /// Connects until the port refuses.
    private static func expectRefusal(_ port: Int) async {
        while (try? await RawClient.connected(to: port) { client in try await client.isAtEnd() }) != nil {}
    }
}
