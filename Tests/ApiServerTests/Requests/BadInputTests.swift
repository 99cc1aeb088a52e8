import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Bad input on the socket")
struct BadInputTests {
    private static let mebibyte = 1 << 20

    @Test("gets a 4xx each, and the server lives on", arguments: TestStore.allCases)
    func refusals(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let user = try await server.makeUser()
            for (name, bytes, statuses) in Self.requests(key: user.key) {
                let answer: HTTPAnswer
                do {
                    answer = try await server.client.exchange(bytes, answersTo: ["POST"])[0]
                } catch {
                    Issue.record("\(name): \(error)")
                    continue
                }
                #expect(statuses.contains(answer.status), "\(name): \(answer.status) \(answer.text)")
                if answer["Content-Type"] == "application/problem+json" {
                    #expect(try answer.json()["status"]?.intValue == answer.status, "\(name)")
                }
                #expect(try await server.client.send("GET", "/livez").status == 200, "\(name)")
            }
            #expect(server.child.termination == nil)
            #expect(!server.log.contains("request failed"))
        }
    }

    /// What is sent, and what may be answered.
    private static func requests(key: String) -> [(String, [UInt8], Set<Int>)] {
        let make = { (fields: [String], body: String) in
            Array(
                (["POST /api/v1/traces HTTP/1.1", "Host: localhost", "X-API-Key: \(key)"] + fields).joined(separator: "\r\n").utf8
            )
                + Array("\r\n\r\n\(body)".utf8)
        }
        let json = { (body: String) in HTTPClient.request("POST", "/api/v1/traces", key: key, body: body) }
        let long = String(repeating: "a", count: Self.mebibyte + 1)
        let chunk = String(repeating: "a", count: 65_536)
        let chunked = Array(repeating: "10000\r\n\(chunk)\r\n", count: 20).joined() + "0\r\n\r\n"
        let manyFields = (0..<10_000).map { "X-Field-\($0): value" }
        return [
            ("length over the limit", make(["Content-Length: \(Self.mebibyte + 1)"], ""), [413]),
            ("body over the limit", json(long), [413]),
            ("chunks over the limit", make(["Transfer-Encoding: chunked"], chunked), [413]),
            ("broken JSON", json(#"{"title":"#), [422]),
            ("no JSON at all", json("hello"), [422]),
            ("deep JSON", json(String(repeating: "[", count: 100_000)), [422]),
            ("duplicate members", json(#"{"title":"a","title":"b"}"#), [422]),
            ("NUL in a string", json(#"{"title":"a\u0000","context_text":"b","solution_text":"c"}"#), [422]),
            ("lone surrogate", json(#"{"title":"\ud800","context_text":"b","solution_text":"c"}"#), [422]),
            ("list for an object", json("[]"), [422]),
            ("no body", make([], ""), [411, 422]),
            ("form", make(["Content-Type: application/x-www-form-urlencoded", "Content-Length: 7"], "title=a"), [415, 422]),
            ("unknown route", HTTPClient.request("GET", "/nowhere"), [404]),
            ("wrong method", HTTPClient.request("DELETE", "/api/v1/traces", key: key), [405]),
            ("bad UUID", HTTPClient.request("GET", "/api/v1/traces/not-a-uuid", key: key), [422]),
            ("NUL in the path", HTTPClient.request("GET", "/api/v1/traces/%00", key: key), [400, 422]),
            ("climbing path", HTTPClient.request("GET", "/../../etc/passwd"), [400, 404]),
            ("broken escape", HTTPClient.request("GET", "/api/v1/traces/%zz", key: key), [400, 422]),
            ("10 000 header fields", HTTPClient.request("GET", "/livez", fields: manyFields), [400, 431]),
            ("long header field", HTTPClient.request("GET", "/livez", fields: ["X-Long: \(long)"]), [400, 431]),
            ("long target", HTTPClient.request("GET", "/\(long)"), [400, 414, 431]),
            ("two lengths", make(["Content-Length: 2", "Content-Length: 3"], "{} "), [400]),
            ("length and chunks", make(["Content-Length: 2", "Transfer-Encoding: chunked"], "0\r\n\r\n"), [400]),
            ("negative length", make(["Content-Length: -1"], ""), [400]),
            ("huge length", make(["Content-Length: 99999999999999999999"], ""), [400, 413]),
            ("broken chunk", make(["Transfer-Encoding: chunked"], "zz\r\n"), [400, 422]),
            ("field without colon", Array("GET /livez HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n".utf8), [400]),
            ("no HTTP", Array("\u{16}\u{3}\u{1} hello there\r\n\r\n".utf8), [400]),
            ("unknown version", Array("GET /livez HTTP/9.9\r\nHost: a\r\n\r\n".utf8), [400, 505]),
        ]
    }

    @Test("all violations are told at once", arguments: TestStore.allCases)
    func violations(on store: TestStore) async throws {
        try await withServer(on: store) { server async throws in
            let user = try await server.makeUser()
            let body = #"{"title":5,"solution_text":"","tags":["a",1,null],"agent_model":[],"metadata_json":"x"}"#
            let answer = try await server.client.send("POST", "/api/v1/traces", key: user.key, body: body)
            #expect(answer.status == 422)
            let errors = try #require(try answer.json()["errors"]?.arrayValue)
            let places = errors.compactMap { error in
                error["loc"]?.arrayValue?.map { $0.stringValue ?? "\($0.intValue ?? -1)" }.joined(separator: ".")
            }
            #expect(
                Set(places) == [
                    "body.title", "body.context_text", "body.solution_text", "body.tags.1", "body.tags.2", "body.agent_model",
                    "body.metadata_json",
                ])
            #expect(errors.count == 7)
            #expect(try answer.json()["detail"]?.stringValue != nil)
        }
    }

    @Test("a wrong method is told the right ones")
    func allow() async throws {
        try await withServer { server async throws in
            #expect(try await server.client.send("DELETE", "/api/v1/traces")["Allow"] == "GET, HEAD, POST")
            #expect(try await server.client.send("POST", "/health", body: "{}")["Allow"] == "GET, HEAD")
        }
    }

    @Test("garbage behind a good request does not harm its answer, and ends the connection")
    func pipelinedGarbage() async throws {
        try await withServer { server in
            let bytes =
                HTTPClient.request("GET", "/livez") + Array("%%% garbage %%%\r\n\r\n".utf8) + HTTPClient.request("GET", "/livez")
            let (statuses, isClosed) = try await server.client.withConnection { connection in
                try connection.send(bytes)
                let statuses = [try connection.readAnswer(to: "GET").status, try connection.readAnswer(to: "GET").status]
                return (statuses, connection.isClosedByServer())
            }
            #expect(statuses == [200, 400])
            #expect(isClosed)
        }
    }

    @Test("a body that stops coming is given up after BODY_TIMEOUT_SECONDS", arguments: TestStore.allCases)
    func slowBody(on store: TestStore) async throws {
        try await withServer(on: store, settings: ["BODY_TIMEOUT_SECONDS": "1"]) { server in
            let user = try await server.makeUser()
            let bytes = HTTPClient.request("POST", "/api/v1/traces", key: user.key, body: RunningServer.trace).dropLast(5)
            let start = ContinuousClock.now
            let (status, isClosed) = try await server.client.withConnection { connection in
                try connection.send(Array(bytes))
                return (try connection.readAnswer(to: "POST").status, connection.isClosedByServer())
            }
            #expect(status == 408)
            #expect(isClosed)
            #expect(start.duration(to: .now) < .seconds(8), "the setting holds, not the default of 10 s")
        }
    }

    @Test("a client that hangs up in the middle leaves nothing behind", arguments: TestStore.allCases)
    func hangingUp(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let user = try await server.makeUser()
            let bytes = HTTPClient.request("POST", "/api/v1/traces", key: user.key, body: RunningServer.trace)
            for count in stride(from: 1, to: bytes.count, by: 37) {
                try await server.client.withConnection { try $0.send(Array(bytes.prefix(count))) }
            }
            #expect(try await server.client.send("GET", "/readyz").status == 200)
            #expect(try await server.place.query("SELECT count(*) FROM traces") == ["0"])
        }
    }
}
