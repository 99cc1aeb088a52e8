import ProgramTestSupport
import RedisTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("When Redis fails")
struct FaultTests {
    @Test(
        "callers get what the policy says, health and metrics show it, and the node recovers by itself",
        arguments: Fault.allCases,
        Policy.allCases)
    func fault(_ fault: Fault, _ policy: Policy) async throws {
        try await withFaultyFleet(policy) { nodes, redis, proxy async throws in
            let node = nodes[0]
            let ask = { try await node.check("user", limit: 4, window: 3_600_000) }
            #expect(try await node.metric("gatehouse_limiter_degraded") == 0)
            try await fault.begin(redis, proxy)
            try await eventually("answers are degraded") { try await ask().isDegraded }
            try await eventually("the breaker keeps callers from waiting") {
                _ = try await ask()
                return try await node.metric("gatehouse_limiter_breaker_open") == 1
            }

            for _ in 0..<5 { try await Self.expectPolicy(policy, in: ask()) }
            let failures = #"gatehouse_limiter_store_failures_total{policy="\#(policy)"}"#
            #expect(try await node.metric(failures) ?? 0 >= 5)
            #expect(try await node.metric("gatehouse_limiter_degraded") == 1)
            let health = try await node.client.send("GET", "/health")
            #expect(try health.json()["degraded"]?.boolValue == true)
            if !fault.answersPing {
                #expect(health.status == 503)
                #expect(try health.string("status") == "unhealthy")
                #expect(try health.json()["checks"]?["redis"]?.stringValue == "unhealthy")
            }
            let ready = try await node.client.send("GET", "/readyz")
            #expect(ready.status == 200, "the node still decides")
            if !fault.answersPing { #expect(try ready.string("status") == "degraded") }
            #expect(try await node.client.send("GET", "/livez").status == 200)
            // What only the shared store knows cannot be told, in time and in good form.
            if fault == .killed || fault == .hanging {
                let listing = try await node.client.send("GET", "/api/counters")
                #expect(listing.status == 503)
                #expect(listing["Content-Type"] == "application/problem+json")
                #expect(listing["Retry-After"] == "1")
            }

            try await fault.end(redis, proxy)
            try await node.settleDown()
            try await eventually("the node is well") {
                _ = try await ask()
                let health = try await node.client.send("GET", "/health")
                let isWell = try health.string("status") == "healthy" && health.json()["degraded"]?.boolValue == false
                let degraded = try await node.metric("gatehouse_limiter_degraded")
                return health.status == 200 && isWell && degraded == 0
            }
            #expect(try await node.client.send("GET", "/readyz").string("status") == "ready")
            #expect(try await !node.check("fresh", limit: 1).isDegraded)
            #expect(try await node.check("fresh", limit: 1).status == 429)
            #expect(try await redis.command("ZCARD", "ratelimit:fresh") == "1")
            #expect(node.child.termination == nil)
        }
    }

    private static func expectPolicy(_ policy: Policy, in answer: HTTPAnswer) throws {
        #expect(answer["X-RateLimit-Policy"] == "degraded")
        switch policy {
        case .local:
            // The table of the node counts from zero, so of a few callers some pass and some do not.
            #expect([200, 429].contains(answer.status))
            #expect(answer["X-RateLimit-Limit"] == "4", "the one live node has the whole limit")
        case .open:
            #expect(answer.status == 200)
            #expect(try answer.json()["allowed"]?.boolValue == true)
        case .closed:
            #expect(answer.status == 503)
            #expect(answer["Content-Type"] == "application/problem+json")
            #expect(answer["Retry-After"] == "1")
            #expect(try answer.json()["allowed"]?.boolValue == false)
            #expect(try answer.json()["error"]?.stringValue == "service_unavailable")
        }
    }

    @Test("local: each of three nodes admits its share, and at least one", arguments: [(10, 3), (2, 1), (0, 0)])
    func share(_ limit: Int, _ share: Int) async throws {
        try await withFaultyFleet(of: 3, .local) { nodes, redis, _ async throws in
            for node in nodes {
                try await eventually("it knows that they are three") {
                    try await node.metric("gatehouse_limiter_live_nodes") == 3
                }
            }
            try await redis.kill()
            for node in nodes {
                try await eventually("answers are degraded") { try await node.check("other").isDegraded }
                var admitted = 0
                for _ in 0..<(2 * limit + 2) {
                    let answer = try await node.check("user", limit: limit, window: 3_600_000)
                    #expect(answer.isDegraded)
                    #expect(answer["X-RateLimit-Limit"] == "\(share)")
                    if answer.status == 200 { admitted += 1 }
                }
                #expect(admitted == share)
            }
        }
    }

    @Test("local: a stored override is remembered")
    func rememberedOverride() async throws {
        try await withFaultyFleet(.local) { nodes, redis, _ async throws in
            _ = try await nodes[0].client.send("PUT", "/api/limits/user", body: #"{"limit":2,"window_ms":3600000}"#)
            #expect(try await nodes[0].check("user")["X-RateLimit-Limit"] == "2")
            try await redis.kill()
            try await eventually("answers are degraded") { try await nodes[0].check("other").isDegraded }
            let answer = try await nodes[0].check("user")
            #expect(answer.isDegraded)
            #expect(answer["RateLimit-Policy"] == #""check";q=2;w=3600"#)
        }
    }

    @Test("open: a limit of 0 still blocks")
    func openZero() async throws {
        try await withFaultyFleet(.open) { nodes, redis, _ async throws in
            try await redis.kill()
            try await eventually("answers are degraded") { try await nodes[0].check("other").isDegraded }
            #expect(try await nodes[0].check("user", limit: 0).status == 429)
        }
    }

    @Test("a batch in a fault is answered by the policy too", arguments: Policy.allCases)
    func batch(_ policy: Policy) async throws {
        try await withFaultyFleet(policy) { nodes, redis, _ async throws in
            try await redis.kill()
            let body = #"{"checks":[{"key":"a","limit":1},{"key":"a","limit":1}]}"#
            try await eventually("answers are degraded") { try await nodes[0].check("other").isDegraded }
            let answer = try await nodes[0].client.send("POST", "/check/batch", body: body)
            #expect(answer.isDegraded)
            #expect(answer.status == (policy == .closed ? 503 : 200))
            guard policy != .closed else { return }
            let allowed = try answer.json()["results"]?.arrayValue?.compactMap { $0["allowed"]?.boolValue }
            #expect(allowed == (policy == .local ? [true, false] : [true, true]))
        }
    }

    @Test("pipelined checks in a fault are each answered, in order", arguments: Policy.allCases)
    func pipelined(_ policy: Policy) async throws {
        try await withFaultyFleet(policy) { nodes, redis, _ async throws in
            try await redis.kill()
            try await eventually("the breaker keeps callers from waiting") {
                _ = try await nodes[0].check("other")
                return try await nodes[0].metric("gatehouse_limiter_breaker_open") == 1
            }
            // Each answer is there at once, while the next request is already in the buffer.
            let answers = try await nodes[0].client.pipeline(
                200, "POST", "/check", body: RunningNode.question("user", limit: 1_000, window: 3_600_000))
            #expect(answers.allSatisfy { $0.isDegraded })
            #expect(answers.allSatisfy { $0.status == (policy == .closed ? 503 : 200) })
            // On a slow machine one of them may be what tries whether Redis is back, and then counts after those behind it.
            if policy == .local { #expect(try answers.map { try $0.integer("current_count") }.sorted() == Array(1...200)) }
        }
    }

    @Test("a script that Redis forgot is loaded again, and no caller notices")
    func forgottenScripts() async throws {
        try await withFaultyFleet(.closed, ["RATELIMITER_REDIS_TIMEOUT_MS": "5000"]) { nodes, redis, _ async throws in
            for count in 1...3 {
                for algorithm in ConcurrencyTests.algorithms {
                    try await redis.command("SCRIPT", "FLUSH", "SYNC")
                    let answer = try await nodes[0].check("user", limit: 3, window: 3_600_000, algorithm: algorithm)
                    #expect(answer.status == 200)
                    #expect(!answer.isDegraded)
                    #expect(try answer.integer("current_count") == count, "counted once: \(algorithm)")
                }
            }
        }
    }

    @Test("a Redis that comes back empty counts anew", arguments: Policy.allCases)
    func emptied(_ policy: Policy) async throws {
        try await withFaultyFleet(policy) { nodes, redis, _ async throws in
            for _ in 0..<2 { _ = try await nodes[0].check("user", limit: 2, window: 3_600_000) }
            #expect(try await nodes[0].check("user", limit: 2, window: 3_600_000).status == 429)
            try await redis.restart()
            try await nodes[0].settleDown()
            let answer = try await nodes[0].check("user", limit: 2, window: 3_600_000)
            #expect(answer.status == 200)
            #expect(try answer.integer("current_count") == 1)
            try await eventually("it is registered again") { try await nodes[0].states() == ["node-1": "Up"] }
        }
    }

    @Test(
        "a check whose answer was lost is charged once and not sent again", arguments: Policy.allCases,
        ConcurrencyTests.algorithms)
    func lostReply(_ policy: Policy, _ algorithm: String) async throws {
        // Heartbeats and look-ups use the connections, too: now and then the answer to one of those is the one that is lost.
        try await withFaultyFleet(policy, ["RATELIMITER_REDIS_TIMEOUT_MS": "2000", "RATELIMITER_NODE_HEARTBEAT_SECONDS": "3600"])
        {
            nodes, redis, proxy async throws in
            let node = nodes[0]
            // A month, so that no bucket gives a unit back meanwhile.
            let window = 2_592_000_000
            let count = { try await node.usage("user", algorithm: algorithm, limit: 1_000, window: window) }
            #expect(try await node.check("user", limit: 1_000, window: window, algorithm: algorithm).status == 200)
            var losses = 0
            for _ in 0..<20 where losses < 3 {
                let (before, lost) = (try await count(), proxy.lostReplyCount)
                proxy.loseNextReply()
                let answer = try await node.check("user", limit: 1_000, window: window, algorithm: algorithm)
                #expect(answer.status == (answer.isDegraded && policy == .closed ? 503 : 200))
                let isLost = answer.isDegraded && proxy.lostReplyCount == lost + 1
                if isLost { losses += 1 }
                try await node.settleDown()
                if isLost { #expect(try await count() == before + 1, "charged once, though nobody was told") }
            }
            #expect(losses == 3)
            if algorithm == "sliding_log" {
                let total = try await count()
                #expect(try await redis.command("ZCARD", "ratelimit:user") == "\(total)")
            }
        }
    }

    @Test("a node starts without Redis, says so, decides by its policy, and joins when Redis appears", arguments: Policy.allCases)
    func absent(_ policy: Policy) async throws {
        try await Turnstile.servers.withPlace {
            try await withRedisServer { redis in
                try await redis.kill()
                let settings = [
                    "RATELIMITER_REDIS_URL": redis.url, "RATELIMITER_ON_STORE_FAILURE": policy.rawValue,
                    "RATELIMITER_NODE_HEARTBEAT_SECONDS": "1",
                ]
                try await runNode(settings) { node async throws in
                    for _ in 0..<3 { try Self.expectPolicy(policy, in: try await node.check("user", limit: 4)) }
                    _ = try await node.child.waitForLine(on: .standardError) { $0.contains(" warning ") }
                    let health = try await node.client.send("GET", "/health")
                    #expect(health.status == 503)
                    #expect(try health.json()["degraded"]?.boolValue == true)
                    #expect(try await node.client.send("GET", "/readyz").string("status") == "degraded")
                    try await redis.start()
                    try await node.settleDown()
                    try await eventually("it is in the fleet") { try await node.states() == ["node-1": "Up"] }
                    #expect(try await node.client.send("GET", "/health").status == 200)
                    #expect(
                        try await node.check("user", limit: 4).integer("current_count") == 1,
                        "what was counted meanwhile stays out")
                }
            }
        }
    }
}
