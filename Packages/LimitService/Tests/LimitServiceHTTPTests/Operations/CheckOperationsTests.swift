import HTTPCoreTestSupport
import HTTPTypes
import LimitServiceHTTP
import StrictJSON
import TestKit
import Testing

@Suite("POST /check, /check/batch and /settle")
struct CheckOperationsTests {
    let node: NodeFixture

    init() throws {
        self.node = try NodeFixture()
    }

    private func check(_ json: JSONValue) async throws -> ServiceAnswer {
        try await self.node.http.answer(.post, "/check", json: json)
    }

    @Test("counts 1, 2, 3 of a limit of 3, then blocks and says for how long")
    func countsAndBlocks() async throws {
        for count in 1...3 {
            let answer = try await self.check(["key": "k"])
            #expect(answer.status == .ok)
            #expect(
                try answer.json == [
                    "allowed": true, "current_count": .integer(count), "remaining": .integer(3 - count), "retry_after_seconds": 0,
                ])
            #expect(answer.headers[.init("X-RateLimit-Limit")!] == "3")
            #expect(answer.headers[.init("X-RateLimit-Remaining")!] == "\(3 - count)")
            #expect(answer.headers[.init("X-RateLimit-Reset")!] == nil)
            #expect(answer.headers[.retryAfter] == nil)
        }
        let blocked = try await self.check(["key": "k"])
        #expect(blocked.status == .tooManyRequests)
        #expect(
            try blocked.json == ["allowed": false, "current_count": 3, "remaining": 0, "retry_after_seconds": 60])
        #expect(blocked.headers[.init("X-RateLimit-Reset")!] == "60")
        #expect(blocked.headers[.retryAfter] == "60")
        #expect(blocked.headers[.init("RateLimit-Policy")!] == #""check";q=3;w=60"#)
        #expect(blocked.headers[.init("RateLimit")!] == #""check";r=0;t=60"#)
        #expect(blocked.headers[.init("X-RateLimit-Policy")!] == nil)
    }

    @Test("lets entries slide out, and passes exactly when it said")
    func slides() async throws {
        _ = try await self.check(["key": "k"])
        self.node.clock.advance(by: .seconds(30))
        for _ in 0..<2 { _ = try await self.check(["key": "k"]) }
        let blocked = try await self.check(["key": "k"])
        #expect(try blocked.json["retry_after_seconds"] == 30)
        self.node.clock.advance(by: .seconds(30))
        let passed = try await self.check(["key": "k"])
        #expect(passed.status == .ok)
        #expect(try passed.json["current_count"] == 3)
        #expect(try await self.check(["key": "k"]).status == .tooManyRequests)
    }

    @Test("blocks at once under limit 0, with nothing to wait for but a header that clients can use")
    func limitZero() async throws {
        let answer = try await self.check(["key": "k", "limit": 0])
        #expect(answer.status == .tooManyRequests)
        #expect(try answer.json == ["allowed": false, "current_count": 0, "remaining": 0, "retry_after_seconds": 0])
        #expect(answer.headers[.retryAfter] == "1")
        #expect(answer.headers[.init("X-RateLimit-Reset")!] == "0")
    }

    @Test("does not forget for a call with a short window, and counts over the window that is asked for")
    func windows() async throws {
        for _ in 0..<3 { _ = try await self.check(["key": "k"]) }
        self.node.clock.advance(by: .milliseconds(5))
        let short = try await self.check(["key": "k", "window_ms": 1])
        #expect(try short.json["current_count"] == 1)
        let long = try await self.check(["key": "k"])
        #expect(long.status == .tooManyRequests)
        #expect(try long.json["current_count"] == 4)
    }

    @Test("prefers the request to the stored override, and that to the default; each part by itself")
    func precedence() async throws {
        let put = try await self.node.http.answer(.put, "/api/limits/k", json: ["limit": 5, "window_ms": .null])
        #expect(try put.json == ["key": "k", "limit": 5, "window_ms": 60_000, "updated": true])
        #expect(try await self.check(["key": "k"]).headers[.init("X-RateLimit-Limit")!] == "5")
        #expect(try await self.check(["key": "k", "limit": 9]).headers[.init("X-RateLimit-Limit")!] == "9")
        _ = try await self.node.http.answer(.put, "/api/limits/k", json: ["limit": 6, "window_ms": 3_600_000])
        let policy = try await self.check(["key": "k", "limit": 9]).headers[.init("RateLimit-Policy")!]
        #expect(policy == #""check";q=9;w=3600"#)
        _ = try await self.node.http.answer(.put, "/api/limits/k", json: ["limit": 7])
        #expect(try await self.check(["key": "k"]).headers[.init("RateLimit-Policy")!] == #""check";q=7;w=3600"#)
        self.node.clock.advance(by: .seconds(120))
        #expect(try await self.check(["key": "k"]).json["current_count"] == 5)
    }

    @Test(
        "refuses what is no question, and names the member",
        arguments: [
            (#"{"key":"k","window_ms":0}"#, "window_ms"), (#"{"key":"k","limit":-1}"#, "limit"), (#"{"limit":1}"#, "key"),
            (#"{"key":"k","cost":-1}"#, "cost"), (#"{"key":"k","algorithm":"x"}"#, "algorithm"), (#"{"key":"a:seq"}"#, "key"),
            (#"{"key":"limit:a"}"#, "key"), (#"{"key":7}"#, "key"), (#"{"key":"k","limit":3,"cost":4}"#, "cost"),
            (#"{"key":"k","cost":9223372036854775807}"#, "cost"), (#"{"key":"k","limit":9223372036854775808}"#, "limit"),
        ])
    func refuses(_ body: String, _ member: String) async throws {
        let answer = try await self.node.http.answer(
            .post, "/check", headers: [.contentType: "application/json"], body: Array(body.utf8))
        #expect(answer.status == .unprocessableContent)
        #expect(try answer.json["errors"]?.arrayValue?.first?["loc"] == ["body", .string(member)])
    }

    @Test("says that a cost above the limit can never pass, and counts nothing")
    func costExceedsLimit() async throws {
        let answer = try await self.check(["key": "k", "cost": 4])
        #expect(try answer.json["errors"]?.arrayValue?.first?["type"] == "cost_exceeds_limit")
        #expect(try await self.check(["key": "k", "cost": 3]).status == .ok)
    }

    @Test(
        "keeps an algorithm's counters apart from those of the others",
        arguments: ["token_bucket", "fixed_window", "sliding_counter"])
    func algorithms(_ name: String) async throws {
        for _ in 0..<3 { #expect(try await self.check(["key": "k", "algorithm": .string(name)]).status == .ok) }
        #expect(try await self.check(["key": "k", "algorithm": .string(name)]).status == .tooManyRequests)
        #expect(try await self.check(["key": "k"]).status == .ok)
    }

    @Test("answers a batch in its order, each check by itself")
    func batch() async throws {
        let answer = try await self.node.http.answer(
            .post, "/check/batch", json: ["checks": [["key": "a", "limit": 1], ["key": "a", "limit": 1], ["key": "b"]]])
        #expect(answer.status == .ok)
        #expect(
            try answer.json == [
                "results": [
                    ["allowed": true, "current_count": 1, "remaining": 0, "retry_after_seconds": 0],
                    ["allowed": false, "current_count": 1, "remaining": 0, "retry_after_seconds": 60],
                    ["allowed": true, "current_count": 1, "remaining": 2, "retry_after_seconds": 0],
                ]
            ])
    }

    @Test("takes all of an atomic batch or nothing")
    func atomicBatch() async throws {
        let refused = try await self.node.http.answer(
            .post, "/check/batch", json: ["checks": [["key": "a"], ["key": "b", "limit": 0]], "atomic": true])
        #expect(try refused.json["results"]?.arrayValue?.map { $0["allowed"] } == [false, false])
        #expect(try await self.check(["key": "a", "cost": 0]).json["current_count"] == 0)
    }

    @Test("settles a reserved check once, and gives back what was not used")
    func settles() async throws {
        let reserved = try await self.check(["key": "k", "limit": 10, "cost": 8, "reserve": true])
        let lease = try #require(try reserved.json["lease"])
        let settled = try await self.node.http.answer(.post, "/settle", json: ["lease": lease, "actual": 3])
        #expect(try settled.json == ["settled": true, "status": "settled"])
        #expect(try await self.check(["key": "k", "limit": 10, "cost": 0]).json["current_count"] == 3)
        let again = try await self.node.http.answer(.post, "/settle", json: ["lease": lease, "actual": 0])
        #expect(try again.json == ["settled": false, "status": "already_settled"])
        #expect(try await self.check(["key": "k", "limit": 10, "cost": 0]).json["current_count"] == 3)
    }

    @Test("knows no lease that it did not give", arguments: ["x", "AAAA", "é"])
    func foreignLease(_ text: String) async throws {
        let answer = try await self.node.http.answer(.post, "/settle", json: ["lease": .string(text), "actual": 1])
        #expect(answer.status == .notFound)
        let other = try NodeFixture()
        let lease = try await other.http.answer(.post, "/check", json: ["key": "k", "reserve": true]).json["lease"] ?? .null
        #expect(try await self.node.http.answer(.post, "/settle", json: ["lease": lease, "actual": 1]).status == .notFound)
    }

    @Test("counts checks by result, and observes their time")
    func metrics() async throws {
        for _ in 0..<5 { _ = try await self.check(["key": "k"]) }
        #expect(self.node.metric(#"ratelimiter_requests_checked_total{result="allowed"}"#) == 3)
        #expect(self.node.metric(#"ratelimiter_requests_checked_total{result="blocked"}"#) == 2)
        #expect(self.node.metric("ratelimiter_check_duration_seconds_count") == 5)
        #expect(self.node.metric(#"ratelimiter_check_duration_seconds_bucket{le="+Inf"}"#) == 5)
    }
}
