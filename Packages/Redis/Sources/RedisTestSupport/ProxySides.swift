import NIOCore

/// Gets what a client sends and passes it on to the server.
final class RequestSide: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let server: any Channel

    init(server: any Channel) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.server.writeAndFlush(self.unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.server.close(promise: nil)
    }
}

/// Gets what a server sends and passes it on to the client, unless a fault forbids it.
///
/// Both channels are on one event loop, and all state is touched there; that is the guard behind `@unchecked Sendable`.
final class ReplySide: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private let client: any Channel
    private let proxy: FaultProxy
    private var held: [ByteBuffer] = []
    /// Until when later bytes must wait, so that none overtakes another.
    private var busyUntil = NIODeadline.uptimeNanoseconds(0)

    init(client: any Channel, proxy: FaultProxy) {
        self.client = client
        self.proxy = proxy
    }

    /// Closes both sides; from any thread.
    func close() { self.client.close(promise: nil) }

    /// Passes on what was held; from any thread.
    func release() {
        self.client.eventLoop.execute {
            for bytes in self.held { self.client.write(bytes, promise: nil) }
            self.held = []
            self.client.flush()
        }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.proxy.add(self) }

    func handlerRemoved(context: ChannelHandlerContext) { self.proxy.remove(self) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        switch self.proxy.faultForReply() {
        case .none: self.pass(bytes, at: .now())
        case .delay(let time): self.pass(bytes, at: .now() + time)
        case .hold: self.held.append(bytes)
        case .loseReply, .cut: self.client.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.client.close(promise: nil)
    }

    private func pass(_ bytes: ByteBuffer, at time: NIODeadline) {
        let now = NIODeadline.now()
        guard time > now || self.busyUntil > now else { return self.client.writeAndFlush(bytes, promise: nil) }
        self.busyUntil = max(time, self.busyUntil)
        self.client.eventLoop.scheduleTask(deadline: self.busyUntil) { self.client.writeAndFlush(bytes, promise: nil) }
    }
}
