import Foundation
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

/// A `limiter-node` that listens.
struct RunningNode: Sendable {
    let child: ChildProcess
    let client: HTTPClient

    /// The log so far.
    var log: String { self.child.output(of: .standardError).text }

    /// Asks `POST /check`.
    func check(
        _ key: String, limit: Int? = nil, window: Int? = nil, cost: Int? = nil, algorithm: String? = nil
    ) async throws -> HTTPAnswer {
        let question = Self.question(key, limit: limit, window: window, cost: cost, algorithm: algorithm)
        return try await self.client.send("POST", "/check", body: question)
    }

    /// The body of a check.
    static func question(
        _ key: String, limit: Int? = nil, window: Int? = nil, cost: Int? = nil, algorithm: String? = nil
    ) -> String {
        var members: [(String, JSONValue)] = [("key", .string(key))]
        if let limit { members.append(("limit", .integer(Int64(limit)))) }
        if let window { members.append(("window_ms", .integer(Int64(window)))) }
        if let cost { members.append(("cost", .integer(Int64(cost)))) }
        if let algorithm { members.append(("algorithm", .string(algorithm))) }
        return String(decoding: JSONValue.object(JSONObject(members)).compactBytes(), as: UTF8.self)
    }

    /// Asks a route that gives JSON with status 200.
    func get(_ path: String) async throws -> JSONValue {
        let answer = try await self.client.send("GET", path)
        try #require(answer.status == 200, "\(path): \(answer.status) \(answer.text)")
        return try answer.json()
    }

    /// Waits until the shared store decides on every event loop, each of which has a connection of its own.
    func settleDown() async throws {
        var inARow = 0
        // Questions on one connection go from loop to loop in turn.
        let loops = ProcessInfo.processInfo.activeProcessorCount
        try await eventually("the shared store decides again") {
            // They leave no trace, neither in Redis nor in the metrics of checks.
            let answers = try await self.client.pipeline(2 * loops, "GET", "/api/usage/settling")
            inARow = answers.allSatisfy { $0.status == 200 && !$0.isDegraded } ? inARow + 1 : 0
            return inARow == 3
        }
    }

    /// What `GET /api/usage/{key}` says is counted.
    func usage(_ key: String, algorithm: String = "sliding_log", limit: Int = 1_000, window: Int = 3_600_000) async throws -> Int
    {
        let path = "/api/usage/\(key)?algorithm=\(algorithm)&limit=\(limit)&window_ms=\(window)"
        let answer = try await self.client.send("GET", path)
        try #require(answer.status == 200 && !answer.isDegraded, "\(answer.status) \(answer.text)")
        return try answer.integer("count")
    }

    /// The lines of `GET /metrics`.
    func metrics() async throws -> [String] {
        try await self.client.send("GET", "/metrics").text.split(separator: "\n").map(String.init)
    }

    /// The value of a series, such as `ratelimiter_requests_checked_total{result="allowed"}`; nil when there is none.
    func metric(_ series: String) async throws -> Double? {
        try await self.metrics().first { $0.hasPrefix(series + " ") }.flatMap { Double($0.dropFirst(series.utf8.count + 1)) }
    }

    /// The nodes that `GET /api/nodes` lists, by id.
    func nodes() async throws -> [String: JSONValue] {
        let nodes = try await self.get("/api/nodes")["nodes"]?.arrayValue ?? []
        return Dictionary(nodes.compactMap { node in node["id"]?.stringValue.map { ($0, node) } }) { first, _ in first }
    }

    /// The state of each node by its id.
    func states() async throws -> [String: String] {
        try await self.nodes().compactMapValues { $0["state"]?.stringValue }
    }

    /// The resident memory in bytes, as the system says.
    func residentBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(self.child.processID)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 1_024
    }
}

extension HTTPAnswer {
    /// Whether the shared store did not give the answer.
    var isDegraded: Bool { self["X-RateLimit-Policy"] == "degraded" }

    /// A member of the body that is a whole number.
    func integer(_ name: String) throws -> Int {
        try #require(try self.json()[name]?.intValue, "\(self.text)")
    }
}
