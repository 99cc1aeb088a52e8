import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// One connection as Hummingbird serves it, with ``ConnectionGuard`` in its pipeline; the order of the handlers is here.
struct GuardedHTTPChannel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let limits: ConnectionGuard.Limits
    let idleTimeout: Duration
    let front: (any ConnectionFront)?

    /// Makes a connection that passes requests to `responder` until one of the answers says `Connection: close`.
    init(
        limits: ConnectionGuard.Limits, idleTimeout: Duration, front: (any ConnectionFront)?,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.limits = limits
        self.idleTimeout = idleTimeout
        self.front = front
        self.responder = { request, writer, channel in
            if LastAnswer.current?.isGiven == true { throw ConnectionEnded() }
            try await responder(request, writer, channel)
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let front = self.front {
                try pipeline.addHandler(
                    front.makeHandler { context in
                        try context.pipeline.syncOperations.addHandlers(
                            try self.ordinaryHandlers(logger: logger), position: .after(context.handler))
                    })
            } else {
                try pipeline.addHandlers(try self.ordinaryHandlers(logger: logger))
            }
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    /// The handlers between the bytes and the server library, from the bytes on.
    private func ordinaryHandlers(logger: Logger) throws -> [any ChannelHandler] {
        // At most 1000 header fields of together 80 KiB.
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = 81_920
        decoderLimits.maxHeaderListSize = 81_920
        decoderLimits.maxHeaderFieldCount = 1_000
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoderLimits)
        return [
            HTTPResponseEncoder(configuration: .init()),
            ByteToMessageHandler(decoder),
            OldVersionMarker(),
            HTTP1ToHTTPServerCodec(secure: false),
            ConnectionGuard(limits: self.limits),
            HTTPConnectionStateHandler(idleTimeout: self.idleTimeout, logger: logger),
        ]
    }

    func handle(value: Value, logger: Logger) async {
        await LastAnswer.$current.withValue(LastAnswer()) {
            await self.handleHTTP(asyncChannel: value, logger: logger)
        }
    }
}

/// Ends the loop over the requests of a connection.
private struct ConnectionEnded: Error {}
