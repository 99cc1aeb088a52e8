import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Thrown into a body that stopped arriving.
struct SlowBody: Error {}

/// Keeps one connection from being held or flooded by its client, and ends it so that the client can read the answer.
///
/// - While a body is awaited, at most `bodyTimeout` may pass without a byte; then ``SlowBody`` is thrown to the reader.
/// - The last answer of a connection says `Connection: close`. When its last byte is written, our half is closed, what
///   the client still sends is dropped, and the rest is closed after `lingerTimeout` (RFC 9112 §9.6).
/// - A request whose answer is complete may send at most `drainLimit` further bytes of its body.
/// - A close that the server library asks for waits until all answers are written, at most `flushTimeout`.
/// - Bytes that are no HTTP get their 400 in the shape of all problems; the server library's own is bare.
///
/// Lives on the connection's event loop, between the HTTP codec and the server library; ``ConnectionState`` decides.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// The bounds that a client has to keep.
    struct Limits: Sendable {
        var bodyTimeout: TimeAmount
        var lingerTimeout = TimeAmount.seconds(2)
        var flushTimeout = TimeAmount.seconds(30)
        var drainLimit = 262_144
        /// Whether the program is about to stop: then each answer is the last one of its connection.
        var isStopping: @Sendable () -> Bool = { false }
    }

    private let limits: Limits
    private var state: ConnectionState
    private var refusal: MalformedRequest?
    private var unwrittenAnswers = 0
    private var heldClose: CloseMode?
    private var isLingering = false
    private var timer: Scheduled<Void>?

    init(limits: Limits) {
        self.limits = limits
        self.state = ConnectionState(bodyTimeout: limits.bodyTimeout, drainLimit: limits.drainLimit)
    }

    func read(context: ChannelHandlerContext) {
        self.state.readRequested(at: context.eventLoop.now)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.isLingering { return }
        switch self.state.received(Self.unwrapInboundIn(data), at: context.eventLoop.now) {
        case .forward: context.fireChannelRead(data)
        case .drop: break
        case .end: self.linger(context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.isLingering {
            context.read()
            return
        }
        self.state.readCompleted()
        if self.state.isInBody, self.timer == nil { self.watchBody(context, in: self.limits.bodyTimeout) }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.refusal == nil { self.refusal = MalformedRequest(error) }
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { self.state.beginQuiescing() }
        context.fireUserInboundEventTriggered(event)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch Self.unwrapOutboundIn(data) {
        case .head(var head):
            let refusal = head.headerFields.contains(.requestID) ? nil : self.refusal
            let answer = refusal?.answer(allocator: context.channel.allocator)
            if let answer { head = answer.head }
            if self.limits.isStopping() { self.state.beginQuiescing() }
            self.state.answerBegan(&head)
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
            if let answer { context.write(Self.wrapOutboundOut(.body(answer.body)), promise: nil) }
        case .body:
            context.write(data, promise: promise)
        case .end:
            let isLast = self.state.answerEnded()
            self.unwrittenAnswers += 1
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenComplete { _ in self.answerWritten(context, isLast: isLast) }
            context.write(data, promise: written)
            if isLast { context.flush() }
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input, context.channel.isActive, self.unwrittenAnswers > 0 || self.isLingering else {
            context.close(mode: mode, promise: promise)
            return
        }
        if let promise { context.channel.closeFuture.cascade(to: promise) }
        if self.isLingering { return }
        if mode == .all, self.heldClose != .all {
            self.cancelTimer()
            self.closeLater(context, in: self.limits.flushTimeout)
        }
        self.heldClose = self.heldClose == .all ? .all : mode
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.cancelTimer()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.cancelTimer()
    }

    private func answerWritten(_ context: ChannelHandlerContext, isLast: Bool) {
        self.unwrittenAnswers -= 1
        guard context.channel.isActive else { return }
        if isLast {
            self.linger(context)
        } else if self.unwrittenAnswers == 0, let mode = self.heldClose {
            self.heldClose = nil
            self.cancelTimer()
            context.close(mode: mode, promise: nil)
        }
    }

    private func linger(_ context: ChannelHandlerContext) {
        guard !self.isLingering else { return }
        self.isLingering = true
        self.cancelTimer()
        self.closeLater(context, in: self.limits.lingerTimeout)
        context.close(mode: .output, promise: nil)
        context.read()
    }

    private func watchBody(_ context: ChannelHandlerContext, in delay: TimeAmount) {
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            self.timer = nil
            switch self.state.watchFired(at: context.eventLoop.now) {
            case .stop: break
            case .again(let delay): self.watchBody(context, in: delay)
            case .slow: context.fireErrorCaught(SlowBody())
            }
        }
    }

    private func closeLater(_ context: ChannelHandlerContext, in delay: TimeAmount) {
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            self.timer = nil
            context.close(promise: nil)
        }
    }

    private func cancelTimer() {
        self.timer?.cancel()
        self.timer = nil
    }
}
