import DatabaseTestSupport
import Foundation
import OutboundTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("The age of traces")
struct FreshnessTests {
    /// An answer of the simple API (PEP 691).
    private static func index(_ name: String, _ versions: String...) -> [ScriptedStep] {
        let list = versions.map { #""\#($0)""# }.joined(separator: ",")
        return httpAnswer(
            #"{"meta":{"api-version":"1.1"},"name":"\#(name)","versions":[\#(list)],"files":[]}"#,
            fields: "Content-Type: application/vnd.pypi.simple.v1+json\r\n")
    }

    private static func settings(_ index: ScriptedServer) -> [String: String] {
        [
            "STALENESS_INDEX_URL": "http://127.0.0.1:\(index.port)/simple", "RATE_LIMIT_READ_PER_MINUTE": "100000",
            "RATE_LIMIT_WRITE_PER_MINUTE": "100000", "STALENESS_CHECKS_PER_MINUTE": "100000",
        ]
    }

    /// Reads a trace until it was checked.
    private static func checked(_ id: String, by client: CommonsClient) async throws -> JSONValue {
        for _ in 0..<6_000 {
            let trace = try await client.send("GET", "traces/\(id)", expecting: 200)
            if trace["freshness"]?["checked_at"]?.isNull == false { return trace }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NeverChecked()
    }

    /// Shares traces, four at a time, until the server is gone.
    ///
    /// - Returns: Those that it accepted.
    private static func shareWhileUp(_ client: HTTPClient, by key: String) async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let body = #"{"title":"t","context_text":"c","solution_text":"numpy==1.0"}"#
                    var accepted: [String] = []
                    while let answer = try? await client.send("POST", "/api/v1/traces", key: key, body: body),
                        answer.status == 202
                    {
                        if let id = try? answer.string("id") { accepted.append(id) }
                    }
                    return accepted
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    private struct NeverChecked: Error {}

    @Test("is told after the 202, with its grade and why, and is a filter of the list", arguments: TestStore.allCases)
    func grades(on store: TestStore) async throws {
        try await withScriptedServer { _, request in
            request.hasPrefix("GET /simple/numpy/ ")
                ? Self.index("numpy", "1.0", "2.3.1", "2.4.0rc1") : httpAnswer("", status: "404 Not Found")
        } _: { index in
            try await withServer(on: store, settings: Self.settings(index)) { server in
                let client = CommonsClient(server: server, key: try await server.makeUser().key)
                let pinned: (String) -> JSONValue = { ["library": "NumPy", "library_version": .string($0)] }
                let old = try await client.share("old", metadata: pinned("1.0"))
                let patch = try await client.share("patch", solution: "pip install numpy==2.3.0")
                let none = try await client.share("none")
                let unknown = try await client.share("unknown", metadata: ["library": "nosuch", "library_version": "1.0"])
                let facts = try await [old, patch, none, unknown].asyncMap { id in
                    let trace = try await Self.checked(id, by: client)
                    let freshness = trace["freshness"]
                    return [freshness?["grade"], freshness?["latest_version"], trace["is_stale"]]
                }
                #expect(
                    facts == [
                        ["major", "2.3.1", true], ["patch", "2.3.1", false], ["unknown", .null, false],
                        ["unknown", .null, false],
                    ])
                let stale = try await client.send("GET", "traces?stale=true", expecting: 200)
                #expect(stale.arrayValue?.map { $0["id"] } == [.string(old)])
                #expect(stale.arrayValue?.first?["freshness"]?["reason"]?.stringValue?.contains("2.3.1") == true)
                let others = try await client.send("GET", "traces?stale=false&limit=2", expecting: 200)
                #expect(others.arrayValue?.map { $0["id"] } == [.string(unknown), .string(none)])
                #expect(
                    try await client.send("GET", "traces?stale=perhaps", expecting: 422)["detail"]?.stringValue?.contains("stale")
                        == true)
            }
        }
    }

    @Test(
        "is unknown, never current, when the index misbehaves, and the writer hears nothing of it", arguments: TestStore.allCases)
    func misbehaviour(on store: TestStore) async throws {
        let answers: [String: [ScriptedStep]] = [
            "a404": httpAnswer("", status: "404 Not Found"), "a406": httpAnswer("", status: "406 Not Acceptable"),
            "a500": httpAnswer("oops", status: "500 Internal Server Error"),
            "type": httpAnswer("<html>", fields: "Content-Type: text/html\r\n"),
            "huge": [.write("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.pypi.simple.v1+json\r\n\r\n"), .writeForever("x")],
            "redirect": httpAnswer("", status: "302 Found", fields: "Location: http://127.0.0.1:1/\r\n"),
            "json": httpAnswer("{", fields: "Content-Type: application/vnd.pypi.simple.v1+json\r\n"),
            "invalid": Self.index("invalid", "not a version", "", "1.0.0-alpha-beta"),
            "slow": [.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"), .drip("x")],
        ]
        try await withScriptedServer { _, request in
            let name = request.split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
            return answers[name] ?? httpAnswer("", status: "418 I'm a teapot")
        } _: { index in
            let settings = Self.settings(index).merging(["STALENESS_INDEX_TIMEOUT_SECONDS": "1"]) { _, new in new }
            try await withServer(on: store, settings: settings) { server in
                let client = CommonsClient(server: server, key: try await server.makeUser().key)
                var ids: [String] = []
                for name in answers.keys.sorted() + ["../../etc/passwd", "a/../b"] {
                    ids.append(try await client.share(name, metadata: ["library": .string(name), "library_version": "1.0"]))
                }
                for id in ids {
                    let trace = try await Self.checked(id, by: client)
                    #expect(trace["freshness"]?["grade"] == "unknown" && trace["is_stale"] == false, "\(trace)")
                }
                #expect(index.requests.allSatisfy { !$0.contains("..") && !$0.contains("passwd") })
            }
        }
    }

    @Test("asks nobody when no index is set")
    func nobody() async throws {
        try await withServer(settings: ["RATE_LIMIT_WRITE_PER_MINUTE": "1000"]) { server in
            let client = CommonsClient(server: server, key: try await server.makeUser().key)
            let id = try await client.share("old", metadata: ["library": "numpy", "library_version": "1.0"])
            let trace = try await client.send("GET", "traces/\(id)", expecting: 200)
            #expect(trace["freshness"]?["grade"] == "unknown" && trace["freshness"]?["checked_at"] == .null)
            let lines = try await server.client.send("GET", "/metrics").text.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix(#"gatehouse_package_index_requests_total{outcome="found"} 0"#) })
        }
    }

    @Test(
        "loses no trace after its 202, and goes on with checks, when a server is killed at any moment",
        arguments: TestStore.allCases)
    func killed(on store: TestStore) async throws {
        let rounds = TestRun.count(3, long: 40)
        var generator = SeededGenerator(seed: TestRun.seed)
        try await withScriptedServer { _, _ in
            Self.index("numpy", "1.0", "2.0")
        } _: { index in
            try await withTestPlace(on: store) { place in
                var (key, ids) = ("", [String]())
                for _ in 0..<rounds {
                    let delay = Int.random(in: 20...300, using: &generator)
                    try await withServer(in: place, settings: Self.settings(index)) { server in
                        if key.isEmpty { key = try await server.makeUser().key }
                        let client = server.client
                        let caller = key
                        async let accepted = Self.shareWhileUp(client, by: caller)
                        try await Task.sleep(for: .milliseconds(delay))
                        server.child.send(signal: SIGKILL)
                        ids += await accepted
                        _ = try await server.child.waitForExit(within: .seconds(20))
                    }
                }
                #expect(!ids.isEmpty)
                // A check that was cut off belongs to the dead server until its lease runs out; so that nobody waits here for five minutes,
                // the leases are over.
                let old = "2020-01-01T00:00:00.000000Z"
                _ = try await place.query("UPDATE trace_freshness SET lease_until = '\(old)' WHERE lease IS NOT NULL")
                try await withServer(in: place, settings: Self.settings(index)) { server in
                    let client = CommonsClient(server: server, key: key)
                    let stored = try await Set(place.query("SELECT id FROM traces"))
                    #expect(Set(ids).subtracting(stored).isEmpty)
                    for id in stored {
                        let trace = try await Self.checked(id, by: client)
                        #expect(trace["freshness"]?["grade"] == "major" && trace["is_stale"] == true)
                    }
                    #expect(try await client.found(["q": "numpy==1.0", "limit": 50]).count == min(50, stored.count))
                }
            }
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
