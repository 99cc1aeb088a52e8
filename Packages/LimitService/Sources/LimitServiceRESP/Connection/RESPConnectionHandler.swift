import LimitService
import Logging
import NIOCore
import PrometheusMetrics
import RateLimit

/// One connection: takes commands out of its bytes, has them decided, and writes the replies in their order.
///
/// - The replies to all commands of a read are one write. A reply that must wait for a shared store holds back those behind it.
/// - Nothing is read while the client does not take its replies, while the gathered replies or the awaited decisions have reached
///   their limits, and while the connection ends.
/// - A connection that ends writes what it owes, closes its half, drops what still comes, and is closed for good a little later, so that
///   the client can read the last reply.
///
/// Lives on the connection's event loop.
final class RESPConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the connections of one listener have in common.
    struct Shared: Sendable {
        let decider: any ThrottleDecider
        let configuration: RESPConfiguration
        let decisions: LimitMetrics?
        let metrics: RESPMetrics?
        let logger: Logger
        let register: ConnectionRegister
    }

    private enum Phase {
        /// Commands are answered.
        case open
        /// No further command is taken; what is awaited is still written.
        case ending
        /// Everything is written and our half is closed.
        case lingering
        case closed
    }

    private static let lingerTime = TimeAmount.seconds(2)
    private static let keptBytes = 64 << 10

    private let shared: Shared
    private let limits: RESPConfiguration.Limits
    private let idleTimeout: TimeAmount
    private var session: RESPSession
    private var parser = RESPParser()
    private var queue = ReplyQueue()
    private var input = ByteBuffer()
    private var phase = Phase.open
    /// Whether the other half is closed.
    private var isInputClosed = false
    /// Whether commands wait in the input until there is room for their replies.
    private var isHeld = false
    private var isWriting = false
    private var isReadWanted = false
    private var isFlushPlanned = false
    private var lastCommand = NIODeadline.now()
    private var timer: Scheduled<Void>?

    init(_ shared: Shared, id: Int64, address: String) {
        self.shared = shared
        self.limits = shared.configuration.limits
        self.idleTimeout = TimeAmount(shared.configuration.idleTimeout)
        let register = shared.register
        self.session = RESPSession(id: id, address: address, password: shared.configuration.password) { register.count }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.watchIdleness(context, until: self.lastCommand + self.idleTimeout)
    }

    func read(context: ChannelHandlerContext) {
        if self.mayRead(context) { context.read() } else { self.isReadWanted = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.phase == .open else { return }
        var bytes = Self.unwrapInboundIn(data)
        if self.input.readableBytes == 0 {
            self.input = bytes
        } else {
            self.input.writeBuffer(&bytes)
        }
        if !self.isHeld { self.process(context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.goOn(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.goOn(context) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            self.isInputClosed = true
            if self.phase == .lingering { context.close(promise: nil) }
            if !self.isHeld { self.end(context) }
        case is ChannelShouldQuiesceEvent:
            self.end(context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.shared.logger.debug("RESP connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.phase = .closed
        self.timer?.cancel()
        self.timer = nil
        context.fireChannelInactive()
    }
}

/// Commands and replies.
extension RESPConnectionHandler {
    /// Answers the commands that lie there, as long as there is room for their replies.
    private func process(_ context: ChannelHandlerContext) {
        // Taken out, so that the bytes have one owner and no exclusive access is under way while commands are handled.
        var buffer = self.input
        self.input = ByteBuffer()
        self.isHeld = false
        var consumed = 0
        buffer.withUnsafeReadableBytes { bytes in
            while self.phase == .open {
                guard self.hasRoom else {
                    self.isHeld = true
                    return
                }
                let rest = UnsafeRawBufferPointer(rebasing: bytes[consumed...])
                let limits = self.session.isAuthenticated ? self.limits : self.limits.unauthenticated
                switch self.parser.next(in: rest, limits: limits) {
                case .request(let byteCount):
                    if !self.parser.parts.isEmpty {
                        self.handle(RESPRequest(bytes: rest, parts: self.parser.parts), context)
                    }
                    consumed &+= byteCount
                case .incomplete: return
                case .violation(let reason):
                    self.shared.metrics?.protocolErrors.increment()
                    self.queue.write { $0.writeError("ERR Protocol error: \(reason)") }
                    self.phase = .ending
                }
            }
        }
        if consumed > 0 { self.lastCommand = .now() }
        guard self.phase == .open else { return }
        buffer.moveReaderIndex(forwardBy: consumed)
        guard buffer.readableBytes > 0 else { return }
        buffer.discardReadBytes()
        self.input = buffer
    }

    private var hasRoom: Bool {
        self.queue.awaitedCount < self.limits.pendingDecisions && self.queue.byteCount < self.limits.replyBytes
    }

    @inline(__always)
    private func handle(_ request: RESPRequest, _ context: ChannelHandlerContext) {
        let step = self.queue.write { writer in self.session.handle(request, writer: &writer) }
        switch step {
        case .answered: break
        case .end: self.phase = .ending
        case .decide(let question, let command): self.decide(question, command, context)
        }
    }

    @inline(__always)
    private func decide(_ question: ThrottleRequest, _ command: ThrottleCommand, _ context: ChannelHandlerContext) {
        do {
            switch try self.shared.decider.throttle(question, on: context.eventLoop) {
            case .now(let answer):
                self.shared.decisions?.record(answer)
                self.shared.metrics?.record(answer)
                self.queue.write { command.write(answer, to: &$0) }
            case .later(let future):
                let number = self.queue.await(command)
                future.assumeIsolated().whenComplete { self.settle(number, try? $0.get(), context) }
            }
        } catch {
            self.shared.metrics?.record(nil)
            self.queue.write { $0.writeError("ERR \(error.message)") }
        }
    }

    /// Takes a decision that came later; those that come together are written together.
    private func settle(_ number: UInt64, _ answer: LimitAnswer?, _ context: ChannelHandlerContext) {
        guard self.phase != .closed else { return }
        if let answer { self.shared.decisions?.record(answer) }
        self.shared.metrics?.record(answer)
        self.queue.settle(number, with: answer)
        guard !self.isFlushPlanned else { return }
        self.isFlushPlanned = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushPlanned = false
            self.goOn(context)
        }
    }
}

/// Writing, reading and ending.
extension RESPConnectionHandler {
    /// Writes what is ready, answers what was held, and reads on, as far as the client takes its replies.
    private func goOn(_ context: ChannelHandlerContext) {
        while true {
            guard self.phase == .open || self.phase == .ending, !self.isWriting else { return }
            self.write(context)
            guard self.phase == .open, self.isHeld, self.hasRoom, context.channel.isWritable else { break }
            self.process(context)
        }
        if self.isInputClosed, !self.isHeld { self.end(context) }
        if self.isReadWanted, self.mayRead(context) {
            self.isReadWanted = false
            context.read()
        }
    }

    private func mayRead(_ context: ChannelHandlerContext) -> Bool {
        self.phase == .lingering || self.phase == .open && !self.isHeld && context.channel.isWritable
    }

    private func end(_ context: ChannelHandlerContext) {
        guard self.phase == .open || self.phase == .ending else { return }
        self.phase = .ending
        self.write(context)
    }

    private func write(_ context: ChannelHandlerContext) {
        // A flush may find the socket writable again and call back into here; whoever writes goes on by itself.
        guard !self.isWriting else { return }
        let isLast = self.phase == .ending && self.queue.isSettled
        if self.queue.output.byteCount > 0 {
            let written = isLast ? context.eventLoop.makePromise(of: Void.self) : nil
            written?.futureResult.assumeIsolated().whenComplete { _ in self.linger(context) }
            self.isWriting = true
            defer { self.isWriting = false }
            let replies = self.queue.output.buffer
            self.queue.clearOutput(keepingUpTo: Self.keptBytes)
            context.writeAndFlush(Self.wrapOutboundOut(replies), promise: written)
        } else if isLast {
            self.linger(context)
        }
    }

    /// Closes our half, and the rest when the client has closed its own or a little later.
    private func linger(_ context: ChannelHandlerContext) {
        guard self.phase == .ending, context.channel.isActive else { return }
        self.phase = .lingering
        self.timer?.cancel()
        guard !self.isInputClosed else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingerTime) { context.close(promise: nil) }
        if self.isReadWanted {
            self.isReadWanted = false
            context.read()
        }
    }

    /// Ends the connection when no command was complete for too long; a client that does not read its replies ends so too.
    private func watchIdleness(_ context: ChannelHandlerContext, until deadline: NIODeadline) {
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            let due = self.lastCommand + self.idleTimeout
            if due > .now() { return self.watchIdleness(context, until: due) }
            self.shared.logger.debug("RESP connection was idle")
            context.close(promise: nil)
        }
    }
}
