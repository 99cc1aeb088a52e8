import HTTPCoreTestSupport
import LimitServiceHTTP
import TestKit
import Testing

/// The hot path and the ordinary path must answer the same bytes, `Date` and new request ids aside.
@Suite("Hot path and ordinary path")
struct PathDifferenceTests {
    /// Requests of every kind, plain ones and others.
    static let requests: [String] =
        bodies.map { Self.post($0) } + heads + [
            Self.post(#"{"checks":[{"key":"b1"},{"key":"b2","limit":0},{"key":"b1","cost":2,"limit":9}]}"#, to: "/check/batch"),
            Self.post(#"{"checks":[{"key":"b1","limit":5},{"key":"b3","limit":0}],"atomic":true}"#, to: "/check/batch"),
            Self.post(#"{"atomic":false,"checks":[{"key":"b1"}]}"#, to: "/check/batch"),
            Self.post(#"{"checks":[]}"#, to: "/check/batch"), Self.post(#"{"checks":[{}]}"#, to: "/check/batch"),
            Self.post(#"{"checks":[{"key":"x"},7]}"#, to: "/check/batch"), Self.post(#"{"atomic":1}"#, to: "/check/batch"),
            Self.post(
                #"{"checks":[\#((0..<1_000).map { #"{"key":"m\#($0 % 7)"}"# }.joined(separator: ","))]}"#, to: "/check/batch"),
            Self.post(#"{"checks":[\#((0..<1_001).map { #"{"key":"m\#($0)"}"# }.joined(separator: ","))]}"#, to: "/check/batch"),
        ]

    private static let bodies: [String] = [
        #"{"key":"a"}"#, #"{"key":"a","limit":2}"#, #"{"key":"a","limit":0}"#, #"{"key":"z","limit":0,"window_ms":500}"#,
        #"{"key":"a","limit":null,"window_ms":null}"#, #"{"key":"w","window_ms":1}"#, #"{"key":"w","window_ms":0}"#,
        #"{"key":"w","window_ms":-1}"#, #"{"key":"w","window_ms":933120000000}"#, #"{"key":"w","window_ms":933120000001}"#,
        #"{"key":"a","limit":-1}"#, #"{"key":"a","limit":"5"}"#, #"{"key":"a","limit":5.0}"#, #"{"key":"a","limit":1e2}"#,
        #"{"key":"a","limit":05}"#, #"{"key":"a","limit":9223372036854775807}"#, #"{"key":"a","limit":9223372036854775808}"#,
        #"{"key":"a","limit":999999999999999999}"#, #"{"key":"c","cost":0}"#, #"{"key":"c","cost":2}"#,
        #"{"key":"c","cost":2,"limit":5}"#, #"{"key":"c","cost":6,"limit":5}"#, #"{"key":"c","cost":9223372036854775807}"#,
        #"{"key":"c","cost":-1}"#, #"{"key":"c","cost":null}"#, #"{"key":"t","algorithm":"token_bucket"}"#,
        #"{"key":"t","algorithm":"fixed_window","limit":1}"#, #"{"key":"t","algorithm":"fixed_window","limit":1}"#,
        #"{"key":"t","algorithm":"sliding_counter"}"#, #"{"key":"t","algorithm":"other"}"#, #"{"key":"t","algorithm":null}"#,
        #"{"key":"a","extra":1}"#, #"{"key":"a","key":"b"}"#, #"{"limit":5}"#, #"{}"#, #"[]"#, #"null"#, #""#, #"{"#,
        #"{"key":}"#,
        #"{"key":"a"} "#, #"{"key":"a"}x"#, #" { "key" : "a" , "limit" : 4 } "#, "\n{\t\"key\":\r\"a\"}", #"{"key":"a",}"#,
        #"{"key":"é"}"#, #"{"key":"\u0061"}"#, #"{"key":"\u0000"}"#, #"{"key":"a\/b"}"#, #"{"key":"a/b:c"}"#, #"{"key":""}"#,
        "{\"key\":\"a\u{1}\"}", "{\"key\":\"a\u{7f}\"}", #"{"key":5}"#, #"{"key":"x:seq"}"#, #"{"key":"limit:x"}"#,
        #"{"key":"limit"}"#, #"{"key":"a:limit:b"}"#, #"{"key":"\#(String(repeating: "k", count: 4_094))"}"#,
        #"{"key":"\#(String(repeating: "k", count: 4_095))"}"#, #"{"key":"\#(String(repeating: "k", count: 10_000))"}"#,
        #"{"key":"a","reserve":false}"#, #"{"KEY":"a"}"#, #"{"key":"a","limit":true}"#, #"{"key":"a" "limit":1}"#,
    ]

    private static let heads: [String] = {
        let body = #"{"key":"h"}"#
        func head(_ line: String, _ fields: String...) -> String {
            ([line, "Host: x"] + fields).joined(separator: "\r\n") + "\r\n\r\n" + body
        }
        let length = "Content-Length: \(body.utf8.count)"
        return [
            head("POST /check HTTP/1.1", length, "X-Request-ID: abc-1.2_Z"),
            head("POST /check HTTP/1.1", length, "X-Request-ID: not allowed"),
            head("POST /check HTTP/1.1", length, "x-request-id: one", "X-Request-ID: two"),
            head("POST /check HTTP/1.1", length, "X-Request-ID: \(String(repeating: "i", count: 128))"),
            head("POST /check HTTP/1.1", length, "X-Request-ID: \(String(repeating: "i", count: 129))"),
            head("POST /check HTTP/1.1", length, "Connection: keep-alive"),
            head("POST /check HTTP/1.1", length, "Connection: close"),
            head("POST /check HTTP/1.1", length, "Connection: Keep-Alive, X-Other"),
            head("POST /check HTTP/1.1", length, "Content-Type: application/json"),
            head("POST /check HTTP/1.1", length, "Content-Type: application/json; charset=utf-8"),
            head("POST /check HTTP/1.1", length, "Content-Type: APPLICATION/JSON"),
            head("POST /check HTTP/1.1", length, "Content-Type: text/plain"),
            head("POST /check HTTP/1.1", length, "Content-Type: application/jsonx"),
            head("POST /check HTTP/1.1", length, "Content-Length: \(body.utf8.count)"),
            head("POST /check HTTP/1.1", length, "Content-Length: 3"),
            head("POST /check HTTP/1.1", "Content-Length: +11"), head("POST /check HTTP/1.1", "Content-Length: 0x0b"),
            head("POST /check HTTP/1.1", "Content-Length: -1"), head("POST /check HTTP/1.1", "Content-Length:\t11 "),
            head("POST /check HTTP/1.1", "Content-Length: 00000011"), head("POST /check HTTP/1.1", "Content-Length: 99999999999"),
            head("POST /check HTTP/1.1"), head("POST /check HTTP/1.1", length, "Transfer-Encoding: chunked"),
            head("POST /check HTTP/1.1", length, "Expect: 100-continue"), head("POST /check HTTP/1.1", length, "Expect: x"),
            head("POST /check HTTP/1.1", length, "Upgrade: h2c", "Connection: upgrade"),
            head("POST /check HTTP/1.1", length, " folded: x"), head("POST /check HTTP/1.1", length, "Bad Name: x"),
            head("POST /check HTTP/1.1", length, "Name : x"), head("POST /check HTTP/1.1", length, "X-Odd: \u{1}"),
            head("POST /check HTTP/1.1", length, "X-Text: é"), head("POST /check HTTP/1.1", length, ":x"),
            head("POST /check HTTP/1.1", length, "Host: y"), head("POST /check HTTP/1.1", length, "X-Empty:"),
            head("POST /check HTTP/1.0", length), head("POST /check HTTP/2.0", length), head("POST  /check HTTP/1.1", length),
            head("POST /check?x=1 HTTP/1.1", length), head("POST /check/ HTTP/1.1", length), head("PUT /check HTTP/1.1", length),
            head("GET /check HTTP/1.1"), head("post /check HTTP/1.1", length), head("FOO /check HTTP/1.1", length),
            head("POST /checks HTTP/1.1", length), head("POST http://x/check HTTP/1.1", length),
            "POST /check HTTP/1.1\nHost: x\n\(length)\n\n\(body)", "POST /check HTTP/1.1\r\n\(length)\r\n\r\n\(body)",
            "\r\n" + head("POST /check HTTP/1.1", length), "nonsense\r\n\r\n", "",
            "POST /check HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n\(body)\r\n0\r\n\r\n",
            head("POST /check HTTP/1.1", length, "X-Long: \(String(repeating: "v", count: 9_000))"),
            head("POST /check HTTP/1.1", "Content-Length: 12"),
        ]
    }()

    static func post(_ body: String, to path: String = "/check") -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("answer every request alike")
    func answerAlike() async throws {
        for request in Self.requests {
            try await Self.expectSame([Array(request.utf8)], request)
        }
    }

    @Test("answer pipelined requests alike, in order, whatever stands between them")
    func answerPipelinedAlike() async throws {
        let hot = Self.post(#"{"key":"p","limit":2}"#)
        let batch = Self.post(#"{"checks":[{"key":"p"},{"key":"q"}]}"#, to: "/check/batch")
        let ordinary = Self.post(#"{"key":"p","limit":"2"}"#)
        let bad = Self.post(#"{"key":1}"#)
        let usage = "GET /api/usage/p HTTP/1.1\r\nHost: x\r\n\r\n"
        for parts in [
            [hot, hot, hot, hot], [hot, batch, hot], [hot, ordinary, hot, hot], [bad, hot], [hot, usage, hot],
            [usage, hot, batch],
            [hot, "nonsense\r\n\r\n"], [hot, hot, Self.requests[0].replacing("keep", with: "x")],
        ] {
            try await Self.expectSame([Array(parts.joined().utf8)], parts.joined())
        }
    }

    @Test("answer alike when the bytes arrive in pieces", arguments: [1, 2, 7, 40, 99])
    func answerPiecesAlike(_ size: Int) async throws {
        let text =
            Self.post(#"{"key":"s","limit":2}"#) + Self.post(#"{"checks":[{"key":"s"}]}"#, to: "/check/batch")
            + Self.post(#"{"key":"s","cost":"1"}"#) + Self.post(#"{"key":"s"}"#)
        let bytes = Array(text.utf8)
        let chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        try await Self.expectSame(chunks, text)
    }

    @Test("answer random requests alike")
    func answerRandomAlike() async throws {
        var random = SeededGenerator(seed: TestRun.isLong ? UInt64.random(in: 0...UInt64.max) : 11)
        let alphabet = Array(#"{}[]",:key limit window_ms cost 0123456789.-+eE\u null true"#.utf8)
        for round in 0..<(TestRun.isLong ? 2_000 : 60) {
            var body = Array((Self.bodies.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) where !body.isEmpty {
                let place = Int.random(in: 0..<body.count, using: &random)
                let byte = alphabet.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body[place] = byte
                case 1: body.insert(byte, at: place)
                default: body.remove(at: place)
                }
            }
            let request = Self.post(String(decoding: body, as: UTF8.self))
            try await Self.expectSame([Array(request.utf8)], "round \(round): \(request)")
        }
    }

    /// Sends the same to a node with a front and to one without, both fresh, and compares.
    private static func expectSame(_ chunks: [[UInt8]], _ what: String) async throws {
        let hot = try NodeFixture()
        let plain = try NodeFixture()
        let hotBytes = try await hot.http.serving(front: hot.front) { port, _ in try await Exchange.run(chunks, to: port) }
        let plainBytes = try await plain.http.serving { port, _ in try await Exchange.run(chunks, to: port) }
        #expect(Exchange.normalised(hotBytes) == Exchange.normalised(plainBytes), "\(what.prefix(300))")
    }
}
