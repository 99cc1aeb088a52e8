import HTTPTypes
import Outbound
import OutboundTestSupport
import TestKit
import Testing

@Suite("Outgoing exchanges")
struct ExchangeTests {
    @Test("send the name in Host and the target as it was written")
    func sendHostAndTarget() async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("hello", fields: "X-Kind: test\r\n") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://hooks.example.com:\(server.port)/a/../b?c=%2F&d=@")
            let response = try await client.send(OutboundRequest(.get, url, headers: [.accept: "text/plain"]))
            #expect(response.status == 200)
            #expect(response.body == Array("hello".utf8))
            #expect(response.headers[HTTPField.Name("X-Kind") ?? .accept] == "test")
            let lines = server.requests[0].split(separator: "\r\n")
            #expect(lines.first == "GET /a/../b?c=%2F&d=@ HTTP/1.1")
            #expect(lines.contains("Host: hooks.example.com:\(server.port)"))
            #expect(lines.contains("Accept: text/plain"))
            #expect(lines.contains("User-Agent: gatehouse"))
            client.close()
        }
    }

    @Test("send a body with its length", arguments: [0, 1, 70_000])
    func sendBody(_ count: Int) async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("", status: "204 No Content") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)")
            let body = [UInt8](repeating: UInt8(ascii: "b"), count: count)
            #expect(try await client.send(OutboundRequest(.post, url, body: body)).status == 204)
            let parts = server.requests[0].split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            #expect(parts[0].hasPrefix("POST / HTTP/1.1"))
            #expect(parts[0].contains("Content-Length: \(count)") && !parts[0].lowercased().contains("transfer-encoding"))
            #expect(parts[1].utf8.count == count)
            client.close()
        }
    }

    @Test(
        "pass every status on that is no redirection",
        arguments: [
            "200 OK", "202 Accepted", "304 Not Modified", "400 Bad Request", "404 Not Found", "410 Gone", "500 Oops", "599 X",
        ])
    func passStatusOn(_ status: String) async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("", status: status) }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            #expect(try await client.send(OutboundRequest(.get, url)).status == Int(status.prefix(3)))
            client.close()
        }
    }

    @Test("do not follow redirections", arguments: [300, 301, 302, 303, 305, 307, 308, 399])
    func doNotFollow(_ status: Int) async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("never") }) { inner in
            let location = "Location: http://127.0.0.1:\(inner.port)/latest/meta-data\r\n"
            try await withScriptedServer(script: { _, _ in httpAnswer("", status: "\(status) Go", fields: location) }) { server in
                let client = try makeClient("127.0.0.1:\(server.port), 127.0.0.1:\(inner.port)")
                let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
                let error = await failure { try await client.send(OutboundRequest(.get, url)) }
                #expect(error?.code == .redirected && error?.status == status && error?.mayHaveBeenSent == true)
                #expect(inner.connectionCount == 0)
                client.close()
            }
        }
    }

    @Test("read bodies in chunks, up to the end of the connection, and none after HEAD")
    func readAllFramings() async throws {
        let answers: [[ScriptedStep]] = [
            [.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\nTrailer: x\r\n\r\n")],
            [.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")],
            [.write("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde")],
            [.write("HTTP/1.0 200 OK\r\n\r\nabc"), .write("de"), .close],
        ]
        try await withScriptedServer(script: { number, _ in answers[number - 1] }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            for method in [.get, .head, .get, .get] as [HTTPRequest.Method] {
                let response = try await client.send(OutboundRequest(method, url))
                #expect(response.body == (method == .head ? [] : Array("abcde".utf8)))
            }
            #expect(server.connectionCount == 1)
            client.close()
        }
    }

    @Test(
        "refuse fields that are the client's own",
        arguments: [
            "Host", "content-length", "Transfer-Encoding", "Connection", "Upgrade", "TE", "Expect", "Proxy-Authorization",
        ])
    func refuseOwnFields(_ name: String) async throws {
        let client = try makeClient("127.0.0.1:9")
        let url = try OutboundURL(parsing: "http://127.0.0.1:9/")
        let field = try #require(HTTPField.Name(name))
        let error = await failure { try await client.send(OutboundRequest(.get, url, headers: [field: "x"])) }
        #expect(error?.code == .invalidRequest && error?.message.contains(name) == true)
    }

    @Test("refuse requests that are too large, and CONNECT")
    func refuseLargeRequests() async throws {
        let client = try makeClient("127.0.0.1:9") { $0.requestBodyLimit = 10 }
        let url = try OutboundURL(parsing: "http://127.0.0.1:9/")
        let large = String(repeating: "x", count: 70_000)
        for request in [
            OutboundRequest(.post, url, body: [UInt8](repeating: 0, count: 11)), OutboundRequest(.connect, url),
            OutboundRequest(.get, url, headers: [.accept: large]),
        ] {
            let error = await failure { try await client.send(request) }
            #expect(error?.code == .invalidRequest && error?.mayHaveBeenSent == false)
        }
    }

    @Test("keep a field from becoming two")
    func keepFieldsApart() async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let headers: HTTPFields = [.accept: "a\r\nX-Injected: 1\r\n\r\nGET /x HTTP/1.1"]
            _ = await failure { try await client.send(OutboundRequest(.get, url, headers: headers)) }
            let lines = server.requests.flatMap { $0.utf8.split { $0 == 0x0A || $0 == 0x0D } }
            #expect(!lines.contains { $0.starts(with: "X-Injected".utf8) } && lines.count { $0.starts(with: "GET".utf8) } <= 1)
            client.close()
        }
    }
}
