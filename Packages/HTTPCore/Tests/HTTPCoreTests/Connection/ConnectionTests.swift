import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Synchronization
import Testing

@Suite("Connections", .timeLimit(.minutes(1)))
struct ConnectionTests {
    static let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("serve several requests, one after the other and pipelined, in order")
    func keepAlive() async throws {
        try await withConnection(to: Fixture().service) { client in
            try await client.send(Self.hello)
            #expect(try await client.answer()?.status == 200)
            try await client.send(
                "GET /hello HTTP/1.1\r\nHost: a\r\nX-Request-ID: one\r\n\r\nHEAD /hello HTTP/1.1\r\nHost: a\r\nX-Request-ID: two\r\n\r\n"
                    + "HEAD /none HTTP/1.1\r\nHost: a\r\nX-Request-ID: three\r\n\r\n"
                    + "POST /echo HTTP/1.1\r\nHost: a\r\nX-Request-ID: four\r\nContent-Length: 7\r\n\r\n{\"a\":1}"
                    + "GET /none HTTP/1.1\r\nHost: a\r\nX-Request-ID: five\r\n\r\n")
            #expect(try await client.answer()?.fields["x-request-id"] == "one")
            #expect(try await client.answer(hasBody: false)?.fields["x-request-id"] == "two")
            let missing = try #require(try await client.answer(hasBody: false))
            #expect(missing.status == 404 && missing.fields["x-request-id"] == "three")
            let echo = try #require(try await client.answer())
            #expect(echo.body == "{\"a\":1}" && echo.fields["x-request-id"] == "four")
            #expect(try await client.answer()?.fields["x-request-id"] == "five")
        }
    }

    @Test("deliver the answers before garbage, then 400 in shape, then end")
    func garbage() async throws {
        try await withConnection(to: Fixture().service) { client in
            try await client.send(Self.hello + "\u{1}\u{2} no HTTP at all\r\n\r\n")
            #expect(try await client.answer()?.status == 200)
            let refusal = try #require(try await client.answer())
            #expect(refusal.status == 400)
            #expect(refusal.fields["connection"] == "close")
            #expect(refusal.fields["content-type"] == "application/problem+json")
            let json = try JSONValue(parsing: Array(refusal.body.utf8))
            #expect(json["error"] == "bad_request")
            #expect(json["request_id"]?.stringValue == refusal.fields["x-request-id"])
            #expect(try await client.isAtEnd())
        }
    }

    @Test("refuse a method that HTTP does not register with 400")
    func unknownMethod() async throws {
        try await withConnection(to: Fixture().service) { client in
            try await client.send("FOO /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try #require(try await client.answer())
            #expect(answer.status == 400)
            #expect(answer.body.contains("request method is unknown"))
        }
    }

    @Test("answer an unusual method with 405", arguments: ["PROPFIND", "PURGE", "TRACE", "M-SEARCH"])
    func unusualMethod(_ method: String) async throws {
        try await withConnection(to: Fixture().service) { client in
            try await client.send("\(method) /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try #require(try await client.answer())
            #expect(answer.status == 405 && answer.fields["allow"] == "GET, HEAD")
        }
    }

    @Test("refuse too many or too long header fields with 431, and the server lives on")
    func largeHead() async throws {
        try await Fixture().service.serving { port, _ in
            let many = (0..<10_000).map { "X-\($0): 1\r\n" }.joined()
            let long = "X-Long: \(String(repeating: "a", count: 100_000))\r\n"
            let spread = (0..<500).map { "X-\($0): \(String(repeating: "b", count: 300))\r\n" }.joined()
            for fields in [many, long, spread] {
                try await RawClient.connected(to: port) { client in
                    try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
                    let answer = try #require(try await client.answer())
                    #expect(answer.status == 431)
                    #expect(answer.fields["connection"] == "close")
                }
            }
            try await RawClient.connected(to: port) { client in
                try await client.send(Self.hello)
                #expect(try await client.answer()?.status == 200)
            }
        }
    }

    @Test(
        "survive targets that are no paths",
        arguments: ["*", "http://[", "http://", "http://a:", "x", "/%", "?", "//", "/\u{7F}", "http://a?b"])
    func oddTarget(_ target: String) async throws {
        try await Fixture().service.serving { port, _ in
            try await RawClient.connected(to: port) { client in
                try await client.send("OPTIONS \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
                let status = try await client.answer()?.status ?? 0
                #expect((400..<500).contains(status))
            }
            try await RawClient.connected(to: port) { client in
                try await client.send(Self.hello)
                #expect(try await client.answer()?.status == 200)
            }
        }
    }

    @Test("invite a body that is wanted")
    func invitation() async throws {
        try await withConnection(to: Fixture().service) { client in
            let head = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"
            for _ in 0..<2 {
                try await client.send(head)
                #expect(try await client.answer()?.status == 100)
                try await client.send("{}")
                let answer = try #require(try await client.answer())
                #expect(answer.status == 200 && answer.fields["connection"] == nil)
            }
        }
    }

    @Test("do not invite a body that is not wanted, and end", arguments: [("/notes", 401), ("/none", 404), ("/hello", 405)])
    func noInvitation(_ path: String, _ status: Int) async throws {
        try await withConnection(to: Fixture().service) { client in
            try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            let answer = try #require(try await client.answer())
            #expect(answer.status == status && answer.fields["connection"] == "close")
            #expect(try await client.isAtEnd())
        }
    }

    @Test("refuse a body that is too large in chunks, and the client can read the answer")
    func largeChunks() async throws {
        try await withConnection(to: Fixture().service) { client in
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n\(String(repeating: " ", count: 65_536))\r\n"
            for _ in 0..<16 { try await client.send(chunk) }
            let answer = try #require(try await client.answer())
            #expect(answer.status == 413 && answer.fields["connection"] == "close")
            #expect(answer.body.contains("payload_too_large"))
        }
    }

    @Test("refuse an announced body that is too large while it is sent, and carry out nothing that follows")
    func largeAnnounced() async throws {
        let calls = Atomic(0)
        let service = try Fixture([
            Operation(.get, "/count", id: "count", summary: "", tag: "", access: .anyone) { _ in
                calls.add(1, ordering: .relaxed)
                return .empty()
            },
            Operation(
                .post, "/small", id: "small", summary: "", tag: "", access: .anyone, body: .json(.map()), maximumBodyBytes: 10
            ) { _ in
                .empty()
            },
        ]).service
        try await withConnection(to: service) { client in
            let padding = String(repeating: " ", count: 20)
            try await client.send(
                "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n\(padding)GET /count HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.answer()?.status == 413)
            #expect(try await client.isAtEnd())
        }
        #expect(calls.load(ordering: .relaxed) == 0)
    }

    @Test("cut off a client that goes on sending after the answer")
    func endlessBody() async throws {
        try await withConnection(to: Fixture().service) { client in
            try await client.send("POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            #expect(try await client.answer()?.status == 405)
            let chunk = "10000\r\n\(String(repeating: "x", count: 65_536))\r\n"
            // The bound is far above what is drained and what sockets buffer.
            await #expect(throws: (any Error).self) {
                for _ in 0..<2_000_000 { try await client.send(chunk) }
            }
        }
    }

    @Test(
        "answer a body that stops with 408, announced or in chunks",
        arguments: ["Content-Length: 9", "Transfer-Encoding: chunked"])
    func slowBody(_ framing: String) async throws {
        let service = try Fixture(configure: { $0.bodyTimeout = .milliseconds(50) }).service
        try await withConnection(to: service) { client in
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            let answer = try #require(try await client.answer())
            #expect(answer.status == 408 && answer.fields["connection"] == "close")
            #expect(answer.body.contains("\"error\":\"bad_request\""))
            #expect(try await client.isAtEnd())
        }
    }

    @Test(
        "do not take a body that is cut off for a whole one",
        arguments: ["Content-Length: 9\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"])
    func cutBody(_ rest: String) async throws {
        try await withConnection(to: Fixture().service) { client in
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(rest)")
            client.finish()
            let answer = try #require(try await client.answer())
            #expect(answer.status == 400 && answer.fields["content-type"] == "application/problem+json")
        }
    }

    @Test("answer a client that has closed its half", arguments: [10, 20_000_000])
    func halfClosed(_ bytes: Int) async throws {
        let service = try Fixture([
            Operation(.get, "/large", id: "large", summary: "", tag: "", access: .anyone) { _ in
                OperationResponse(contentType: "text/plain", body: [UInt8](repeating: UInt8(ascii: "x"), count: bytes))
            }
        ]).service
        try await withConnection(to: service) { client in
            try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finish()
            #expect(try await client.bytesUntilEnd() > bytes)
        }
    }

    @Test("with a head that does not end are closed when idle")
    func slowHead() async throws {
        try await withConnection(to: Fixture().service, idleTimeout: .milliseconds(50)) { client in
            try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n")
            #expect(try await client.isAtEnd())
        }
    }

    @Test(
        "end after an answer when the client wants that",
        arguments: [
            "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: te, CLOSE\r\n\r\n",
            "GET /hello HTTP/1.0\r\nHost: a\r\n\r\n",
            // No other protocol is offered, and the codec stops at this point.
            "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        ])
    func lastRequest(_ request: String) async throws {
        try await withConnection(to: Fixture().service) { client in
            try await client.send(request + Self.hello)
            let answer = try #require(try await client.answer())
            #expect(answer.status == 200 && answer.fields["connection"] == "close")
            #expect(try await client.isAtEnd())
        }
    }

    @Test(
        "that ask for a tunnel or begin HTTP/2 are refused",
        arguments: ["CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
    func tunnel(_ request: String) async throws {
        try await withConnection(to: Fixture().service) { client in
            try await client.send(request)
            let status = try #require(try await client.answer()).status
            #expect((400..<500).contains(status))
            #expect(try await client.isAtEnd())
        }
    }

    @Test("give no body and no length to an answer without content")
    func noContent() async throws {
        let service = try Fixture([
            Operation(.get, "/empty", id: "empty", summary: "", tag: "", access: .anyone) { _ in .empty() }
        ]).service
        try await withConnection(to: service) { client in
            try await client.send("GET /empty HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try #require(try await client.answer())
            #expect(answer.status == 204 && answer.fields["content-length"] == nil && answer.fields["date"] != nil)
        }
    }
}
