import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Checks of a running node")
struct CheckTests {
    @Test(
        "S4-1: answers with the decision and its headers, and 429 with the time to wait when blocked",
        arguments: StoreKind.allCases)
    func decision(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            for count in 1...3 {
                let answer = try await node.check("user", limit: 3)
                #expect(answer.status == 200)
                #expect(
                    answer.text
                        == #"{"allowed":true,"current_count":\#(count),"remaining":\#(3 - count),"retry_after_seconds":0}"#)
                #expect(answer["X-RateLimit-Limit"] == "3")
                #expect(answer["X-RateLimit-Remaining"] == "\(3 - count)")
                for field in ["X-RateLimit-Reset", "Retry-After", "X-RateLimit-Policy"] { #expect(answer[field] == nil) }
            }
            for _ in 0..<2 {
                // A blocked check adds nothing, so the second one reads the same.
                let answer = try await node.check("user", limit: 3)
                #expect(answer.status == 429)
                #expect(answer["Content-Type"] == "application/json")
                let wait = try answer.integer("retry_after_seconds")
                #expect((50...60).contains(wait))
                #expect(answer.text == #"{"allowed":false,"current_count":3,"remaining":0,"retry_after_seconds":\#(wait)}"#)
                #expect(answer["X-RateLimit-Limit"] == "3")
                #expect(answer["X-RateLimit-Remaining"] == "0")
                #expect(answer["X-RateLimit-Reset"] == "\(wait)")
                #expect(answer["Retry-After"] == "\(wait)")
            }
        }
    }

    @Test("S4-1: a limit of 0 blocks at once, and nothing is left of it", arguments: StoreKind.allCases)
    func zero(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let answer = try await node.check("user", limit: 0)
            #expect(answer.status == 429)
            #expect(answer.text == #"{"allowed":false,"current_count":0,"remaining":0,"retry_after_seconds":0}"#)
            #expect(answer["X-RateLimit-Reset"] == "0")
            #expect(answer["Retry-After"] == "1", "at least one second, so that nobody asks in a loop")
            _ = try await node.client.send("PUT", "/api/limits/stored", body: #"{"limit":0}"#)
            #expect(try await node.check("stored").text == answer.text)
        }
    }

    @Test("S4-2: limit and window of a call win for that call, and no other", arguments: StoreKind.allCases)
    func overrides(_ store: StoreKind) async throws {
        try await withNode(store, ["RATELIMITER_DEFAULT_LIMIT": "2", "RATELIMITER_DEFAULT_WINDOW_MS": "3600000"]) {
            node async throws in
            #expect(try await node.check("user").integer("remaining") == 1)
            #expect(try await node.check("user").integer("remaining") == 0)
            #expect(try await node.check("user").status == 429)
            let wider = try await node.check("user", limit: 5)
            #expect(wider.status == 200)
            #expect(wider["X-RateLimit-Limit"] == "5")
            #expect(try wider.integer("current_count") == 3)
            #expect(try await node.check("user").status == 429)
            // In a window of a day there is what there is in an hour, and the header names the window.
            let longer = try await node.check("user", limit: 5, window: 86_400_000)
            #expect(try longer.integer("current_count") == 4)
            #expect(longer["RateLimit-Policy"] == #""check";q=5;w=86400"#)
        }
    }

    @Test("a call with a tiny window does not wipe the history (CONTRACTS 8.5)", arguments: StoreKind.allCases)
    func tinyWindow(_ store: StoreKind) async throws {
        try await withNode(store, ["RATELIMITER_DEFAULT_LIMIT": "3"]) { node async throws in
            for _ in 0..<3 { #expect(try await node.check("user").status == 200) }
            for _ in 0..<5 { _ = try await node.check("user", window: 1) }
            let answer = try await node.check("user")
            #expect(answer.status == 429, "\(answer.text)")
        }
    }

    @Test("S4-3: of 20 parallel checks on a limit of 10 exactly 10 are allowed", arguments: StoreKind.allCases)
    func parallel(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let tally = try await Callers.ask(
                [node], 20, connections: 20, body: RunningNode.question("user", limit: 10, window: 60_000))
            #expect(tally == Callers.Tally(admitted: 10, blocked: 10))
        }
    }

    @Test("S4-4: keys are independent", arguments: StoreKind.allCases)
    func independent(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let keys = ["a", "b", "a:b", "A", "a ", " a", "ä", "a\u{308}", "a/b", "a%2Fb", "*", "a*", "[ab]", "\u{1F511}"]
            for key in keys {
                #expect(try await node.check(key, limit: 1).status == 200, "\(key)")
                #expect(try await node.check(key, limit: 1).status == 429, "\(key)")
            }
        }
    }

    @Test("S4-4: all nodes share one state")
    func shared() async throws {
        try await withFleet(of: 3) { nodes, _ async throws in
            for count in 1...6 {
                let answer = try await nodes[count % 3].check("user", limit: 6)
                #expect(try answer.integer("current_count") == count)
            }
            for node in nodes { #expect(try await node.check("user", limit: 6).status == 429) }
        }
    }

    @Test(
        "S4-5: what is older than the window counts no more, and no two windows' worth passes around a border",
        arguments: StoreKind.allCases)
    func sliding(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let window = Duration.milliseconds(400)
            var admitted: [(sent: ContinuousClock.Instant, answered: ContinuousClock.Instant)] = []
            try await eventually("nine checks pass, three in each window") {
                let sent = ContinuousClock.now
                let answer = try await node.check("user", limit: 3, window: 400)
                if answer.status == 200 { admitted.append((sent, .now)) }
                return admitted.count == 9
            }
            for index in 3..<admitted.count {
                // The check was decided after it was sent and before it was answered, whatever else the machine did.
                #expect(admitted[index - 3].sent.duration(to: admitted[index].answered) >= window)
            }
        }
    }

    @Test("a cost counts as so many checks, 0 only looks, and one beyond the limit can never pass", arguments: StoreKind.allCases)
    func costs(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            for algorithm in ["sliding_log", "sliding_counter", "fixed_window", "token_bucket"] {
                let ask = { (cost: Int) in
                    try await node.check("user", limit: 10, window: 3_600_000, cost: cost, algorithm: algorithm)
                }
                #expect(try await ask(0).integer("remaining") == 10)
                #expect(try await ask(7).integer("remaining") == 3)
                #expect(try await ask(4).status == 429)
                #expect(try await ask(3).integer("remaining") == 0)
                let looked = try await ask(0)
                #expect(looked.status == 200)
                #expect(try looked.integer("remaining") == 0)
                let never = try await ask(11)
                #expect(never.status == 422)
                #expect(never.text.contains("cost_exceeds_limit"))
            }
        }
    }

    @Test("a batch answers each check by itself, or all as one when it is atomic", arguments: StoreKind.allCases)
    func batch(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let checks = #"[{"key":"a","limit":1},{"key":"b","limit":2},{"key":"a","limit":1}]"#
            let ask = { (isAtomic: Bool) async throws -> [Bool] in
                let answer = try await node.client.send(
                    "POST", "/check/batch", body: #"{"checks":\#(checks),"atomic":\#(isAtomic)}"#)
                try #require(answer.status == 200, "\(answer.text)")
                return try answer.json()["results"]?.arrayValue?.compactMap { $0["allowed"]?.boolValue } ?? []
            }
            #expect(try await ask(true) == [false, false, false])
            #expect(try await node.usage("b") == 0)
            #expect(try await ask(false) == [true, true, false])
            #expect(try await node.usage("b") == 1)
        }
    }

    @Test("an estimate is settled once", arguments: StoreKind.allCases)
    func settlement(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let answer = try await node.client.send(
                "POST", "/check", body: #"{"key":"user","limit":100,"window_ms":3600000,"cost":50,"reserve":true}"#)
            let lease = try answer.string("lease")
            let settle = #"{"lease":"\#(lease)","actual":20}"#
            #expect(try await node.client.send("POST", "/settle", body: settle).string("status") == "settled")
            #expect(try await node.usage("user") == 20)
            #expect(try await node.client.send("POST", "/settle", body: settle).string("status") == "already_settled")
            #expect(try await node.usage("user") == 20)
            let forged = lease.dropLast(2) + (lease.hasSuffix("AA") ? "BB" : "AA")
            #expect(try await node.client.send("POST", "/settle", body: #"{"lease":"\#(forged)","actual":20}"#).status == 404)
        }
    }
}
