import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Hummingbird
import StrictJSON
import Testing

@testable import HTTPCore

@Suite("Request deadline", .timeLimit(.minutes(1)))
struct DeadlineTests {
    @Test("cancels a handler and answers 503 in shape")
    func handler() async throws {
        let service = try Fixture(configure: { $0.requestDeadline = .milliseconds(50) }).service
        try await withConnection(to: service) { client in
            try await client.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try #require(try await client.answer())
            #expect(answer.status == 503 && answer.fields["connection"] == "close")
            let json = try JSONValue(parsing: Array(answer.body.utf8))
            #expect(json["error"] == "service_unavailable")
            #expect(json["request_id"]?.stringValue == answer.fields["x-request-id"])
            #expect(try await client.isAtEnd())
        }
    }

    @Test("ends the reading of a body that drips, and never takes the part for the whole")
    func drippingBody() async throws {
        let service = try Fixture(configure: { $0.requestDeadline = .milliseconds(50) }).service
        try await withConnection(to: service) { client in
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
            let answer = try #require(try await client.answer())
            #expect(answer.status == 503 && answer.fields["connection"] == "close")
            #expect(try await client.isAtEnd())
        }
    }

    @Test("is what cancels a handler; a client that hangs up does not")
    func disconnection() async throws {
        let (started, start) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let (outcomes, outcome) = AsyncStream<Bool>.makeStream()
        let service = try Fixture([
            Operation(.get, "/gate", id: "gate", summary: "", tag: "", access: .anyone) { _ in
                start.yield()
                _ = await released.first { _ in true }
                outcome.yield(Task.isCancelled)
                return .empty()
            },
            Operation(.get, "/hello", id: "hello", summary: "", tag: "", access: .anyone) { _ in .empty() },
        ]).service
        try await service.serving { port, _ in
            try await RawClient.connected(to: port) { client in
                try await client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = await started.first { _ in true }
            }
            try await RawClient.connected(to: port) { client in
                try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.answer()?.status == 204)
            }
            release.yield()
            #expect(await outcomes.first { _ in true } == false)
        }
    }

    @Test("keeps an entry only while its request runs, however that ends")
    func noLeak() async throws {
        let deadlines = RequestDeadlines(limit: .seconds(3_600))
        _ = try await deadlines.run { _ in Response(status: .ok) }
        await #expect(throws: Fault.self) { try await deadlines.run { _ in throw Fault(secret: "") } }
        #expect(deadlines.count == 0)

        let (started, start) = AsyncStream<Void>.makeStream()
        let late = Task {
            try await deadlines.run { _ in
                start.yield()
                try await Task.sleep(for: .seconds(3_600))
                return Response(status: .ok)
            }
        }
        _ = await started.first { _ in true }
        #expect(deadlines.count == 1)
        deadlines.cancelLate(at: .now)
        #expect(!late.isCancelled)
        deadlines.cancelLate(at: .now + .seconds(3_601))
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(deadlines.count == 0)
    }

    @Test("passes on that the caller was cancelled")
    func cancelledCaller() async throws {
        let deadlines = RequestDeadlines(limit: .seconds(3_600))
        let caller = Task {
            try await deadlines.run { _ in
                try await Task.sleep(for: .seconds(3_600))
                return Response(status: .ok)
            }
        }
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        #expect(deadlines.count == 0)
    }
}
