import NIOCore
import NIOPosix
import Synchronization

/// A server that greets like Redis and then answers every request with the same bytes.
private final class FakeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: [UInt8]
    private var isGreeted = false

    init(answer: [UInt8]) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.isGreeted ? self.answer : Array("+PONG\r\n".utf8)
        self.isGreeted = true
        context.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }
}

/// What a test knows of a fake server.
final class FakeServer: Sendable {
    let connectionCount = Atomic(0)
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    var url: String { "redis://127.0.0.1:\(self.channel.withLock { $0?.localAddress?.port } ?? 0)" }

    func use(_ channel: any Channel) { self.channel.withLock { $0 = channel } }
}

/// Lends a server that answers everything but the greeting with `answer`.
func withFakeServer(answer: [UInt8], _ body: (FakeServer) async throws -> Void) async throws {
    let server = FakeServer()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in
            server.connectionCount.add(1, ordering: .relaxed)
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(FakeHandler(answer: answer))
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    server.use(channel)
    do {
        try await body(server)
    } catch {
        try? await channel.close()
        throw error
    }
    try await channel.close()
}
