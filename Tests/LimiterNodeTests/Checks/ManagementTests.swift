import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Management routes of a running node")
struct ManagementTests {
    @Test("S4-7: /api/counters shows count, limit and what is left, never below 0", arguments: StoreKind.allCases)
    func counters(_ store: StoreKind) async throws {
        try await withNode(store, ["RATELIMITER_DEFAULT_LIMIT": "3"]) { node async throws in
            _ = try await node.check("one")
            for _ in 0..<5 { _ = try await node.check("many", limit: 10) }
            #expect(try await Self.rows(node, "/api/counters", "counters") == ["one": [1, 3, 2], "many": [5, 3, 0]])
            // The key that a sequence number would be taken for is not among them.
            #expect(try await node.client.send("GET", "/api/counters").text.contains(":seq") == false)
        }
    }

    @Test("S4-7: pages hold every counter once", arguments: StoreKind.allCases)
    func pages(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let checks = (0..<250).map { #"{"key":"user-\#($0)"}"# }.joined(separator: ",")
            #expect(try await node.client.send("POST", "/check/batch", body: #"{"checks":[\#(checks)]}"#).status == 200)
            var keys: [String] = []
            var cursor: String?
            repeat {
                let path = "/api/counters?limit=40" + (cursor.map { "&cursor=\($0)" } ?? "")
                let page = try await node.get(path)
                let rows = page["counters"]?.arrayValue ?? []
                #expect(rows.count <= 40)
                keys += rows.compactMap { $0["key"]?.stringValue }
                cursor = page["next_cursor"]?.stringValue
            } while cursor != nil && keys.count <= 250
            #expect(keys.count == 250)
            #expect(Set(keys) == Set((0..<250).map { "user-\($0)" }))
        }
    }

    @Test("S4-8: /api/limits shows the defaults", arguments: StoreKind.allCases)
    func limits(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            #expect(
                try await node.client.send("GET", "/api/limits").text == #"{"default_limit":100,"default_window_ms":60000}"#)
        }
        try await withNode(store, ["RATELIMITER_DEFAULT_LIMIT": "10", "RATELIMITER_DEFAULT_WINDOW_MS": "500"]) {
            node async throws in
            #expect(try await node.client.send("GET", "/api/limits").text == #"{"default_limit":10,"default_window_ms":500}"#)
        }
    }

    @Test("S4-9: /api/blocks lists keys at their limit, stored overrides included", arguments: StoreKind.allCases)
    func blocks(_ store: StoreKind) async throws {
        try await withNode(store, ["RATELIMITER_DEFAULT_LIMIT": "2"]) { node async throws in
            #expect(try await Self.rows(node, "/api/blocks", "blocked").isEmpty)
            for key in ["free", "full", "full", "raised", "raised", "lowered"] { _ = try await node.check(key) }
            _ = try await node.client.send("PUT", "/api/limits/raised", body: #"{"limit":5}"#)
            _ = try await node.client.send("PUT", "/api/limits/lowered", body: #"{"limit":1}"#)
            #expect(try await Self.rows(node, "/api/blocks", "blocked") == ["full": [2, 2], "lowered": [1, 1]])
        }
    }

    @Test("an override that was stored holds for checks, counters, blocks and usage alike", arguments: StoreKind.allCases)
    func override(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let put = try await node.client.send("PUT", "/api/limits/user", body: #"{"limit":2,"window_ms":3600000}"#)
            #expect(put.status == 200)
            #expect(put.text == #"{"key":"user","limit":2,"window_ms":3600000,"updated":true}"#)
            #expect(try await node.check("user")["RateLimit-Policy"] == #""check";q=2;w=3600"#)
            #expect(try await node.check("user").status == 200)
            let blocked = try await node.check("user")
            #expect(blocked.status == 429)
            #expect(try (3_590...3_600).contains(blocked.integer("retry_after_seconds")))
            #expect(try await Self.rows(node, "/api/counters", "counters") == ["user": [2, 2, 0]])
            #expect(try await Self.rows(node, "/api/blocks", "blocked") == ["user": [2, 2]])
            let usage = try await node.get("/api/usage/user")
            #expect(usage["limit"]?.intValue == 2)
            #expect(usage["window_ms"]?.intValue == 3_600_000)
            #expect(try await node.check("user", limit: 10).status == 200, "what a request names still wins")
        }
    }

    @Test("PUT with a window of null, as observers send it, keeps what held", arguments: StoreKind.allCases)
    func nullWindow(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let null = #"{"limit":7,"window_ms":null}"#
            let first = try await node.client.send("PUT", "/api/limits/user", body: null)
            #expect(first.text == #"{"key":"user","limit":7,"window_ms":60000,"updated":true}"#)
            _ = try await node.client.send("PUT", "/api/limits/user", body: #"{"limit":3,"window_ms":5000}"#)
            let second = try await node.client.send("PUT", "/api/limits/user", body: null)
            #expect(second.text == #"{"key":"user","limit":7,"window_ms":5000,"updated":true}"#)
            #expect(try await node.check("user")["RateLimit-Policy"] == #""check";q=7;w=5"#)
        }
    }

    @Test("a reset frees the whole limit, and says whether there was anything", arguments: StoreKind.allCases)
    func reset(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            let path = "/api/counters/user/reset"
            #expect(try await node.client.send("POST", path).text == #"{"key":"user","reset":false}"#)
            for _ in 0..<2 { _ = try await node.check("user", limit: 2) }
            _ = try await node.check("user", limit: 1, algorithm: "token_bucket")
            #expect(try await node.check("user", limit: 2).status == 429)
            #expect(try await node.client.send("POST", path).text == #"{"key":"user","reset":true}"#)
            #expect(try await node.check("user", limit: 2).integer("remaining") == 1)
            #expect(try await Self.rows(node, "/api/counters", "counters").keys.sorted() == ["user"])
        }
    }

    @Test(
        "keys with slashes, escapes and colons are found by their paths", arguments: StoreKind.allCases,
        [
            ("team/a", "team/a"), ("team/b", "team%2Fb"), ("x%2Fy", "x%252Fy"), ("a:b:c", "a:b:c"), ("ümlaut", "%C3%BCmlaut"),
            ("/", "%2F"), ("a//b", "a//b"), ("a b", "a%20b"),
        ]
    )
    func paths(_ store: StoreKind, _ example: (key: String, path: String)) async throws {
        try await withNode(store) { node async throws in
            _ = try await node.check(example.key)
            let put = try await node.client.send("PUT", "/api/limits/\(example.path)", body: #"{"limit":2,"window_ms":60000}"#)
            #expect(put.status == 200)
            #expect(try put.string("key") == example.key)
            let usage = try await node.get("/api/usage/\(example.path)")
            #expect(usage["key"]?.stringValue == example.key)
            #expect(usage["count"]?.intValue == 1)
            #expect(try await node.check(example.key).integer("remaining") == 0)
            #expect(try await node.check(example.key).status == 429)
            #expect(try await Self.rows(node, "/api/blocks", "blocked") == [example.key: [2, 2]])
            let reset = try await node.client.send("POST", "/api/counters/\(example.path)/reset")
            #expect(reset.status == 200)
            #expect(try reset.json()["reset"]?.boolValue == true)
            #expect(try await node.check(example.key).integer("remaining") == 1)
        }
    }

    @Test("names that the layout needs for itself are refused", arguments: StoreKind.allCases)
    func reserved(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            for key in ["limit:user", "user:seq", "limit"] {
                #expect(try await node.check(key).status == 422, "\(key)")
                #expect(try await node.client.send("PUT", "/api/limits/\(key)", body: #"{"limit":1}"#).status == 422, "\(key)")
                #expect(try await node.client.send("POST", "/api/counters/\(key)/reset").status == 422, "\(key)")
            }
            for key in ["limits", "a:limit:b", "seq", "user:sequence"] {
                #expect(try await node.check(key).status == 200, "\(key)")
            }
        }
    }

    @Test("a token, once set, guards the routes below /api and no others")
    func token() async throws {
        let token = "open" + "-sesame"
        try await withNode(["RATELIMITER_ADMIN_TOKEN": token]) { node async throws in
            for path in ["/api/nodes", "/api/counters", "/api/blocks", "/api/limits", "/api/usage/user"] {
                #expect(try await node.client.send("GET", path).status == 401, "\(path)")
                #expect(try await node.client.send("GET", path, fields: ["Authorization: Bearer wrong"]).status == 401)
                #expect(try await node.client.send("GET", path, fields: ["Authorization: Bearer \(token)"]).status == 200)
            }
            #expect(try await node.client.send("PUT", "/api/limits/user", body: #"{"limit":1}"#).status == 401)
            #expect(try await node.client.send("POST", "/api/counters/user/reset").status == 401)
            #expect(try await node.check("user").status == 200)
            for path in ["/health", "/livez", "/readyz", "/metrics", "/openapi.json"] {
                #expect(try await node.client.send("GET", path).status == 200, "\(path)")
            }
            #expect(!node.log.contains(token))
        }
    }

    /// The numbers of each row by its key: count, limit and, where it is shown, what is left.
    private static func rows(_ node: RunningNode, _ path: String, _ member: String) async throws -> [String: [Int]] {
        let rows = try await node.get(path)[member]?.arrayValue ?? []
        return Dictionary(
            rows.compactMap { row in
                let numbers = ["count", "current_count", "limit", "remaining"].compactMap { row[$0]?.intValue }
                return row["key"]?.stringValue.map { ($0, numbers) }
            }
        ) { first, _ in first }
    }
}
