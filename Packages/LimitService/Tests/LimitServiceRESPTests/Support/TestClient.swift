import NIOCore
import NIOPosix
import TestKit

/// A client over a real socket that sends bytes as they are told and waits for bytes.
struct TestClient {
    private let channel: any Channel
    private var replies: AsyncStream<[UInt8]>.Iterator
    private var waiting: [UInt8] = []

    private init(channel: any Channel, replies: AsyncStream<[UInt8]>) {
        self.channel = channel
        self.replies = replies.makeAsyncIterator()
    }

    /// Connects, lends a client, and closes it.
    ///
    /// - Parameter readsItself: Whether bytes are read as they come; otherwise none are, as by a client that hangs.
    static func with<Value>(
        port: Int, readsItself: Bool = true, _ body: (inout TestClient) async throws -> Value
    ) async throws -> Value {
        let (replies, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: readsItself)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.socketOption(.so_rcvbuf), value: 8_192)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        var client = TestClient(channel: channel, replies: replies)
        do {
            let value = try await body(&client)
            try? await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// Sends bytes, whether they are taken or not.
    func send(_ text: String) { self.send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { self.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// Closes the sending half.
    func finish() async throws { try await self.channel.close(mode: .output) }

    /// Lets a client that did not read go on.
    func readOn() async throws { try await self.channel.setOption(.autoRead, value: true).get() }

    /// Waits for so many bytes.
    mutating func receive(_ byteCount: Int) async -> String {
        while self.waiting.count < byteCount, let more = await self.replies.next(isolation: #isolation) { self.waiting += more }
        defer { self.waiting.removeFirst(min(byteCount, self.waiting.count)) }
        return String(decoding: self.waiting.prefix(byteCount), as: UTF8.self)
    }

    /// Whether exactly this comes next.
    mutating func receives(_ text: String) async -> Bool { await self.receive(text.utf8.count) == text }

    /// Waits until the server has closed its half, and gives all that came.
    mutating func receiveToEnd() async -> String {
        while let more = await self.replies.next(isolation: #isolation) { self.waiting += more }
        return String(decoding: self.waiting, as: UTF8.self)
    }

    /// Sends a command and waits for exactly this reply.
    mutating func ask(_ words: String..., gets reply: String) async -> Bool {
        self.send(Self.framed(words))
        return await self.receives(reply)
    }

    /// A command as clients frame it.
    static func framed(_ words: [String]) -> String {
        "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let continuation: AsyncStream<[UInt8]>.Continuation

        init(_ continuation: AsyncStream<[UInt8]>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.continuation.yield(Array(Self.unwrapInboundIn(data).readableBytesView))
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { self.continuation.finish() }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { self.continuation.finish() }

        func channelInactive(context: ChannelHandlerContext) { self.continuation.finish() }
    }
}
