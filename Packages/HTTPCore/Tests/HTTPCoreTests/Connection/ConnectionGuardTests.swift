import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Testing

@testable import HTTPCore

/// One event loop whose time is moved by hand.
@Suite("Connection guard")
struct ConnectionGuardTests {
    private struct Bench {
        let channel: EmbeddedChannel
        let loop: EmbeddedEventLoop
        let errors = ErrorSink()
        let socket = SocketProbe()

        init(drainLimit: Int = 100) throws {
            self.loop = EmbeddedEventLoop()
            let limits = ConnectionGuard.Limits(
                bodyTimeout: .seconds(10), lingerTimeout: .seconds(2), flushTimeout: .seconds(30), drainLimit: drainLimit)
            self.channel = EmbeddedChannel(
                handlers: [self.socket, ConnectionGuard(limits: limits), self.errors], loop: self.loop)
            self.channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 80), promise: nil)
        }

        func receive(_ parts: HTTPRequestPart...) throws {
            for part in parts { try self.channel.writeInbound(part) }
            self.channel.read()
        }

        func answer(_ status: HTTPResponse.Status = .ok, _ fields: HTTPFields = [:]) throws {
            try self.channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: status, headerFields: fields)))
            try self.channel.writeOutbound(HTTPResponsePart.end(nil))
        }

        /// The next head that reached the socket.
        func head() throws -> HTTPResponse? {
            while let part = try self.channel.readOutbound(as: HTTPResponsePart.self) {
                if case .head(let head) = part { return head }
            }
            return nil
        }

        /// The number of requests that reached the server.
        func served() throws -> Int {
            var count = 0
            while let part = try self.channel.readInbound(as: HTTPRequestPart.self) {
                if case .head = part { count += 1 }
            }
            return count
        }
    }

    /// Notes that our half was closed; the embedded channel knows no halves and would close both.
    private final class SocketProbe: ChannelOutboundHandler {
        typealias OutboundIn = HTTPResponsePart
        var isOutputClosed = false

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode == .output else { return context.close(mode: mode, promise: promise) }
            self.isOutputClosed = true
            promise?.succeed()
        }
    }

    private final class ErrorSink: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart
        typealias InboundOut = HTTPRequestPart
        var slowBodies = 0

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if error is SlowBody { self.slowBodies += 1 }
        }
    }

    static func head(_ method: HTTPRequest.Method = .post, _ fields: HTTPFields = [:]) -> HTTPRequestPart {
        .head(HTTPRequest(method: method, scheme: "http", authority: "a", path: "/", headerFields: fields))
    }

    static func body(_ count: Int) -> HTTPRequestPart { .body(ByteBuffer(repeating: 1, count: count)) }

    @Test("blames a body that is silent for the whole time, and only then")
    func silence() throws {
        let bench = try Bench()
        try bench.receive(Self.head())
        bench.loop.advanceTime(by: .seconds(9))
        try bench.receive(Self.body(1))
        bench.loop.advanceTime(by: .seconds(9))
        #expect(bench.errors.slowBodies == 0)
        bench.loop.advanceTime(by: .seconds(1))
        #expect(bench.errors.slowBodies == 1)
    }

    @Test("blames nobody between requests and after a whole body")
    func idle() throws {
        let bench = try Bench()
        try bench.receive(Self.head(), Self.body(1), .end(nil))
        bench.loop.advanceTime(by: .seconds(100))
        try bench.answer()
        bench.loop.advanceTime(by: .seconds(100))
        try bench.receive(Self.head(.get), .end(nil))
        bench.loop.advanceTime(by: .seconds(100))
        #expect(bench.errors.slowBodies == 0)
        #expect(bench.channel.isActive)
    }

    @Test("does not blame the client while the server takes nothing")
    func backPressure() throws {
        var state = ConnectionState(bodyTimeout: .seconds(10), drainLimit: 1)
        #expect(state.received(Self.head(), at: .uptimeNanoseconds(0)) == .forward)
        state.readCompleted()
        #expect(state.watchFired(at: .uptimeNanoseconds(0) + .seconds(10)) == .again(.seconds(10)))
        state.readRequested(at: .uptimeNanoseconds(0) + .seconds(15))
        #expect(state.watchFired(at: .uptimeNanoseconds(0) + .seconds(20)) == .again(.seconds(5)))
        #expect(state.watchFired(at: .uptimeNanoseconds(0) + .seconds(25)) == .slow)
    }

    @Test("lingers after an answer that closes: our half ends, the rest is dropped, then all ends")
    func linger() throws {
        let bench = try Bench()
        try bench.receive(Self.head(), Self.body(1))
        try bench.answer(.contentTooLarge, [.connection: "close"])
        #expect(try bench.served() == 1)
        #expect(bench.socket.isOutputClosed)
        try bench.receive(Self.body(1_000_000), .end(nil), Self.head(.get), .end(nil))
        #expect(try bench.served() == 0)
        bench.loop.advanceTime(by: .milliseconds(1_999))
        #expect(bench.channel.isActive)
        bench.loop.advanceTime(by: .milliseconds(1))
        #expect(!bench.channel.isActive)
    }

    @Test("drops what follows the request after which the client closes, but not its body")
    func clientCloses() throws {
        let bench = try Bench()
        try bench.receive(
            Self.head(.post, [.connection: "keep-alive, Close"]), Self.body(1), .end(nil), Self.head(.get), .end(nil))
        #expect(try bench.served() == 1)
        try bench.answer()
        #expect(try bench.head()?.headerFields[.connection] == "close")
    }

    @Test("says close in the answer to the last request only")
    func pipelinedClose() throws {
        let bench = try Bench()
        try bench.receive(Self.head(.get), .end(nil), Self.head(.get, [.connection: "close"]), .end(nil))
        try bench.answer()
        #expect(try bench.head()?.headerFields[.connection] == nil)
        try bench.answer()
        #expect(try bench.head()?.headerFields[.connection] == "close")
    }

    @Test("reads a bounded rest of a body behind its answer")
    func drain() throws {
        let bench = try Bench(drainLimit: 100)
        try bench.receive(Self.head(), Self.body(1_000))
        try bench.answer()
        try bench.receive(Self.body(100))
        bench.loop.advanceTime(by: .seconds(5))
        #expect(bench.channel.isActive)
        #expect(!bench.socket.isOutputClosed)
        try bench.receive(Self.body(1))
        #expect(bench.socket.isOutputClosed)
        bench.loop.advanceTime(by: .seconds(2))
        #expect(!bench.channel.isActive)
    }

    @Test("counts the rest of each body afresh")
    func drainPerRequest() throws {
        let bench = try Bench(drainLimit: 100)
        for _ in 0..<5 {
            try bench.receive(Self.head())
            try bench.answer()
            try bench.receive(Self.body(80), .end(nil))
        }
        bench.loop.advanceTime(by: .seconds(2))
        #expect(bench.channel.isActive)
    }

    @Test("ends the connection when a body held back was not invited, and not when it was")
    func invitation() throws {
        let held = try Bench()
        try held.receive(Self.head(.post, [.expect: "100-continue"]))
        try held.answer(.unauthorized)
        #expect(try held.head()?.headerFields[.connection] == "close")

        let invited = try Bench()
        try invited.receive(Self.head(.post, [.expect: "100-continue"]))
        try invited.channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .continue)))
        try invited.receive(Self.body(1), .end(nil))
        try invited.answer()
        #expect(try invited.head()?.status == .continue)
        #expect(try invited.head()?.headerFields[.connection] == nil)
    }

    @Test("says close in the last answer when the server stops")
    func quiescing() throws {
        let bench = try Bench()
        try bench.receive(Self.head(.get), .end(nil), Self.head(.get), .end(nil))
        bench.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        try bench.answer()
        #expect(try bench.head()?.headerFields[.connection] == nil)
        try bench.answer()
        #expect(try bench.head()?.headerFields[.connection] == "close")
    }

    @Test("keeps a close back until the answer is written", arguments: [true, false])
    func heldClose(_ isWritten: Bool) throws {
        let bench = try Bench()
        try bench.receive(Self.head(.get), .end(nil))
        // Written, but not flushed: the bytes stand in the socket's queue.
        bench.channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
        bench.channel.write(HTTPResponsePart.end(nil), promise: nil)
        bench.channel.close(promise: nil)
        bench.loop.run()
        #expect(bench.channel.isActive)
        if isWritten { bench.channel.flush() } else { bench.loop.advanceTime(by: .seconds(30)) }
        #expect(!bench.channel.isActive)
    }

    @Test("closes at once when nothing is outstanding")
    func plainClose() throws {
        let bench = try Bench()
        try bench.receive(Self.head(.get), .end(nil))
        try bench.answer()
        bench.channel.close(promise: nil)
        #expect(!bench.channel.isActive)
    }

    @Test("leaves no timer behind when the connection ends")
    func timers() throws {
        let bench = try Bench()
        try bench.receive(Self.head())
        bench.channel.close(promise: nil)
        bench.loop.advanceTime(by: .seconds(100))
        #expect(bench.errors.slowBodies == 0)
    }

    @Test("gives the bare 400 of the server library the shape of all problems")
    func bareRefusal() throws {
        let bench = try Bench()
        bench.channel.pipeline.fireErrorCaught(HTTPParserError.headerOverflow)
        try bench.answer(.badRequest, [.connection: "close", .contentLength: "0"])
        let head = try #require(try bench.head())
        #expect(head.status == .requestHeaderFieldsTooLarge)
        guard case .body(let body)? = try bench.channel.readOutbound(as: HTTPResponsePart.self) else {
            Issue.record("there is no body")
            return
        }
        #expect(head.headerFields[.contentLength] == String(body.readableBytes))
    }
}
