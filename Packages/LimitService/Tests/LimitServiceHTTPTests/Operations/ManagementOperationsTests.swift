import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import TestKit
import Testing

@Suite("Management routes")
struct ManagementOperationsTests {
    @Test("show what is left and consume nothing")
    func usage() async throws {
        let node = try NodeFixture()
        _ = try await node.http.answer(.post, "/check", json: ["key": "a/b"])
        for path in ["/api/usage/a/b", "/api/usage/a%2Fb", "/api/usage/a/b?limit=3"] {
            let answer = try await node.http.answer(.get, path)
            #expect(
                try answer.json == [
                    "key": "a/b", "count": 1, "limit": 3, "remaining": 2, "window_ms": 60_000, "algorithm": "sliding_log",
                    "reset_after_seconds": 60,
                ])
        }
        #expect(try await node.http.answer(.get, "/api/usage/a/b?limit=0").json["remaining"] == 0)
    }

    @Test("list counters and blocks, with the limit that holds")
    func lists() async throws {
        let node = try NodeFixture()
        for key in ["x", "x", "x", "y", "z"] { _ = try await node.http.answer(.post, "/check", json: ["key": .string(key)]) }
        _ = try await node.http.answer(.put, "/api/limits/y", json: ["limit": 1])
        let rows = try await node.http.answer(.get, "/api/counters").json["counters"]?.arrayValue ?? []
        let counters = Dictionary(uniqueKeysWithValues: rows.map { ($0["key"]?.stringValue ?? "", $0) })
        #expect(counters.count == 3)
        #expect(counters["x"]?["count"] == 3 && counters["x"]?["remaining"] == 0 && counters["x"]?["limit"] == 3)
        #expect(counters["y"]?["limit"] == 1 && counters["y"]?["remaining"] == 0)
        #expect(counters["z"]?["remaining"] == 2)
        let blocked = try await node.http.answer(.get, "/api/blocks").json["blocked"]?.arrayValue ?? []
        #expect(Set(blocked.compactMap { $0["key"]?.stringValue }) == ["x", "y"])
        #expect(blocked.first { $0["key"] == "x" } == ["key": "x", "current_count": 3, "limit": 3])
    }

    @Test("page through more counters than fit, each exactly once")
    func pages() async throws {
        let node = try NodeFixture()
        for number in 0..<250 { _ = try await node.http.answer(.post, "/check", json: ["key": .string("k\(number)")]) }
        var seen: [String] = []
        var path = "/api/counters?limit=40"
        while true {
            let page = try await node.http.answer(.get, path).json
            seen += page["counters"]?.arrayValue?.compactMap { $0["key"]?.stringValue } ?? []
            guard let cursor = page["next_cursor"]?.stringValue else { break }
            path = "/api/counters?limit=40&cursor=\(cursor)"
        }
        #expect(seen.count == 250)
        #expect(Set(seen).count == 250)
    }

    @Test("refuse a cursor that no page told, and a page of a wrong size")
    func badPages() async throws {
        let node = try NodeFixture()
        for cursor in ["x", ""] {
            #expect(try await node.http.answer(.get, "/api/counters?cursor=\(cursor)").status == .unprocessableContent)
        }
        #expect(try await node.http.answer(.get, "/api/counters?cursor=99999.4294967295.4294967295").status.code < 500)
        for limit in ["0", "1001", "x"] {
            #expect(try await node.http.answer(.get, "/api/counters?limit=\(limit)").status == .unprocessableContent)
        }
    }

    @Test("reset a counter, whatever slashes its key holds")
    func resets() async throws {
        let node = try NodeFixture()
        for _ in 0..<3 { _ = try await node.http.answer(.post, "/check", json: ["key": "a/b"]) }
        #expect(try await node.http.answer(.post, "/api/counters/a/b/reset").json == ["key": "a/b", "reset": true])
        #expect(try await node.http.answer(.post, "/api/counters/a%2Fb/reset").json == ["key": "a/b", "reset": false])
        #expect(try await node.http.answer(.post, "/check", json: ["key": "a/b"]).json["current_count"] == 1)
    }

    @Test("show the defaults and the node")
    func defaults() async throws {
        let node = try NodeFixture()
        #expect(
            try await node.http.answer(.get, "/api/limits").json == ["default_limit": 3, "default_window_ms": 60_000])
        #expect(
            try await node.http.answer(.get, "/api/nodes").json == [
                "nodes": [
                    ["id": "node-1", "address": "localhost:8000", "state": "Up", "registered_at": "2026-11-26T21:27:22Z"]
                ]
            ])
    }

    @Test("ask for the token where one is set, and leave checks open")
    func token() async throws {
        let token = "operator" + "-token"
        let node = try NodeFixture(token: token)
        let paths = ["/api/nodes", "/api/counters", "/api/limits", "/api/blocks", "/api/usage/k"]
        for path in paths {
            let missing = try await node.http.answer(.get, path, headers: [.init("X-Request-ID")!: "r"])
            let wrong = try await node.http.answer(
                .get, path, headers: [.init("X-Request-ID")!: "r", .authorization: "Bearer wrong"])
            #expect(missing.status == .unauthorized && wrong.status == .unauthorized)
            #expect(missing.body == wrong.body)
            #expect(try await node.http.answer(.get, path, headers: [.authorization: "Bearer \(token)"]).status == .ok)
        }
        #expect(try await node.http.answer(.put, "/api/limits/k", json: ["limit": 1]).status == .unauthorized)
        #expect(try await node.http.answer(.post, "/api/counters/k/reset").status == .unauthorized)
        #expect(try await node.http.answer(.post, "/check", json: ["key": "k"]).status == .ok)
    }

    @Test("refuse limits that are none, and reserved keys")
    func badLimits() async throws {
        let node = try NodeFixture()
        for body: JSONValue in [["limit": -1], ["window_ms": 5], ["limit": 1, "window_ms": 0], ["limit": "x"]] {
            #expect(try await node.http.answer(.put, "/api/limits/k", json: body).status == .unprocessableContent)
        }
        for key in ["a:seq", "limit:a", "limit", "%00"] {
            #expect(try await node.http.answer(.put, "/api/limits/\(key)", json: ["limit": 1]).status == .unprocessableContent)
        }
    }
}
