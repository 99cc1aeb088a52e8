import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Very many requests at the same time, each connection with one in flight.
enum Burst {
    struct Answer: Sendable {
        let status: Int
        let retryAfter: String?
        let duration: TimeAmount
    }

    /// What came back.
    final class Tally: Sendable {
        private let state = Mutex<(answers: [Answer], failures: [String])>(([], []))

        var answers: [Answer] { self.state.withLock { $0.answers } }
        var failures: [String] { self.state.withLock { $0.failures } }

        fileprivate func add(_ answer: Answer) { self.state.withLock { $0.answers.append(answer) } }
        fileprivate func add(failure: String) { self.state.withLock { $0.failures.append(failure) } }
    }

    /// Connects everybody, then lets all of them ask at once, each one request after the other.
    ///
    /// - Parameters:
    ///   - connections: How many clients.
    ///   - rounds: How many requests each of them makes.
    ///   - request: The head and body of the requests of a client.
    static func run(
        port: Int, connections: Int, rounds: Int, request: @Sendable (Int) -> (head: HTTPRequestHead, body: String?)
    ) async throws -> Tally {
        let tally = Tally()
        let group = MultiThreadedEventLoopGroup.singleton
        var channels: [(channel: any Channel, done: EventLoopFuture<Void>)] = []
        // In parts, since a listening socket keeps only so many that were not accepted yet.
        for start in stride(from: 0, to: connections, by: 100) {
            let part = try await withThrowingTaskGroup(of: (any Channel, EventLoopFuture<Void>).self) { tasks in
                for number in start..<min(start + 100, connections) {
                    let (head, body) = request(number)
                    tasks.addTask {
                        let loop = group.next()
                        let done = loop.makePromise(of: Void.self)
                        let channel = try await ClientBootstrap(group: loop).channelInitializer { channel in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                                try channel.pipeline.syncOperations.addHandler(
                                    Asker(head: head, body: body, rounds: rounds, tally: tally, done: done))
                            }
                        }.connect(host: "127.0.0.1", port: port).get()
                        return (channel, done.futureResult)
                    }
                }
                return try await tasks.reduce(into: [(any Channel, EventLoopFuture<Void>)]()) { $0.append($1) }
            }
            channels += part.map { (channel: $0.0, done: $0.1) }
        }
        for (channel, _) in channels { channel.pipeline.fireUserInboundEventTriggered(Asker.Go()) }
        for (_, done) in channels { try await done.get() }
        return tally
    }

    private final class Asker: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias OutboundOut = HTTPClientRequestPart
        struct Go: Sendable {}

        private let head: HTTPRequestHead
        private let body: String?
        private var left: Int
        private let tally: Tally
        private let done: EventLoopPromise<Void>
        private var start = NIODeadline.now()
        private var answer: HTTPResponseHead?

        init(head: HTTPRequestHead, body: String?, rounds: Int, tally: Tally, done: EventLoopPromise<Void>) {
            self.head = head
            self.body = body
            self.left = rounds
            self.tally = tally
            self.done = done
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is Go { self.ask(context) } else { context.fireUserInboundEventTriggered(event) }
        }

        private func ask(_ context: ChannelHandlerContext) {
            self.start = .now()
            context.write(self.wrapOutboundOut(.head(self.head)), promise: nil)
            if let body { context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil) }
            context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch self.unwrapInboundIn(data) {
            case .head(let head): self.answer = head
            case .body: break
            case .end:
                guard let answer = self.answer else { return }
                self.tally.add(
                    Answer(
                        status: Int(answer.status.code), retryAfter: answer.headers.first(name: "Retry-After"),
                        duration: .now() - self.start))
                self.answer = nil
                self.left -= 1
                if self.left > 0 {
                    self.ask(context)
                } else {
                    context.close(promise: nil)
                }
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            if self.left > 0 { self.tally.add(failure: "closed with \(self.left) requests left") }
            self.done.succeed()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            self.tally.add(failure: "\(error)")
            self.left = 0
            context.close(promise: nil)
        }
    }
}
