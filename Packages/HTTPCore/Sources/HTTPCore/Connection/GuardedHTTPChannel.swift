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

    /// Makes a connection that passes requests to `responder` until one of the answers says `Connection: close`.
    init(limits: ConnectionGuard.Limits, idleTimeout: Duration, responder: @escaping HTTPChannelHandler.Responder) {
        self.limits = limits
        self.idleTimeout = idleTimeout
        self.responder = { request, writer, channel in
            if LastAnswer.current?.isGiven == true { throw ConnectionEnded() }
            try await responder(request, writer, channel)
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            // At most 1000 header fields of together 80 KiB.
            var decoderLimits = NIOHTTPDecoderLimitConfiguration()
            decoderLimits.maxHeaderFieldSize = 81_920
            decoderLimits.maxHeaderListSize = 81_920
            decoderLimits.maxHeaderFieldCount = 1_000
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: decoderLimits
            )
            try pipeline.addHandler(OldVersionMarker())
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(ConnectionGuard(limits: self.limits))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: self.idleTimeout, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async {
        await LastAnswer.$current.withValue(LastAnswer()) {
            await self.handleHTTP(asyncChannel: value, logger: logger)
        }
    }
}

/// Ends the loop over the requests of a connection.
private struct ConnectionEnded: Error {}
