import NIOCore

/// One pipelined connection: writes what is sent in one turn of the loop at once, and matches replies in order.
///
/// All of it happens on the event loop of its channel; that is the guard behind `@unchecked Sendable`.
final class RedisConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case open
        /// Nothing new is taken; closes when the last reply has come.
        case draining
        case closed
    }

    private let eventLoop: any EventLoop
    private let settings: ConnectionSettings
    private var phase = Phase.open
    private var context: ChannelHandlerContext?
    private var reader: ReplyReader

    private var pending = CircularBuffer<PendingCommand>(initialCapacity: 64)
    private var pendingByteCount = 0
    /// How many of the newest commands have not been written yet.
    private var unwrittenCount = 0
    private var outbound = ByteBuffer()
    /// When the first command of this turn of the loop came; nil when no write is planned.
    private var turnStart: NIODeadline?

    /// The scripts whose source this connection has sent.
    private var sentScripts: [RedisScript.Encoded] = []

    private var timer: Scheduled<Void>?
    private var nextCheck: NIODeadline?
    /// Since when the server owes a byte: the last read, or the first command after a time without any.
    private var silentSince = NIODeadline.now()

    private var ended: (() -> Void)?

    /// Gets what a server sends without being asked, on connections for subscriptions.
    var onPush: ((RedisValue) -> Void)?

    init(on eventLoop: any EventLoop, settings: ConnectionSettings) throws(RedisError) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.reader = try ReplyReader(limits: settings.replyLimits)
    }

    // MARK: - Sending

    /// Sends a request, or fails it at once.
    func submit(_ request: RedisRequest, for waiter: PendingCommand.Waiter, within time: Int64) {
        guard case .open = self.phase else { return waiter.fail(.notConnected) }
        guard time > 0 else { return waiter.fail(.noTimeLeft) }
        let now = self.beginTurn()
        self.enqueue(request, for: waiter, deadline: now + .nanoseconds(min(time, Self.longestDeadline)))
    }

    /// Sends words whose replies come as pushes.
    func push(_ arguments: RedisArguments) {
        guard case .open = self.phase else { return }
        _ = self.beginTurn()
        self.outbound.write(arguments)
    }

    /// A deadline that no clock runs out of.
    private static let longestDeadline: Int64 = 86_400_000_000_000

    private func enqueue(
        _ request: RedisRequest, withSource: Bool = false, for waiter: PendingCommand.Waiter, deadline: NIODeadline
    ) {
        guard self.pending.count < self.settings.queueLimit, self.pendingByteCount < self.settings.queueByteLimit else {
            return waiter.fail(.queueFull)
        }
        let start = self.outbound.writerIndex
        var script: (RedisScript, RedisScriptArguments)?
        switch request {
        case .command(let command):
            self.outbound.write(command.arguments)
        case .script(let source, let arguments):
            if withSource || self.isNew(source.encoded) {
                self.outbound.write(source.encoded.bySource, arguments)
            } else {
                self.outbound.write(source.encoded.byHash, arguments)
                script = (source, arguments)
            }
        }
        if self.pending.isEmpty { self.silentSince = self.turnStart ?? .now() }
        let byteCount = self.outbound.writerIndex - start
        self.pending.append(PendingCommand(waiter: waiter, script: script, deadline: deadline, byteCount: byteCount))
        self.pendingByteCount += byteCount
        self.unwrittenCount += 1
        self.check(at: deadline)
    }

    /// Whether this connection has not sent a script yet. The first call brings the source, or a later one could overtake it while
    /// it waits to be sent again.
    private func isNew(_ script: RedisScript.Encoded) -> Bool {
        guard !self.sentScripts.contains(where: { $0 === script }), self.sentScripts.count < Self.mostRememberedScripts else {
            return false
        }
        self.sentScripts.append(script)
        return true
    }

    /// Of more scripts the hash alone is sent, and the source when the server asks for it.
    private static let mostRememberedScripts = 64

    /// Plans one write for all that is sent until the loop has run what is due now.
    private func beginTurn() -> NIODeadline {
        if let turnStart = self.turnStart { return turnStart }
        let now = NIODeadline.now()
        self.turnStart = now
        self.eventLoop.execute { self.write() }
        return now
    }

    private func write() {
        self.turnStart = nil
        guard let context = self.context, self.outbound.readableBytes > 0 else { return }
        self.unwrittenCount = 0
        context.writeAndFlush(self.wrapOutboundOut(self.outbound), promise: nil)
        if self.outbound.capacity > 256 << 10 {
            self.outbound = ByteBuffer()
        } else {
            // Reuses the memory when the bytes were written at once, which is the rule.
            self.outbound.clear()
        }
    }

    // MARK: - Receiving

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if case .closed = self.phase { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end(.connectionEnded)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.silentSince = .now()
        let bytes = self.unwrapInboundIn(data)
        do throws(RedisError) {
            // In slices, as the reader moves its rest to the front after every kilobyte of replies.
            var start = bytes.readerIndex
            while start < bytes.writerIndex {
                let count = min(bytes.writerIndex - start, 16 << 10)
                try bytes.withUnsafeReadableBytes { (all) throws(RedisError) in
                    let offset = start - bytes.readerIndex
                    try self.reader.feed(UnsafeRawBufferPointer(rebasing: all[offset..<(offset + count)]))
                }
                start += count
                while let reply = try self.reader.next() {
                    try self.deliver(reply)
                    if case .closed = self.phase { return }
                }
            }
        } catch {
            self.end(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end(.connectionEnded)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.end(RedisError(.connectionLost, message: "the connection to Redis failed", cause: error))
    }

    private func deliver(_ reply: RedisValue) throws(RedisError) {
        if let onPush = self.onPush, case .array(let elements) = reply, PushKind(elements.first) != nil {
            return onPush(reply)
        }
        guard self.pending.count > self.unwrittenCount, let command = self.pending.popFirst() else {
            throw RedisError(
                .connectionLost, message: "the connection to Redis was closed because of a reply that nobody asked for")
        }
        self.pendingByteCount -= command.byteCount
        if case .error(let text) = reply {
            self.refuse(command, text)
        } else {
            command.waiter.succeed(reply)
        }
        if case .draining = self.phase, self.pending.isEmpty { self.end(.ended) }
    }

    private func refuse(_ command: PendingCommand, _ text: String) {
        guard let (script, arguments) = command.script, text.hasPrefix("NOSCRIPT"), !command.waiter.isNobody else {
            return command.waiter.fail(RedisError(.serverError, message: text))
        }
        // The server says that nothing has run, so this is no second run.
        _ = self.beginTurn()
        self.enqueue(.script(script, arguments), withSource: true, for: command.waiter, deadline: command.deadline)
    }

    // MARK: - Deadlines

    /// Sees to it that deadlines are checked at a time or earlier; one timer serves all commands.
    private func check(at time: NIODeadline) {
        if let nextCheck = self.nextCheck, nextCheck <= time { return }
        self.timer?.cancel()
        self.nextCheck = time
        self.timer = self.eventLoop.scheduleTask(deadline: time) { self.checkDeadlines() }
    }

    private func checkDeadlines() {
        self.timer = nil
        self.nextCheck = nil
        let now = NIODeadline.now()
        var overdue: [PendingCommand.Waiter] = []
        var owesReply = false
        var earliest: NIODeadline?
        for index in self.pending.indices {
            if self.pending[index].waiter.isNobody {
                owesReply = true
            } else if self.pending[index].deadline <= now {
                owesReply = true
                overdue.append(self.pending[index].waiter)
                self.pending[index].waiter = .nobody
            } else {
                earliest = min(self.pending[index].deadline, earliest ?? .distantFuture)
            }
        }
        if owesReply {
            let limit = self.silentSince + self.settings.silenceTimeout
            if limit <= now {
                for waiter in overdue { waiter.fail(.deadlinePassed) }
                return self.end(.silence)
            }
            earliest = min(limit, earliest ?? .distantFuture)
        }
        // A millisecond is fine enough, and keeps a long queue of many deadlines cheap.
        if let earliest { self.check(at: max(earliest, now + .milliseconds(1))) }
        for waiter in overdue { waiter.fail(.deadlinePassed) }
    }

    // MARK: - Ending

    /// Takes nothing new, and closes when all replies have come.
    func drain() {
        guard case .open = self.phase else { return }
        self.phase = .draining
        if self.pending.isEmpty { self.end(.ended) }
    }

    /// Runs `body` when the connection ends, before anybody else learns of it; at once if it has ended.
    func whenEnded(_ body: @escaping () -> Void) {
        if case .closed = self.phase { return body() }
        self.ended = body
    }

    /// Closes at once; who waits for a reply gets the error, and who was not written yet learns that too.
    func end(_ error: RedisError) {
        if case .closed = self.phase { return }
        self.phase = .closed
        self.timer?.cancel()
        self.timer = nil
        let lost = self.pending
        let writtenCount = lost.count - self.unwrittenCount
        self.pending = CircularBuffer()
        self.pendingByteCount = 0
        self.unwrittenCount = 0
        self.outbound = ByteBuffer()
        self.context?.close(promise: nil)
        let ended = self.ended
        self.ended = nil
        ended?()
        for (index, command) in lost.enumerated() {
            command.waiter.fail(index < writtenCount ? error : .notConnected)
        }
    }
}
