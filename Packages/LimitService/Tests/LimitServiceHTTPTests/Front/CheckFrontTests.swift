import HTTPCoreTestSupport
import LimitServiceHTTP
import NIOCore
import NIOPosix
import TestKit
import Testing

@Suite("Front of a connection", .timeLimit(.minutes(1)))
struct CheckFrontTests {
    private static let check = PathDifferenceTests.post(#"{"key":"k","limit":1000000}"#)

    @Test("closes a silent connection, and one that was busy before, after the idle time", arguments: ["", Self.check])
    func idle(_ first: String) async throws {
        let node = try NodeFixture(limits: CheckFront.Limits(idleTimeout: .seconds(1)))
        try await node.http.serving(front: node.front) { port, _ in
            try await Self.connected(to: port) { inbound, outbound in
                if !first.isEmpty { try await outbound.write(ByteBuffer(string: first)) }
                var bytes = 0
                for try await part in inbound { bytes += part.readableBytes }
                #expect((bytes > 0) == !first.isEmpty)
            }
        }
    }

    @Test("gives a request that stops in the middle to the ordinary path, which bounds it")
    func holds() async throws {
        let node = try NodeFixture(limits: CheckFront.Limits(holdTimeout: .milliseconds(50)))
        try await node.http.serving(front: node.front) { port, _ in
            try await Self.connected(to: port) { inbound, outbound in
                var parts = inbound.makeAsyncIterator()
                let text = Self.check
                try await outbound.write(ByteBuffer(string: String(text.dropLast(4))))
                // Only the ordinary path counts requests of another connection meanwhile; the rest arrives long after the hold.
                try await Task.sleep(for: .milliseconds(200))
                try await outbound.write(ByteBuffer(string: String(text.suffix(4))))
                let answer = try await parts.next(isolation: #isolation).map { String(buffer: $0) }
                #expect(answer?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
            }
        }
    }

    @Test("has a body that never comes whole timed by the ordinary path")
    func timesBodies() async throws {
        let node = try NodeFixture(limits: CheckFront.Limits(holdTimeout: .milliseconds(50)), bodyTimeout: .milliseconds(300))
        try await node.http.serving(front: node.front) { port, _ in
            try await Self.connected(to: port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: String(Self.check.dropLast(4))))
                var text = ""
                for try await part in inbound { text += String(buffer: part) }
                #expect(text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            }
        }
    }

    @Test("ends idle connections when the server stops")
    func quiesces() async throws {
        let node = try NodeFixture()
        try await node.http.serving(front: node.front) { port, shutDown in
            try await Self.connected(to: port) { inbound, outbound in
                var parts = inbound.makeAsyncIterator()
                try await outbound.write(ByteBuffer(string: Self.check))
                #expect(try await parts.next(isolation: #isolation) != nil)
                await shutDown()
                #expect(try await parts.next(isolation: #isolation) == nil)
            }
        }
    }

    @Test("answers ten thousand pipelined requests in order though the client reads late")
    func backPressure() async throws {
        let node = try NodeFixture()
        let count = 10_000
        try await node.http.serving(front: node.front) { port, _ in
            let bytes = try await Exchange.run([Array(String(repeating: Self.check, count: count).utf8)], to: port)
            let text = String(decoding: bytes, as: UTF8.self)
            let counts = text.matches(of: #/"current_count":(\d+)/#).compactMap { Int($0.1) }
            #expect(counts == Array(1...count))
        }
    }

    @Test("says in each answer that the connection ends while the program is about to stop, and ends it")
    func saysThatItStops() async throws {
        let node = try NodeFixture(isStopping: { true })
        try await node.http.serving(isStopping: { true }, front: node.front) { port, _ in
            try await Self.connected(to: port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Self.check))
                var text = ""
                for try await part in inbound { text += String(buffer: part) }
                #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(text.lowercased().contains("\r\nconnection: close\r\n"))
                #expect(text.hasSuffix(#""retry_after_seconds":0}"#))
            }
        }
    }

    @Test("counts hot requests in all metrics")
    func metrics() async throws {
        let node = try NodeFixture()
        try await node.http.serving(front: node.front) { port, _ in
            let blocked = PathDifferenceTests.post(#"{"key":"k","limit":1}"#)
            _ = try await Exchange.run([Array((blocked + blocked + blocked).utf8)], to: port)
        }
        #expect(node.metric(#"http_requests_total{handler="/check",method="POST",status="2xx"}"#) == 1)
        #expect(node.metric(#"http_requests_total{handler="/check",method="POST",status="4xx"}"#) == 2)
        #expect(node.metric(#"ratelimiter_requests_checked_total{result="allowed"}"#) == 1)
        #expect(node.metric(#"ratelimiter_requests_checked_total{result="blocked"}"#) == 2)
        #expect(node.metric("ratelimiter_check_duration_seconds_count") == 3)
        #expect(node.metric("http_request_duration_highr_seconds_count") == 3)
    }

    private static func connected(
        to port: Int,
        _ body:
            @escaping (NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { try await body($0, $1) }
    }
}
