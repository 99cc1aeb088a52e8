import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Bad input on the socket of a node")
struct BadInputTests {
    @Test("gets a clear 4xx each, and the node lives on", arguments: StoreKind.allCases)
    func refusals(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            for (name, bytes, statuses) in Self.requests {
                let answer: HTTPAnswer
                do {
                    answer = try await node.client.exchange(bytes, answersTo: ["POST"])[0]
                } catch {
                    Issue.record("\(name): \(error)")
                    continue
                }
                #expect(statuses.contains(answer.status), "\(name): \(answer.status) \(answer.text.prefix(300))")
                if answer["Content-Type"] == "application/problem+json" {
                    #expect(try answer.json()["status"]?.intValue == answer.status, "\(name)")
                    #expect(try answer.json()["detail"]?.stringValue?.isEmpty == false, "\(name)")
                }
                #expect(try await node.client.send("GET", "/livez").status == 200, "\(name)")
            }
            #expect(node.child.termination == nil)
            #expect(!node.log.contains("request failed"))
            #expect(try await node.check("user", limit: 1).integer("current_count") == 1, "nothing of it was counted")
        }
    }

    /// What is sent, and what may be answered.
    private static var requests: [(String, [UInt8], Set<Int>)] {
        let json = { (body: String) in HTTPClient.request("POST", "/check", body: body) }
        let batch = { (body: String) in HTTPClient.request("POST", "/check/batch", body: body) }
        let raw = { (fields: [String], body: String) in
            Array((["POST /check HTTP/1.1", "Host: localhost"] + fields).joined(separator: "\r\n").utf8)
                + Array("\r\n\r\n\(body)".utf8)
        }
        let long = String(repeating: "k", count: 10_240)
        let many = { (count: Int) in
            #"{"checks":["# + Array(repeating: #"{"key":"user"}"#, count: count).joined(separator: ",") + "]}"
        }
        return [
            ("window 0", json(#"{"key":"user","window_ms":0}"#), [422]),
            ("negative window", json(#"{"key":"user","window_ms":-1}"#), [422]),
            ("window beyond all", json(#"{"key":"user","window_ms":9223372036854775807}"#), [422]),
            ("limit -1", json(#"{"key":"user","limit":-1}"#), [422]),
            ("limit beyond 64 bits", json(#"{"key":"user","limit":92233720368547758080}"#), [422]),
            ("fraction of a limit", json(#"{"key":"user","limit":1.5}"#), [422]),
            ("exponent", json(#"{"key":"user","limit":1e400}"#), [422]),
            ("cost beyond the limit", json(#"{"key":"user","limit":5,"cost":6}"#), [422]),
            ("cost beyond the default", json(#"{"key":"user","cost":101}"#), [422]),
            ("greatest cost", json(#"{"key":"user","cost":9223372036854775807}"#), [422]),
            ("negative cost", json(#"{"key":"user","cost":-1}"#), [422]),
            ("unknown algorithm", json(#"{"key":"user","algorithm":"dice"}"#), [422]),
            ("no key", json(#"{"limit":1}"#), [422]),
            ("key of null", json(#"{"key":null}"#), [422]),
            ("key that is a number", json(#"{"key":5}"#), [422]),
            ("10 kB key", json(#"{"key":"\#(long)"}"#), [422]),
            ("NUL in a key", json(#"{"key":"a\u0000b"}"#), [422]),
            ("raw NUL in a key", json("{\"key\":\"a\0b\"}"), [422]),
            ("lone surrogate", json(#"{"key":"\ud800"}"#), [422]),
            ("duplicate members", json(#"{"key":"user","key":"other"}"#), [422]),
            ("list for an object", json("[]"), [422]),
            ("broken JSON", json(#"{"key":"#), [422]),
            ("something behind the object", json(#"{"key":"user"} x"#), [422]),
            ("two objects", json(#"{"key":"user"}{"key":"user"}"#), [422]),
            ("deep JSON", json(String(repeating: "[", count: 50_000)), [422]),
            (
                "bytes that are no text",
                HTTPClient.request("POST", "/check", fields: ["Content-Type: application/json", "Content-Length: 10"]) + [
                    0x7B, 0x22, 0x6B, 0x22, 0x3A, 0x22, 0xFF, 0xFE, 0x22, 0x7D,
                ], [422]
            ),
            ("no body", raw([], ""), [411, 422]),
            ("batch of 1 001", batch(many(1_001)), [422]),
            ("batch with a bad check", batch(#"{"checks":[{"key":"user"},{"key":"user","limit":-1}]}"#), [422]),
            ("batch of no list", batch(#"{"checks":{}}"#), [422]),
            ("batch without checks", batch(#"{"atomic":true}"#), [422]),
            ("lease that is none", HTTPClient.request("POST", "/settle", body: #"{"lease":"AAAA","actual":1}"#), [404]),
            ("negative settlement", HTTPClient.request("POST", "/settle", body: #"{"lease":"AAAA","actual":-1}"#), [422]),
            ("override below 0", HTTPClient.request("PUT", "/api/limits/user", body: #"{"limit":-1}"#), [422]),
            ("override with window 0", HTTPClient.request("PUT", "/api/limits/user", body: #"{"limit":1,"window_ms":0}"#), [422]),
            ("override without limit", HTTPClient.request("PUT", "/api/limits/user", body: "{}"), [422]),
            ("10 kB key in a path", HTTPClient.request("GET", "/api/usage/\(long)"), [400, 414, 422]),
            ("NUL in a path", HTTPClient.request("GET", "/api/usage/a%00b"), [400, 422]),
            ("page of 0", HTTPClient.request("GET", "/api/counters?limit=0"), [422]),
            ("page of too many", HTTPClient.request("GET", "/api/counters?limit=1001"), [422]),
            ("cursor that is none", HTTPClient.request("GET", "/api/counters?cursor=%24%24"), [409, 422]),
            ("wrong method", HTTPClient.request("GET", "/check"), [405]),
            ("unknown route", HTTPClient.request("POST", "/checks", body: #"{"key":"user"}"#), [404]),
            ("two lengths", raw(["Content-Length: 2", "Content-Length: 14"], #"{"key":"user"}"#), [400]),
            ("length and chunks", raw(["Content-Length: 14", "Transfer-Encoding: chunked"], "0\r\n\r\nGET /x HTTP"), [400]),
            ("smuggled by a blank", raw(["Content-Length : 14"], #"{"key":"user"}"#), [400]),
            (
                "smuggled by a bare line feed",
                Array("POST /check HTTP/1.1\nHost: a\nContent-Length: 14\nTransfer-Encoding: chunked\n\n{\"key\":\"user\"}".utf8),
                [400]
            ),
            ("transfer coding of another name", raw(["Transfer-Encoding: xchunked"], "0\r\n\r\n"), [400, 501]),
            ("signed length", raw(["Content-Length: +14"], #"{"key":"user"}"#), [400]),
            ("negative length", raw(["Content-Length: -1"], ""), [400]),
            ("huge length", raw(["Content-Length: 99999999999999999999"], ""), [400, 413]),
            ("length over the bound", raw(["Content-Length: 100000000"], ""), [413]),
            ("broken chunk", raw(["Transfer-Encoding: chunked"], "zz\r\n"), [400, 422]),
            ("folded field", raw(["X-A: a", " b: c", "Content-Length: 14"], #"{"key":"user"}"#), [400]),
            ("no HTTP", Array("\u{16}\u{3}\u{1} hello there\r\n\r\n".utf8), [400]),
            ("RESP", Array("*1\r\n$4\r\nPING\r\n\r\n".utf8), [400]),
        ]
    }

    @Test("unknown members are ignored, whole numbers may be written as text", arguments: StoreKind.allCases)
    func lenience(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let body = #"{"key":"user","limit":"5","window_ms":60000.0,"note":{"a":[1,2]},"limit_":9}"#
            let answer = try await node.client.send("POST", "/check", body: body)
            #expect(answer.status == 200)
            #expect(answer["X-RateLimit-Limit"] == "5")
            let null = try await node.client.send("POST", "/check", body: #"{"key":"user","limit":null,"window_ms":null}"#)
            #expect(null["X-RateLimit-Limit"] == "100")
            let escaped = try await node.client.send("POST", "/check", body: #"{"key":"\u0075s\u0065r"}"#)
            #expect(try escaped.integer("current_count") == 3, "one key, however it is written")
        }
    }

    @Test("chunks count like a body of one piece, and mixed requests are answered in order", arguments: StoreKind.allCases)
    func chunked(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let body = #"{"key":"user","limit":50}"#
            let plain = HTTPClient.request("POST", "/check", body: body)
            let half = body.utf8.count / 2
            let chunks = Array(
                ("POST /check HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + String(half, radix: 16) + "\r\n\(body.prefix(half))\r\n"
                    + String(body.utf8.count - half, radix: 16) + "\r\n\(body.dropFirst(half))\r\n0\r\n\r\n").utf8)
            let usage = HTTPClient.request("GET", "/api/usage/user")
            let bytes = plain + plain + chunks + usage + plain + chunks + plain
            let answers = try await node.client.exchange(
                bytes, answersTo: ["POST", "POST", "POST", "GET", "POST", "POST", "POST"])
            #expect(answers.map(\.status) == Array(repeating: 200, count: 7))
            #expect(try answers.map { try $0.json()["current_count"]?.intValue } == [1, 2, 3, nil, 4, 5, 6])
        }
    }

    @Test("requests that arrive byte by byte, or cut anywhere, are whole requests", arguments: StoreKind.allCases)
    func split(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let one = HTTPClient.request("POST", "/check", body: #"{"key":"user","limit":1000}"#)
            let bytes = one + one + one
            let cuts = [1] + stride(from: 7, to: bytes.count, by: 23)
            for (round, cut) in cuts.enumerated() {
                let counts = try await node.client.withConnection { connection in
                    for start in stride(from: 0, to: bytes.count, by: cut) {
                        try connection.send(Array(bytes[start..<min(start + cut, bytes.count)]))
                    }
                    return try (0..<3).map { _ in try connection.readAnswer(to: "POST").integer("current_count") }
                }
                #expect(counts == [3 * round + 1, 3 * round + 2, 3 * round + 3], "cut every \(cut)")
            }
        }
    }

    @Test("what follows a refused request on a connection is not taken for a request of somebody else")
    func smuggling() async throws {
        try await withNode { node async throws in
            let hidden =
                "POST /check HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"key\":\"hidden\"}"
            let attempts = [
                "POST /check HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(hidden)",
                "POST /check HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: \(hidden.utf8.count)\r\n\r\n\(hidden)",
                "POST /check HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\u{0B}chunked\r\nContent-Length: 0\r\n\r\n\(hidden)",
                "POST /check HTTP/1.1\nContent-Length: 0\n\n\(hidden)",
            ]
            for attempt in attempts {
                let (status, isClosed) = try await node.client.withConnection { connection in
                    try connection.send(Array(attempt.utf8))
                    return (try connection.readAnswer(to: "POST").status, connection.isClosedByServer())
                }
                #expect(status == 400, "\(attempt)")
                #expect(isClosed, "\(attempt)")
            }
            #expect(try await node.usage("hidden") == 0)
        }
    }

    @Test("clients that hang up in the middle leave nothing behind", arguments: StoreKind.allCases)
    func hangingUp(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let bytes = HTTPClient.request("POST", "/check", body: #"{"key":"user","limit":100}"#)
            for count in stride(from: 1, to: bytes.count, by: 11) {
                try await node.client.withConnection { try $0.send(Array(bytes.prefix(count))) }
            }
            #expect(try await node.client.send("GET", "/readyz").status == 200)
            #expect(try await node.usage("user") == 0)
        }
    }
}
