import NIOCore
import NIOHTTP1

/// Marks requests of HTTP/1.0 as the last of their connection, since the parts behind it do not see the version.
///
/// Such a client reads until the end of the connection unless both sides agree on something else (RFC 9112 §9.3).
final class OldVersionMarker: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = Self.unwrapInboundIn(data), head.version != .http1_1 else {
            context.fireChannelRead(data)
            return
        }
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }
}
