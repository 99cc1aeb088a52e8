import NIOCore
import NIOHTTP1
import NIOTLS

/// One connection to one checked address: carries one exchange at a time and enforces the limits of each.
///
/// All of it happens on the event loop of its channel; that is the guard behind `@unchecked Sendable`.
final class HTTPConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPClientRequestPart

    private enum Phase {
        /// TCP and TLS are under way.
        case connecting
        case idle
        case awaitingHead(OutcomeBox<OutboundResponseHead>)
        /// The head is there; `isComplete` when the last byte is, too, whether or not it has been read.
        case body(isComplete: Bool)
        case closed(OutboundError)
    }

    /// How much of a body is kept before the server is made to wait.
    private static let bufferLimit = 256 << 10

    let eventLoop: any EventLoop
    /// Completes when requests can be sent, or the attempt has failed.
    let ready = OutcomeBox<Void>()
    /// Runs once when the connection has ended.
    var onEnd: (() -> Void)?

    private let usesTLS: Bool
    private var phase = Phase.connecting
    private var context: ChannelHandlerContext?

    private var plan: ExchangePlan?
    private var pieces = CircularBuffer<ByteBuffer>()
    private var bufferedByteCount = 0
    private(set) var bodyByteCount = 0
    private var isReadHeld = false
    private var reader: OutcomeBox<[UInt8]?>?
    private var isWritten = false
    private var mayBeKept = false

    private var deadlineTimer: Scheduled<Void>?
    private var phaseTimer: Scheduled<Void>?

    init(on eventLoop: any EventLoop, usesTLS: Bool) {
        self.eventLoop = eventLoop
        self.usesTLS = usesTLS
    }

    /// Whether an answer is owed, so that bytes from the server are welcome.
    var isExchanging: Bool {
        switch self.phase {
        case .awaitingHead, .body(isComplete: false): true
        default: false
        }
    }

    /// Starts the clock of the attempt to connect; false when it has ended before it began.
    func beginConnecting(within timeout: TimeAmount) -> Bool {
        guard case .connecting = self.phase else { return false }
        self.phaseTimer = self.eventLoop.scheduleTask(in: timeout) { self.fail(.late("no connection came about in time")) }
        return true
    }

    // MARK: - One exchange

    /// Sends a request; fails at once, with nothing sent, unless the connection is idle.
    func start(_ plan: ExchangePlan, _ box: OutcomeBox<OutboundResponseHead>) {
        guard case .idle = self.phase, let context = self.context else {
            if case .closed(let error) = self.phase {
                box.complete(.failure(error.code == .cancelled ? error : .endedBeforeUse))
            } else {
                box.complete(.failure(.endedBeforeUse))
            }
            return
        }
        self.phase = .awaitingHead(box)
        self.plan = plan
        self.bodyByteCount = 0
        self.isWritten = false
        self.mayBeKept = false
        self.phaseTimer?.cancel()
        self.deadlineTimer = self.eventLoop.scheduleTask(deadline: plan.deadline) {
            self.fail(.late("the answer was not complete in time"))
        }
        self.phaseTimer = self.eventLoop.scheduleTask(in: plan.firstByteTimeout) {
            self.fail(.late("no head of an answer came in time"))
        }
        context.write(self.wrapOutboundOut(.head(plan.head)), promise: nil)
        if plan.body.readableBytes > 0 {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(plan.body))), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenSuccess { self.isWritten = true }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: written)
    }

    /// Hands out the next piece of the body of an exchange, or nil at its end, when it is there.
    func read(_ box: OutcomeBox<[UInt8]?>, of exchange: UInt64) {
        guard self.plan?.id == exchange else { return _ = box.complete(.failure(.bodyIsGone)) }
        switch self.phase {
        case .closed(let error): box.complete(.failure(error))
        case .connecting, .idle, .awaitingHead: box.complete(.failure(.bodyIsGone))
        case .body(let isComplete):
            if let piece = self.pieces.popFirst() {
                self.bufferedByteCount -= piece.readableBytes
                box.complete(.success(Array(piece.readableBytesView)))
                self.releaseRead()
            } else if isComplete {
                self.release()
                box.complete(.success(nil))
            } else if self.reader != nil {
                box.complete(.failure(OutboundError(.invalidRequest, message: "a body has one reader at a time")))
            } else {
                self.reader = box
                let timeout = self.plan?.silenceTimeout ?? .seconds(1)
                self.phaseTimer = self.eventLoop.scheduleTask(in: timeout) { self.fail(.late("the body came to a halt")) }
            }
        }
    }

    /// Gives an exchange up, if it is still under way.
    func cancel(_ exchange: UInt64) {
        if self.plan?.id == exchange { self.fail(.cancelled) }
    }

    /// Ends an exchange whose body was not read to its end, and the connection with it.
    func abandon(_ exchange: UInt64) {
        if self.plan?.id == exchange { self.fail(.bodyIsGone) }
    }

    /// Lets the connection be used again, or closes it, when the last byte of a body has been handed out.
    private func release() {
        guard let plan = self.plan, self.mayBeKept, self.isWritten, plan.idleTimeout.nanoseconds > 0 else {
            return self.fail(.bodyIsGone)
        }
        self.endTimers()
        self.phase = .idle
        self.plan = nil
        self.phaseTimer = self.eventLoop.scheduleTask(in: plan.idleTimeout) { self.fail(.endedBeforeUse) }
        plan.keep(self)
    }

    // MARK: - Ending

    /// Closes at once; whoever waits gets the error.
    func fail(_ error: OutboundError) {
        if case .closed = self.phase { return }
        let error = self.plan == nil ? error : error.afterSending()
        let before = self.phase
        self.phase = .closed(error)
        self.endTimers()
        self.pieces.removeAll()
        self.bufferedByteCount = 0
        if case .awaitingHead(let box) = before { box.complete(.failure(error)) }
        self.ready.complete(.failure(error))
        self.reader?.complete(.failure(error))
        self.reader = nil
        self.context?.close(promise: nil)
        self.onEnd?()
        self.onEnd = nil
    }

    /// The other side has ended the connection, or it broke; what came whole before stays readable.
    private func end(_ error: OutboundError) {
        if case .body(isComplete: true) = self.phase {
            self.mayBeKept = false
            self.context?.close(promise: nil)
        } else {
            self.fail(error)
        }
    }

    private func endTimers() {
        self.deadlineTimer?.cancel()
        self.deadlineTimer = nil
        self.phaseTimer?.cancel()
        self.phaseTimer = nil
    }

    // MARK: - Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if case .closed = self.phase { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.end(.connectionEnded)
    }

    func channelActive(context: ChannelHandlerContext) {
        if !self.usesTLS { self.becomeReady() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { self.becomeReady() }
        context.fireUserInboundEventTriggered(event)
    }

    private func becomeReady() {
        guard case .connecting = self.phase else { return }
        self.phase = .idle
        self.endTimers()
        self.ready.complete(.success(()))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (self.phase, self.unwrapInboundIn(data)) {
        case (.closed, _): return
        case (.awaitingHead(let box), .head(let head)): self.receive(head, box)
        case (.body(isComplete: false), .body(let piece)): self.receive(piece)
        case (.body(isComplete: false), .end): self.receiveEnd()
        default: self.receiveUnasked()
        }
    }

    private func receive(_ head: HTTPResponseHead, _ box: OutcomeBox<OutboundResponseHead>) {
        let status = Int(head.status.code)
        guard (200...599).contains(status) else {
            return self.fail(.protocolViolation("the status of the answer is \(status)"))
        }
        guard !(300...399).contains(status) || status == 304 else {
            let message = "the server answered with a redirection (\(status)), which is not followed"
            return self.fail(OutboundError(.redirected, message: message, status: status))
        }
        self.phaseTimer?.cancel()
        self.phaseTimer = nil
        self.mayBeKept = head.isKeepAlive
        self.phase = .body(isComplete: false)
        box.complete(.success(OutboundResponseHead(head)))
    }

    private func receive(_ piece: ByteBuffer) {
        guard piece.readableBytes > 0 else { return }
        self.bodyByteCount += piece.readableBytes
        let limit = self.plan?.bodyByteLimit ?? 0
        guard self.bodyByteCount <= limit else {
            return self.fail(OutboundError(.tooLarge, message: "the body of the answer is larger than \(limit) bytes"))
        }
        if let reader = self.takeReader() {
            reader.complete(.success(Array(piece.readableBytesView)))
        } else {
            self.pieces.append(piece)
            self.bufferedByteCount += piece.readableBytes
        }
    }

    private func receiveEnd() {
        self.phase = .body(isComplete: true)
        guard let reader = self.takeReader() else { return }
        self.release()
        reader.complete(.success(nil))
    }

    /// Closes the connection of a server that says more than it was asked.
    func receiveUnasked() {
        self.end(.protocolViolation("the server sent what nobody asked for"))
    }

    private func takeReader() -> OutcomeBox<[UInt8]?>? {
        guard let reader = self.reader else { return nil }
        self.reader = nil
        self.phaseTimer?.cancel()
        self.phaseTimer = nil
        return reader
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end(.connectionEnded)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isConnecting = if case .connecting = self.phase { true } else { false }
        self.end(OutboundError(channelError: error, isConnecting: isConnecting))
    }

    // MARK: - Back pressure

    /// Reading stops while much of a body waits for its reader.
    func read(context: ChannelHandlerContext) {
        guard self.bufferedByteCount < Self.bufferLimit else {
            self.isReadHeld = true
            return
        }
        context.read()
    }

    private func releaseRead() {
        guard self.isReadHeld, self.bufferedByteCount < Self.bufferLimit else { return }
        self.isReadHeld = false
        self.context?.read()
    }
}
