import NIOCore
import NIOPosix
import StandardWebhooks
import Synchronization
import Testing

/// What a receiver does with a message.
enum Reaction: Sendable {
    case answer(_ status: Int, fields: String = "")
    /// Says nothing until the test lets it.
    case hold
    /// A good status, and a body without an end.
    case flood
    /// Ends the connection with RST.
    case reset
}

/// A message as it came.
struct Received: Sendable {
    let path: String
    let fields: [String: String]
    let body: [UInt8]

    var headers: WebhookHeaders {
        WebhookHeaders(
            id: self.fields[WebhookHeaders.idName] ?? "", timestamp: self.fields[WebhookHeaders.timestampName] ?? "",
            signature: self.fields[WebhookHeaders.signatureName] ?? "")
    }

    var id: String { self.headers.id }
}

/// A receiver of webhooks on a free port of 127.0.0.1, or of another loopback address.
final class Receiver: Sendable {
    typealias Script = @Sendable (_ number: Int, _ message: Received) -> Reaction

    private struct State {
        var messages: [Received] = []
        var held: [any Channel] = []
        var mostHeld = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)
    private let script: Script

    private init(script: @escaping Script) {
        self.script = script
    }

    /// Lends a receiver.
    static func with<Value>(
        host: String = "127.0.0.1", _ script: @escaping Script = { _, _ in .answer(204) },
        _ body: (Receiver) async throws -> Value
    ) async throws -> Value {
        let receiver = Receiver(script: script)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ReceiverHandler(receiver))
                }
            }
            .bind(host: host, port: 0).get()
        receiver.channel.withLock { $0 = channel }
        let value: Value
        do {
            value = try await body(receiver)
        } catch {
            receiver.release()
            try? await channel.close()
            throw error
        }
        receiver.release()
        try await channel.close()
        return value
    }

    var port: Int { self.channel.withLock { $0?.localAddress?.port } ?? 0 }
    var url: String { "http://127.0.0.1:\(self.port)/hooks" }
    /// All messages in the order in which they came.
    var messages: [Received] { self.state.withLock { $0.messages } }
    /// How many messages were held at once at most.
    var mostHeld: Int { self.state.withLock { $0.mostHeld } }

    /// Waits until so many messages have come; an issue when they have not after half a minute.
    func wait(for count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let giveUp = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .seconds(30)) { self.wake { _ in true } }
        defer { giveUp.cancel() }
        await withCheckedContinuation { continuation in
            let isDone = self.state.withLock { state in
                if state.messages.count < count { state.waiters.append((count, continuation)) }
                return state.messages.count >= count
            }
            if isDone { continuation.resume() }
        }
        try #require(self.messages.count >= count, "so many messages have come", sourceLocation: sourceLocation)
    }

    /// Answers 204 to all that are held.
    func release() {
        let held = self.state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for channel in held { Self.answer(204, "", on: channel) }
    }

    fileprivate func take(_ message: Received, on channel: any Channel) {
        let number = self.state.withLock { state in
            state.messages.append(message)
            return state.messages.count
        }
        switch self.script(number, message) {
        case .answer(let status, let fields): Self.answer(status, fields, on: channel)
        case .hold:
            self.state.withLock { state in
                // Who has given up meanwhile is not held any more.
                state.held.removeAll { !$0.isActive }
                state.held.append(channel)
                state.mostHeld = max(state.mostHeld, state.held.count)
            }
        case .flood:
            channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n"), promise: nil)
            Self.flood(channel)
        case .reset:
            (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                .whenComplete { _ in channel.close(promise: nil) }
        }
        let count = self.messages.count
        self.wake { $0 <= count }
    }

    private func wake(_ isReady: (Int) -> Bool) {
        let ready = self.state.withLock { state in
            defer { state.waiters.removeAll { isReady($0.count) } }
            return state.waiters.filter { isReady($0.count) }
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    private static func answer(_ status: Int, _ fields: String, on channel: any Channel) {
        let length = status == 204 ? "" : "Content-Length: 0\r\n"
        channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 \(status) Status\r\n\(length)\(fields)\r\n"), promise: nil)
    }

    private static func flood(_ channel: any Channel) {
        guard channel.isActive else { return }
        channel.writeAndFlush(ByteBuffer(repeating: UInt8(ascii: "x"), count: 65_536)).whenSuccess {
            channel.eventLoop.scheduleTask(in: .microseconds(50)) { Self.flood(channel) }
        }
    }
}

/// Collects one request at a time.
private final class ReceiverHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let receiver: Receiver
    private var received: [UInt8] = []

    init(_ receiver: Receiver) {
        self.receiver = receiver
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received += Array(self.unwrapInboundIn(data).readableBytesView)
        let end = Array("\r\n\r\n".utf8)
        guard let head = self.received.indices.first(where: { self.received[$0...].starts(with: end) }) else { return }
        let lines = String(decoding: self.received[..<head], as: UTF8.self).split(separator: "\r\n")
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let body = self.received[(head + 4)...]
        guard body.count >= fields["content-length"].flatMap({ Int($0) }) ?? 0 else { return }
        self.received = []
        let path = lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""
        self.receiver.take(Received(path: path, fields: fields, body: Array(body)), on: context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
