import HTTPTypes
import Outbound
import OutboundTestSupport
import TestKit
import Testing

/// The deadlines here are short and always missed; none of the tests depends on how long anything takes.
@Suite("Deadlines and lost connections")
struct DeadlineTests {
    static let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"

    static func failureOf(
        _ steps: [ScriptedStep], _ change: (inout OutboundConfiguration) -> Void = { _ in }
    ) async throws -> OutboundError? {
        try await LimitTests.failureOf(steps, change)
    }

    @Test("end a request whose answer does not begin")
    func noHead() async throws {
        for steps in [[], [.write("HTTP/1.1 200 OK\r\n")], [.drip(String(repeating: "H", count: 10_000))]] as [[ScriptedStep]] {
            let error = try await Self.failureOf(steps) { $0.firstByteTimeout = .milliseconds(100) }
            // Dripped bytes that are no HTTP end it as well.
            #expect(error?.code == .timedOut || error?.code == .protocolViolation)
            #expect(error?.mayHaveBeenSent == true)
        }
        let interim = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 1_000)
        let error = try await Self.failureOf([.drip(interim)]) { $0.firstByteTimeout = .milliseconds(100) }
        #expect(error?.code == .timedOut)
    }

    @Test("end a body that comes to a halt")
    func haltedBody() async throws {
        let error = try await Self.failureOf([.write(Self.head + "abc")]) { $0.silenceTimeout = .milliseconds(100) }
        #expect(error?.code == .timedOut && error?.message.hasSuffix("the body came to a halt") == true)
    }

    @Test("end a body that drips")
    func drippingBody() async throws {
        let steps: [ScriptedStep] = [.write(Self.head), .drip(String(repeating: "x", count: 100))]
        let error = try await Self.failureOf(steps) { $0.wholeTimeout = .milliseconds(200) }
        #expect(error?.code == .timedOut && error?.message.hasSuffix("the answer was not complete in time") == true)
    }

    @Test("of one request come before those of the client")
    func ofOneRequest() async throws {
        try await withScriptedServer(script: { _, _ in [] }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            var request = OutboundRequest(.get, try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/"))
            for timeout in [Duration.milliseconds(100), .zero, .seconds(-1)] {
                request.timeout = timeout
                #expect(await failure { try await client.send(request) }?.code == .timedOut)
            }
            client.close()
        }
    }

    @Test("end a look-up that does not end, and say that nothing was sent")
    func lookUp() async throws {
        let client = try makeClient("", resolver: SilentResolver()) { $0.resolveTimeout = .milliseconds(50) }
        let url = try OutboundURL(parsing: "https://slow.example/")
        for error in [
            await failure { try await client.send(OutboundRequest(.get, url)) }, await failure { try await client.check(url) },
        ] {
            #expect(error?.code == .timedOut && error?.mayHaveBeenSent == false)
        }
    }

    @Test("end a handshake that does not end, and say that nothing was sent")
    func handshake() async throws {
        // The server takes the connection and waits for a request in the clear.
        try await withScriptedServer(script: { _, _ in [] }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)") { $0.connectTimeout = .milliseconds(200) }
            let url = try OutboundURL(parsing: "https://127.0.0.1:\(server.port)/")
            let error = await failure { try await client.send(OutboundRequest(.get, url)) }
            #expect(error?.code == .timedOut && error?.mayHaveBeenSent == false)
            #expect(await server.waitForEnds(1))
        }
    }

    @Test(
        "are not needed when the server ends its side before the answer is complete",
        arguments: [
            [.close], [.endOutput], [.write("HTTP/1.1 200 OK\r\nX: y"), .endOutput], [.write(Self.head + "abc"), .close],
            [.write(Self.head + "abc"), .endOutput],
            [.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"), .endOutput],
            [.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), .close],
        ] as [[ScriptedStep]])
    func halfClosed(_ steps: [ScriptedStep]) async throws {
        let error = try await Self.failureOf(steps)
        #expect(error?.code == .connectionLost, "\(String(describing: error))")
        #expect(error?.mayHaveBeenSent == true)
    }

    @Test("do not touch an answer that ends with the server's side")
    func completeByEnd() async throws {
        #expect(try await Self.failureOf([.write("HTTP/1.1 200 OK\r\n\r\nabc"), .endOutput]) == nil)
        #expect(try await Self.failureOf(httpAnswer("abc") + [.endOutput]) == nil)
    }
}
