import HTTPTypes
import Outbound
import OutboundTestSupport
import TestKit
import Testing

@Suite("Limits of answers")
struct LimitTests {
    /// Why a request to a server with a given answer fails.
    static func failureOf(
        _ steps: [ScriptedStep], _ change: (inout OutboundConfiguration) -> Void = { _ in }
    ) async throws -> OutboundError? {
        try await withScriptedServer(script: { _, _ in steps }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)", change)
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let error = await failure { try await client.send(OutboundRequest(.get, url)) }
            // Whatever was wrong, the connection is gone.
            if error != nil { #expect(await server.waitForEnds(1)) }
            client.close()
            return error
        }
    }

    @Test("allow a body of exactly the limit", arguments: [true, false])
    func exactly(_ isChunked: Bool) async throws {
        let steps: [ScriptedStep] =
            isChunked
            ? [
                .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n"), .writeBytes(1_024),
                .write("\r\n0\r\n\r\n"),
            ]
            : [.write("HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n"), .writeBytes(1_024)]
        #expect(try await Self.failureOf(steps) { $0.responseBodyLimit = 1_024 } == nil)
        #expect(try await Self.failureOf(steps) { $0.responseBodyLimit = 1_023 }?.code == .tooLarge)
    }

    @Test("refuse at once what announces more")
    func announced() async throws {
        let steps: [ScriptedStep] = [.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")]
        #expect(try await Self.failureOf(steps)?.code == .tooLarge)
        let notModified: [ScriptedStep] = [.write("HTTP/1.1 304 Not Modified\r\nContent-Length: 1000000000\r\n\r\n")]
        #expect(try await Self.failureOf(notModified) == nil)
    }

    @Test("hold for bodies and heads without an end")
    func endless() async throws {
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let long = String(repeating: "x", count: 1_000)
        let floods: [[ScriptedStep]] = [
            [.write(chunked), .writeForever("3e8\r\n\(long)\r\n")],
            [.write("HTTP/1.1 200 OK\r\n\r\n"), .writeForever(long)],
            [.write("HTTP/1.1 200 OK\r\nX: "), .writeForever(long)],
            [.write("HTTP/1.1 200 "), .writeForever(long)],
            [.write("HTTP/1.1 200 OK\r\n"), .writeForever("X: \(long)\r\n")],
            [.write("HTTP/1.1 200 OK\r\n"), .writeForever(String(repeating: "X: y\r\n", count: 100))],
            [.writeForever("HTTP/1.1 100 Continue\r\n\r\n")],
            [.writeForever("HTTP/1.1 103 Early Hints\r\nX: \(long)\r\n\r\n")],
            [.write(chunked + "3;"), .writeForever(long)],
            [.write(chunked), .writeForever("1;\(long)\r\nx\r\n")],
            [.write(chunked + "0\r\n"), .writeForever("X: \(long)\r\n")],
        ]
        for (index, steps) in floods.enumerated() {
            let error = try await Self.failureOf(steps)
            // llhttp has limits of its own for some of them, and says so in its way.
            #expect(error?.code == .tooLarge || error?.code == .protocolViolation, "flood \(index): \(String(describing: error))")
        }
    }

    @Test("hold for a single request too")
    func ofOneRequest() async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("12345") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            var request = OutboundRequest(.get, try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/"))
            request.responseBodyLimit = 4
            #expect(await failure { try await client.send(request) }?.code == .tooLarge)
            request.responseBodyLimit = -1
            #expect(await failure { try await client.send(request) }?.code == .tooLarge)
            request.responseBodyLimit = 5
            #expect(try await client.send(request).body.count == 5)
            client.close()
        }
    }

    @Test("hold while a body is streamed, and the server waits for a slow reader")
    func streamed() async throws {
        let count = 8 << 20
        let steps: [ScriptedStep] = [.write("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n"), .writeBytes(count)]
        try await withScriptedServer(script: { _, _ in steps }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            var request = OutboundRequest(.get, try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/"))
            request.responseBodyLimit = count
            let total = try await client.withResponse(to: request) { head, body in
                #expect(head.status == 200)
                var total = 0
                for try await piece in body {
                    total += piece.count
                    if total.isMultiple(of: 3) { await Task.yield() }
                }
                return total
            }
            #expect(total == count)
            request.responseBodyLimit = count - 1
            let error = await failure {
                try await client.withResponse(to: request) { _, body in for try await _ in body {} }
            }
            #expect(error?.code == .tooLarge)
            client.close()
        }
    }

    @Test(
        "leave what is no HTTP unread",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "220 smtp ready\r\n", "-ERR unknown command\r\n", "\u{0}\u{1}\u{2}\u{3}\r\n\r\n",
            "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", "HTTP/1.1 200 OK\r\nX y\r\n\r\n",
        ])
    func noHTTP(_ text: String) async throws {
        let error = try await Self.failureOf([.write(text)])
        #expect(error?.code == .protocolViolation, "\(String(describing: error))")
        #expect(error?.mayHaveBeenSent == true)
    }

    @Test("survive answers of random bytes")
    func randomBytes() async throws {
        var random = SeededGenerator(seed: TestRun.seed)
        let pieces = [
            "HTTP/1.1 ", "200", " OK", "\r\n", "\r\n\r\n", "Content-Length: ", "5", "Transfer-Encoding: chunked", "0\r\n\r\n",
            "a",
            "\u{0}", "\n", ":", "é", "Connection: close", "1;x", "304",
        ]
        let answers = (0..<TestRun.count(200, long: 20_000)).map { _ in
            var text = Bool.random(using: &random) ? "HTTP/1.1 200 OK\r\n" : ""
            for _ in 0..<Int.random(in: 0...10, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
            return text
        }
        try await withScriptedServer(script: { number, _ in [.write(number <= answers.count ? answers[number - 1] : ""), .close] }
        ) {
            server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            var request = OutboundRequest(.get, try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/"))
            request.isRepeatable = false
            for _ in answers { _ = await failure { try await client.send(request) } }
            client.close()
        }
    }
}
