public import NIOCore

/// Sees the bytes of a connection before HTTP does, and may answer some of them itself (DESIGN §2, hot path).
///
/// Every connection begins with the handler that ``makeHandler(handOver:)`` gives, alone in the pipeline behind TLS. It answers what it
/// knows, and hands the rest of the connection over to the ordinary server with the first byte that it does not: from then on
/// it passes everything on untouched, so that answers keep their order. Until then idle time-out, back-pressure and the end of the
/// connection when the server stops are its own business.
public protocol ConnectionFront: Sendable {
    /// Makes the handler of one connection; called on its event loop.
    ///
    /// - Parameter handOver: Puts the handlers of the ordinary server behind the one that owns the context. To be called at most
    ///   once, on the event loop, right before the first bytes are passed on; it throws when the connection is gone.
    func makeHandler(
        handOver: @escaping (ChannelHandlerContext) throws -> Void
    ) -> any ChannelInboundHandler & RemovableChannelHandler
}
