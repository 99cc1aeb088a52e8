import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Outbound

@Suite("Back pressure")
struct BackPressureTests {
    /// Counts how often the connection asks the socket for bytes.
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = Never

        var count = 0

        func read(context: ChannelHandlerContext) {
            self.count += 1
            context.read()
        }
    }

    @Test("stops reading while a quarter of a megabyte waits for its reader, and goes on afterwards")
    func stopsReading() throws {
        let channel = EmbeddedChannel()
        let counter = ReadCounter()
        let connection = HTTPConnection(on: channel.eventLoop, usesTLS: false)
        try channel.pipeline.syncOperations.addHandlers([counter, connection])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
        let plan = ExchangePlan(
            id: 1, head: HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"), body: ByteBuffer(), bodyByteLimit: 1 << 20,
            firstByteTimeout: .hours(1), silenceTimeout: .hours(1), deadline: .now() + .hours(1), idleTimeout: .zero,
            keep: { _ in })
        connection.start(plan, OutcomeBox())
        try channel.writeInbound(HTTPClientResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))

        let piece = ByteBuffer(repeating: 0, count: 64 << 10)
        for _ in 0..<3 {
            try channel.writeInbound(HTTPClientResponsePart.body(piece))
            let before = counter.count
            channel.pipeline.read()
            #expect(counter.count == before + 1)
        }
        try channel.writeInbound(HTTPClientResponsePart.body(piece))
        let before = counter.count
        channel.pipeline.read()
        channel.pipeline.read()
        #expect(counter.count == before)
        connection.read(OutcomeBox(), of: 1)
        #expect(counter.count == before + 1)
        connection.read(OutcomeBox(), of: 1)
        #expect(counter.count == before + 1)
        connection.fail(.cancelled)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }
}
