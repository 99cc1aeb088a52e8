import HTTPCore
import LimitService
import NIOCore

/// The front of one connection.
///
/// Begins hot: whole plain requests are answered from their bytes, several answers in one write when requests arrive pipelined. With
/// the first bytes that are something else the connection becomes ordinary for good, once the answers before are written. Lives on
/// the connection's event loop.
final class CheckFrontHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Who answers what arrives.
    private enum Phase {
        /// We do.
        case hot
        /// The ordinary server will, when the answers that are still owed are written.
        case leaving
        /// The ordinary server does.
        case ordinary
    }

    private let front: CheckFront
    private let handOver: (ChannelHandlerContext) throws -> Void
    private var phase = Phase.hot
    /// Bytes that were not answered yet.
    private var held = ByteBuffer()
    /// Answers that were not flushed yet.
    private var output = ByteBuffer()
    private var reply = HotReply()
    private var owed = OwedAnswers()
    private var lastRead = NIODeadline.uptimeNanoseconds(0)
    private var idleTimer: Scheduled<Void>?
    private var holdTimer: Scheduled<Void>?
    private var isReading = false
    private var isServing = false
    private var isReadWanted = false
    /// An event that waits for the answers that are still owed: the client closed its half, or the server stops.
    private var heldEvents: [Any] = []

    init(front: CheckFront, handOver: @escaping (ChannelHandlerContext) throws -> Void) {
        self.front = front
        self.handOver = handOver
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.begin(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.cancelTimers()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.cancelTimers()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.phase != .ordinary else {
            context.fireChannelRead(data)
            return
        }
        self.lastRead = context.eventLoop.now
        self.isReading = true
        var bytes = Self.unwrapInboundIn(data)
        if self.held.readableBytes == 0 {
            self.held = bytes
        } else {
            self.held.discardReadBytes()
            self.held.writeBuffer(&bytes)
        }
        self.serve(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.isReading = false
        self.flush(context)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        // A client that does not read its answers, or asks faster than the store answers, is not read from either.
        guard self.phase == .ordinary || self.mayRead(context) else {
            self.isReadWanted = true
            return
        }
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if self.phase != .ordinary, context.channel.isWritable { self.settle(context) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard self.phase != .ordinary, self.isEnd(event) else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        self.heldEvents.append(event)
        self.settle(context)
    }

    // MARK: Requests

    /// Answers what can be answered of the held bytes.
    private func serve(_ context: ChannelHandlerContext) {
        var now = ContinuousClock.now
        if self.phase == .hot, self.front.isStopping() { self.phase = .leaving }
        self.isServing = true
        while self.phase == .hot, self.held.readableBytes > 0, self.mayRead(context) {
            let recognition = self.held.withUnsafeReadableBytes { bytes -> (request: HotRequest, question: Question)? in
                switch HotRequest.recognise(bytes) {
                case .request(let request):
                    let body = UnsafeRawBufferPointer(rebasing: bytes[request.body])
                    guard let question = Question(request.target, body) else { break }
                    return (request, question)
                case .incomplete:
                    self.awaitRest(context)
                    return nil
                case .other:
                    break
                }
                self.phase = .leaving
                return nil
            }
            guard let recognition else { break }
            self.stopAwaiting()
            self.answer(recognition.question, to: recognition.request, from: &now, context)
        }
        self.isServing = false
        if self.phase == .leaving, self.owed.isEmpty { self.becomeOrdinary(context) }
        if !self.isReading { self.flush(context) }
    }

    private func answer(
        _ question: Question, to request: HotRequest, from start: inout ContinuousClock.Instant, _ context: ChannelHandlerContext
    ) {
        let requestBytes = request.body.count
        switch question {
        case .check(let question):
            let prompt = self.front.service.decide(question, on: context.eventLoop)
            if case .now(let answer) = prompt, self.owed.isEmpty {
                let written = self.withRequestID(request) { requestID, reply, output in
                    reply.write(answer, requestID: requestID, into: &output)
                }
                self.front.metrics.record(answer)
                let end = ContinuousClock.now
                self.record(written, route: self.front.checkRoute, requestBytes: requestBytes, elapsed: start.duration(to: end))
                start = end
                self.held.moveReaderIndex(forwardBy: request.body.upperBound)
            } else {
                self.owe(prompt, request, start, context) { .check($0) }
            }
        case .batch(let questions, let isAtomic):
            let prompt = self.front.service.decide(questions, isAtomic: isAtomic, on: context.eventLoop)
            self.owe(prompt, request, start, context) { .batch($0) }
        }
    }

    /// Notes an answer that comes later, or that must wait for one before it.
    @inline(__always)
    private func owe<Value: Sendable>(
        _ prompt: Prompt<Value>, _ request: HotRequest, _ start: ContinuousClock.Instant, _ context: ChannelHandlerContext,
        _ answer: @escaping (Value) -> OwedAnswers.Answer
    ) {
        let requestID = request.requestID.map { place in
            self.held.withUnsafeReadableBytes { Array($0[place]) }
        }
        // Before the answer, which may be there already: then what follows below looks at the next request.
        self.held.moveReaderIndex(forwardBy: request.body.upperBound)
        let number = self.owed.append(requestID: requestID, requestBytes: request.body.count, start: start)
        switch prompt {
        case .now(let value):
            self.owed.fill(number, answer(value))
            self.writeReady(context)
        case .later(let future):
            future.assumeIsolated().whenSuccess { value in
                self.owed.fill(number, answer(value))
                self.writeReady(context)
                // An answer that was there at once: whoever serves goes on by itself, and no call stands within another.
                guard !self.isServing else { return }
                if !self.isReading { self.flush(context) }
                self.settle(context)
            }
        }
    }

    /// Writes the answers whose turn it is.
    private func writeReady(_ context: ChannelHandlerContext) {
        while let (owed, answer) = self.owed.popReady() {
            let route: HTTPMetrics.Route
            let written: WrittenReply
            switch answer {
            case .check(let answer):
                route = self.front.checkRoute
                written = owed.withRequestID { self.reply.write(answer, requestID: $0, into: &self.output) }
                self.front.metrics.record(answer)
            case .batch(let answers):
                route = self.front.batchRoute
                written = owed.withRequestID { self.reply.write(answers, requestID: $0, into: &self.output) }
                for answer in answers { self.front.metrics.record(answer) }
            }
            self.record(written, route: route, requestBytes: owed.requestBytes, elapsed: owed.start.duration(to: .now))
        }
    }

    private func record(_ written: WrittenReply, route: HTTPMetrics.Route, requestBytes: Int, elapsed: Duration) {
        self.front.metrics.record(duration: elapsed)
        route.observe(
            status: written.status, elapsed: elapsed, requestBytes: requestBytes, responseBytes: written.bodyBytes)
    }

    private func withRequestID(
        _ request: HotRequest, _ body: (UnsafeRawBufferPointer?, inout HotReply, inout ByteBuffer) -> WrittenReply
    ) -> WrittenReply {
        guard let place = request.requestID else { return body(nil, &self.reply, &self.output) }
        return self.held.withUnsafeReadableBytes { bytes in
            body(UnsafeRawBufferPointer(rebasing: bytes[place]), &self.reply, &self.output)
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard self.output.readableBytes > 0 else { return }
        let bytes = self.output
        self.output = ByteBuffer()
        context.writeAndFlush(Self.wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
    }

    // MARK: The ordinary path

    /// Does what waited for the answers that are owed.
    private func settle(_ context: ChannelHandlerContext) {
        if self.phase == .hot, self.held.readableBytes > 0, context.channel.isActive { self.serve(context) }
        if self.owed.isEmpty, self.phase != .ordinary, context.channel.isActive {
            // What is left when nothing more will come is half a request, and the ordinary path says so.
            let isCutShort = !self.heldEvents.isEmpty && self.held.readableBytes > 0 && self.mayRead(context)
            if self.owed.isEmpty, self.phase == .leaving || isCutShort { self.becomeOrdinary(context) }
            if self.owed.isEmpty, self.held.readableBytes == 0 { self.deliverEvents(context) }
        }
        self.resumeReading(context)
    }

    private func becomeOrdinary(_ context: ChannelHandlerContext) {
        guard self.phase != .ordinary else { return }
        // First of all: a flush may find the socket writable again and call back into here.
        self.phase = .ordinary
        self.cancelTimers()
        self.flush(context)
        do {
            try self.handOver(context)
        } catch {
            context.close(promise: nil)
            return
        }
        let bytes = self.held
        self.held = ByteBuffer()
        if bytes.readableBytes > 0 {
            context.fireChannelRead(Self.wrapInboundOut(bytes))
            if !self.isReading {
                context.fireChannelReadComplete()
                // The read that is under way began before the ordinary handlers were there; they time a body from a read of their own.
                context.channel.read()
            }
        }
    }

    /// Passes on the events that were held back, once all answers have been written to the socket.
    private func deliverEvents(_ context: ChannelHandlerContext) {
        guard !self.heldEvents.isEmpty else { return }
        let events = self.heldEvents
        self.heldEvents = []
        self.flush(context)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            for event in events {
                if self.phase == .hot, event is ChannelShouldQuiesceEvent {
                    context.close(promise: nil)
                } else {
                    context.fireUserInboundEventTriggered(event)
                }
            }
        }
        context.writeAndFlush(Self.wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: written)
    }

    private func isEnd(_ event: Any) -> Bool {
        if event is ChannelShouldQuiesceEvent { return true }
        if case .some(.inputClosed) = event as? ChannelEvent { return true }
        return false
    }

    // MARK: Bounds

    private func mayRead(_ context: ChannelHandlerContext) -> Bool {
        self.phase == .hot && context.channel.isWritable && self.owed.count < self.front.limits.maximumPending
    }

    private func resumeReading(_ context: ChannelHandlerContext) {
        guard self.isReadWanted, self.phase == .ordinary || self.mayRead(context) else { return }
        self.isReadWanted = false
        context.read()
    }

    private func begin(_ context: ChannelHandlerContext) {
        self.lastRead = context.eventLoop.now
        if self.idleTimer == nil { self.watchIdle(context, in: TimeAmount(self.front.limits.idleTimeout)) }
    }

    private func watchIdle(_ context: ChannelHandlerContext, in delay: TimeAmount) {
        self.idleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            self.idleTimer = nil
            let limit = TimeAmount(self.front.limits.idleTimeout)
            let silence = context.eventLoop.now - self.lastRead
            if silence >= limit, self.owed.isEmpty {
                context.close(promise: nil)
            } else {
                self.watchIdle(context, in: silence < limit ? limit - silence : limit)
            }
        }
    }

    /// Waits for the rest of a request, but not for long.
    private func awaitRest(_ context: ChannelHandlerContext) {
        guard self.holdTimer == nil else { return }
        self.holdTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(self.front.limits.holdTimeout)) {
            self.holdTimer = nil
            guard self.phase == .hot else { return }
            self.phase = .leaving
            self.settle(context)
        }
    }

    private func stopAwaiting() {
        guard let timer = self.holdTimer else { return }
        timer.cancel()
        self.holdTimer = nil
    }

    private func cancelTimers() {
        self.stopAwaiting()
        self.idleTimer?.cancel()
        self.idleTimer = nil
    }
}

/// What a hot request asks.
private enum Question {
    case check(LimitQuestion)
    case batch([LimitQuestion], isAtomic: Bool)

    init?(_ target: HotRequest.Target, _ body: UnsafeRawBufferPointer) {
        switch target {
        case .check:
            guard let question = QuestionScanner.question(in: body) else { return nil }
            self = .check(question)
        case .batch:
            guard let (questions, isAtomic) = QuestionScanner.batch(in: body) else { return nil }
            self = .batch(questions, isAtomic: isAtomic)
        }
    }
}
