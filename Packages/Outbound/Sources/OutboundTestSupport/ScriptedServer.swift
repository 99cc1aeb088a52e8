import NIOCore
import NIOPosix
public import NIOSSL
import NIOTLS
import Synchronization

/// What a ``ScriptedServer`` does for one request, step by step.
public enum ScriptedStep: Sendable {
    /// Writes text as it is.
    case write(String)
    /// Writes so many bytes `x`.
    case writeBytes(Int)
    /// Writes the bytes again and again, for as long as the other side takes them.
    case writeForever(String)
    /// Writes one byte every 20 milliseconds.
    case drip(String)
    /// Ends the sending direction only.
    case endOutput
    /// Ends the connection.
    case close
    /// Ends the connection beneath TLS, without its farewell.
    case cut
}

/// A server whose answers are raw bytes, so that it can misbehave in every way.
public final class ScriptedServer: Sendable {
    /// What is done for a request, whose head and body are one text; the first has number 1.
    public typealias Script = @Sendable (_ number: Int, _ request: String) -> [ScriptedStep]

    private struct State {
        var requests: [String] = []
        var serverNames: [String?] = []
        var connectionCount = 0
        var endCount = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func takeWaiters(_ isReady: (Int) -> Bool) -> [CheckedContinuation<Void, Never>] {
            defer { self.waiters.removeAll { isReady($0.count) } }
            return self.waiters.filter { isReady($0.count) }.map(\.continuation)
        }
    }

    private let state = Mutex(State())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    /// The port that it listens on.
    public var port: UInt16 { UInt16(self.channel.withLock { $0?.localAddress?.port } ?? 0) }
    /// Head and body of all requests, in the order in which they came.
    public var requests: [String] { self.state.withLock { $0.requests } }
    /// The names that clients asked for in their TLS handshakes (SNI); nil where they named none.
    public var serverNames: [String?] { self.state.withLock { $0.serverNames } }
    /// How many connections it has accepted.
    public var connectionCount: Int { self.state.withLock { $0.connectionCount } }

    /// Waits until so many connections have ended on their side, for 20 seconds at most.
    ///
    /// - Returns: Whether they have.
    public func waitForEnds(_ count: Int) async -> Bool {
        let giveUp = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .seconds(20)) {
            for waiter in self.state.withLock({ $0.takeWaiters { _ in true } }) { waiter.resume() }
        }
        defer { giveUp.cancel() }
        await withCheckedContinuation { continuation in
            let isDone = self.state.withLock { state in
                if state.endCount < count { state.waiters.append((count, continuation)) }
                return state.endCount >= count
            }
            if isDone { continuation.resume() }
        }
        return self.state.withLock { $0.endCount } >= count
    }

    fileprivate func register(serverName: String?) { self.state.withLock { $0.serverNames.append(serverName) } }

    fileprivate func accept() { self.state.withLock { $0.connectionCount += 1 } }

    fileprivate func register(_ request: String) -> Int {
        self.state.withLock { state in
            state.requests.append(request)
            return state.requests.count
        }
    }

    fileprivate func registerEnd() {
        let ready = self.state.withLock { state in
            state.endCount += 1
            let count = state.endCount
            return state.takeWaiters { $0 <= count }
        }
        for waiter in ready { waiter.resume() }
    }

    fileprivate func use(_ channel: any Channel) { self.channel.withLock { $0 = channel } }
}

/// Lends a server on a free port.
///
/// - Parameters:
///   - host: The address that it listens on.
///   - tls: With TLS if not nil.
///   - script: What it does for each request; the first has number 1.
public func withScriptedServer<Value>(
    host: String = "127.0.0.1", tls: NIOSSLContext? = nil, script: @escaping ScriptedServer.Script,
    _ body: (ScriptedServer) async throws -> Value
) async throws -> Value {
    let server = ScriptedServer()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { channel in
            server.accept()
            return channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                guard let tls else { return try pipeline.addHandler(ScriptHandler(server: server, script: script)) }
                let peek = SNIHandler { result in
                    if case .hostname(let name) = result {
                        server.register(serverName: name)
                    } else {
                        server.register(serverName: nil)
                    }
                    return channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                        try pipeline.addHandler(ScriptHandler(server: server, script: script))
                    }
                }
                try pipeline.addHandler(ByteToMessageHandler(peek))
            }
        }
        .bind(host: host, port: 0).get()
    server.use(channel)
    do {
        let value = try await body(server)
        try await channel.close()
        return value
    } catch {
        try? await channel.close()
        throw error
    }
}

/// Collects one request at a time and plays the script.
private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: ScriptedServer
    private let script: ScriptedServer.Script
    private var received = ""
    private var hasEnded = false

    init(server: ScriptedServer, script: @escaping ScriptedServer.Script) {
        self.server = server
        self.script = script
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The other side has ended its direction, which our clients never do without closing.
        if case ChannelEvent.inputClosed = event {
            self.end()
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.end()
        context.close(promise: nil)
    }

    private func end() {
        if !self.hasEnded { self.server.registerEnd() }
        self.hasEnded = true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received += String(buffer: self.unwrapInboundIn(data))
        guard let request = self.takeRequest() else { return }
        let number = self.server.register(request)
        Self.play(self.script(number, request)[...], on: context.channel)
    }

    private func takeRequest() -> String? {
        let parts = self.received.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let length =
            parts[0].split(separator: "\r\n").lazy
            .compactMap { line in
                line.lowercased().hasPrefix("content-length: ") ? Int(line.dropFirst("content-length: ".count)) : nil
            }
            .first ?? 0
        guard parts[1].utf8.count >= length else { return nil }
        defer { self.received = "" }
        return self.received
    }

    private static func play(_ steps: ArraySlice<ScriptedStep>, on channel: any Channel) {
        guard let step = steps.first, channel.isActive else { return }
        let rest = steps.dropFirst()
        switch step {
        case .write(let text):
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
            Self.play(rest, on: channel)
        case .writeBytes(let count):
            channel.writeAndFlush(ByteBuffer(repeating: UInt8(ascii: "x"), count: count), promise: nil)
            Self.play(rest, on: channel)
        case .writeForever(let text):
            // A pause in between leaves the loop to the others; tasks without one would keep it from reading.
            channel.writeAndFlush(ByteBuffer(string: text)).whenSuccess {
                channel.eventLoop.scheduleTask(in: .microseconds(50)) { Self.play(steps, on: channel) }
            }
        case .drip(let text):
            guard !text.isEmpty else { return Self.play(rest, on: channel) }
            channel.writeAndFlush(ByteBuffer(string: String(text.prefix(1))), promise: nil)
            let next = [ScriptedStep.drip(String(text.dropFirst()))] + rest
            channel.eventLoop.scheduleTask(in: .milliseconds(20)) { Self.play(next[...], on: channel) }
        case .endOutput:
            channel.close(mode: .output, promise: nil)
            Self.play(rest, on: channel)
        case .close:
            channel.close(promise: nil)
        case .cut:
            // Seen from the handler of TLS, only what lies beneath it is asked to close.
            let context = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
            context?.close(promise: nil)
        }
    }
}

/// An answer with a body of known length.
public func httpAnswer(_ body: String, status: String = "200 OK", fields: String = "") -> [ScriptedStep] {
    [.write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")]
}
