import HTTPTypes
import Outbound
import OutboundTestSupport
import TestKit
import Testing

@Suite("Cancellation")
struct CancellationTests {
    @Test("while the answer is awaited closes the connection")
    func awaitingHead() async throws {
        try await withScriptedServer(script: { _, _ in [] }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let task = Task { await failure { try await client.send(OutboundRequest(.get, url)) } }
            while server.requests.isEmpty { await Task.yield() }
            task.cancel()
            let error = await task.value
            #expect(error?.code == .cancelled && error?.mayHaveBeenSent == true)
            #expect(await server.waitForEnds(1))
            client.close()
        }
    }

    @Test("while a body comes closes the connection")
    func readingBody() async throws {
        try await withScriptedServer(script: { _, _ in [.write(DeadlineTests.head + "abc")] }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let (pieces, gotPiece) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                await failure {
                    try await client.withResponse(to: OutboundRequest(.get, url)) { _, body in
                        for try await _ in body { gotPiece.yield() }
                    }
                }
            }
            for await _ in pieces { break }
            task.cancel()
            let error = await task.value
            #expect(error?.code == .cancelled && error?.mayHaveBeenSent == true)
            #expect(await server.waitForEnds(1))
            client.close()
        }
    }

    @Test("while the name is resolved, TLS is agreed on, or another request runs ends at once")
    func beforeSending() async throws {
        try await withScriptedServer(script: { _, _ in [] }) { server in
            let plain = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let slow = try makeClient("", resolver: SilentResolver())
            let busy = try makeClient("127.0.0.1:\(server.port)") { $0.concurrencyLimit = 1 }
            let runner = Task { await failure { try await busy.send(OutboundRequest(.get, plain)) } }
            while server.requests.isEmpty { await Task.yield() }

            let named = try OutboundURL(parsing: "https://slow.example/")
            let secure = try OutboundURL(parsing: "https://127.0.0.1:\(server.port)/")
            let handshaking = try makeClient("127.0.0.1:\(server.port)")
            for (client, url) in [(slow, named), (handshaking, secure), (busy, plain)] {
                let task = Task { await failure { try await client.send(OutboundRequest(.get, url)) } }
                for _ in 0..<1_000 { await Task.yield() }
                task.cancel()
                let error = await task.value
                #expect(error?.code == .cancelled && error?.mayHaveBeenSent == false)
            }
            #expect(server.requests.count == 1)
            runner.cancel()
            #expect(await runner.value?.code == .cancelled)
            let before = Task { await failure { try await busy.send(OutboundRequest(.get, plain)) } }
            before.cancel()
            #expect(await before.value?.code == .cancelled)
            busy.close()
        }
    }
}
