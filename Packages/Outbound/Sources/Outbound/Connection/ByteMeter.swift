import NIOCore

/// Bounds what a server may send beside the body that is counted: status line, fields, interim answers, trailers and the framing of
/// chunks; and ends a connection that brings bytes while no answer is owed.
final class ByteMeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The framing of a chunk of one byte takes five more; the rest is generosity.
    private static let overheadPerBodyByte = 16

    private let connection: HTTPConnection
    private let headByteLimit: Int
    private var byteCount = 0
    private var wasExchanging = false

    init(_ connection: HTTPConnection, headByteLimit: Int) {
        self.connection = connection
        self.headByteLimit = headByteLimit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.connection.isExchanging else { return self.connection.receiveUnasked() }
        if !self.wasExchanging { self.byteCount = 0 }
        self.byteCount += self.unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        self.wasExchanging = self.connection.isExchanging
        // A body may have been counted by the time the overhead is.
        let bodyByteCount = self.connection.bodyByteCount
        if self.byteCount - bodyByteCount > self.headByteLimit + Self.overheadPerBodyByte * bodyByteCount {
            self.connection.fail(
                OutboundError(.tooLarge, message: "the head of the answer is larger than \(self.headByteLimit) bytes"))
        }
    }
}
