import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import PrometheusMetrics
import Testing

@Suite("Streamed responses")
struct StreamedResponseTests {
    private static func service(_ stream: @escaping OperationResponse.Stream) throws -> HTTPService {
        let operation = Operation(.get, "/events", id: "events", summary: "Events", tag: "events", access: .anyone) { _ in
            .stream(contentType: "text/event-stream", stream)
        }
        let parts = HTTPService.Parts(
            resolver: FixedCallers([:]), limits: CountingLimits(), metrics: try HTTPMetrics(registry: PrometheusRegistry()),
            translate: { _ in nil })
        return try HTTPService(operations: [operation], parts: parts, configuration: .init(keyHeader: .authorization))
    }

    @Test("send the pieces in order, with the type that was named")
    func pieces() async throws {
        let service = try Self.service { send in
            for number in 1...3 { try await send(Array("data: \(number)\n\n".utf8)) }
        }
        let answer = try await service.answer(.get, "/events")
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentType] == "text/event-stream")
        #expect(answer.headers[.contentLength] == nil)
        #expect(String(decoding: answer.body, as: UTF8.self) == "data: 1\n\ndata: 2\n\ndata: 3\n\n")
    }

    @Test("may be empty")
    func empty() async throws {
        let answer = try await Self.service { _ in }.answer(.get, "/events")
        #expect(answer.status == .ok && answer.body.isEmpty)
    }

    private struct Broken: Error {}

    @Test("that fail in the middle do not end as if they were whole")
    func failure() async throws {
        let service = try Self.service { send in
            try await send([1])
            throw Broken()
        }
        await #expect(throws: Broken.self) { try await service.answer(.get, "/events") }
    }

    @Test("reach a client piece by piece")
    func overSocket() async throws {
        let (reads, read) = AsyncStream<Void>.makeStream()
        let service = try Self.service { send in
            try await send(Array("first\n".utf8))
            // The second piece waits until the client has the first.
            for await _ in reads { break }
            try await send(Array("second\n".utf8))
        }
        try await withConnection(to: service) { client in
            try await client.send("GET /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let head = try await client.text(upTo: "first\n")
            #expect(head.contains("HTTP/1.1 200"))
            #expect(head.lowercased().contains("transfer-encoding: chunked"))
            read.yield()
            #expect(try await client.text(upTo: "second\n").hasSuffix("second\n"))
        }
    }
}
