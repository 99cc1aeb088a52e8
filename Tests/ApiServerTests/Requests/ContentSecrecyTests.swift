import ContentScreeningTestSupport
import DatabaseTestSupport
import Foundation
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Secrecy of refused texts")
struct ContentSecrecyTests {
    /// The fields of a trace, and what is sent to put a text into each.
    private static let traceFields: [@Sendable (JSONValue) -> [(String, JSONValue)]] = [
        { [("title", $0)] },
        { [("context_text", $0)] },
        { [("solution_text", $0)] },
        { [("tags", ["kept", $0])] },
        { [("agent_model", $0)] },
        { [("agent_version", $0)] },
        { [("metadata_json", ["library": $0])] },
        { [("metadata_json", .object(JSONObject([($0.stringValue ?? "", .null)])))] },
        { [("metadata_json", ["deep": [["within": [1, $0]]]])] },
    ]

    @Test(
        "leaves no trace of a credential in the log, the metrics, an answer, the database or Redis, whatever field and form",
        arguments: zip(["text", "json"], TestStore.allCases))
    func nowhere(format: String, on store: TestStore) async throws {
        try await withRedisServer { redis in
            try await withTestPlace(on: store) { place in
                let settings = [
                    "LOG_LEVEL": "trace", "LOG_FORMAT": format, "REDIS_URL": redis.url, "RATE_LIMIT_WRITE_PER_MINUTE": "100000",
                    "RATE_LIMIT_KEY_CREATION": "100000/minute", "RATE_LIMIT_FAILED_AUTH": "5/hour",
                ]
                var run = Run()
                let log = try await withServer(in: place, settings: settings) { server in
                    try await run.writeTraces(to: server)
                    try await run.writeKeys(to: server)
                    try await run.writeOtherwise(to: server)
                    _ = try await server.makeTrace(key: run.key)
                    run.answers.append(try await server.client.send("GET", "/metrics"))
                    run.answers.append(try await server.client.send("GET", "/openapi.json"))
                    // The write-ahead log is there only while the server runs.
                    if store == .sqlite { #expect(try place.files().contains { $0.hasSuffix("-wal") }) }
                    try place.expectNone(of: run.traces)
                    server.child.send(signal: 15)
                    #expect(try await server.child.waitForExit() == .exited(0))
                    let log = server.child.output(of: .standardError)
                    #expect(log.droppedBytes == 0)
                    return log.bytes + server.child.output().bytes
                }
                TestPlace.expectNone(of: run.traces, in: Data(log), "the log")
                #expect(String(decoding: log, as: UTF8.self).contains("content rejected"), "the log would tell")
                for answer in run.answers {
                    TestPlace.expectNone(of: run.traces, in: Data(answer.comparable.utf8), "an answer with \(answer.status)")
                }
                try place.expectNone(of: run.traces)
                let rows = try await place.dump()
                #expect(rows.contains("Pick port 0"), "what was admitted is there")
                TestPlace.expectNone(of: run.traces, in: Data(rows.utf8), "the database")
                let counters = try await Self.contents(of: redis)
                #expect(counters.contains("rl:"), "the limits are there")
                TestPlace.expectNone(of: run.traces, in: Data(counters.utf8), "Redis")
            }
        }
    }

    /// Everything that is in a Redis.
    private static func contents(of redis: RedisServer) async throws -> String {
        var text = ""
        for key in try await redis.command("KEYS", "*").split(separator: "\n").map(String.init) {
            text += "\(key)\n"
            switch try await redis.command("TYPE", key) {
            case "hash": text += try await redis.command("HGETALL", key)
            case "string": text += try await redis.command("GET", key)
            case "zset": text += try await redis.command("ZRANGE", key, "0", "-1")
            case let type: Issue.record("a key of type \(type)")
            }
        }
        return text
    }

    /// What was sent and what came back.
    private struct Run {
        var key = ""
        var traces: [String] = []
        var answers: [HTTPAnswer] = []
        private var count: UInt64 = 0

        /// A new canary, whose traces must be nowhere.
        private mutating func canary() -> Canary {
            self.count += 1
            let canary = Canary(seed: self.count)
            self.traces += canary.traces
            return canary
        }

        mutating func writeTraces(to server: RunningServer) async throws {
            self.key = try await server.makeUser().key
            for field in ContentSecrecyTests.traceFields {
                for layer in Canary.Layer.allCases {
                    let body = ContentTests.trace(field(.string(self.canary().text(in: layer))))
                    // A repeated request is a request like the first.
                    for _ in 0..<2 {
                        let fields = ["Idempotency-Key: \(self.count)"]
                        let answer = try await server.client.send(
                            "POST", "/api/v1/traces", fields: fields, key: self.key, body: body)
                        #expect(answer.status == 422)
                        #expect(try answer.string("detail") == "Content rejected: AWS Access Key", "\(layer) in \(self.count)")
                        self.answers.append(answer)
                    }
                }
            }
        }

        mutating func writeKeys(to server: RunningServer) async throws {
            for layer in Canary.Layer.allCases {
                for (name, suffix) in [("display_name", ""), ("email", "@x.example")] {
                    let text = JSONValue.string(self.canary().text(in: layer) + suffix)
                    let answer = try await server.client.send(
                        "POST", "/api/v1/keys", body: JSONValue.object(JSONObject([(name, text)])).description)
                    #expect(answer.status == 422)
                    #expect(try answer.string("detail") == "Content rejected: AWS Access Key", "\(layer) in \(name)")
                    self.answers.append(answer)
                }
            }
        }

        /// What is refused for another reason, or dropped.
        mutating func writeOtherwise(to server: RunningServer) async throws {
            let path = "/api/v1/traces"
            var texts = Canary.Layer.allCases.map { _ in self.canary().secret }[...]
            let bodies = [
                #"{"title":"\#(texts.removeFirst())"#,
                #"{"title":"\#(texts.removeFirst())","context_text":1}"#,
                #"{"\#(self.canary().secret)":1,"title":"\#(texts.removeFirst())\u0000"}"#,
                #"{"title":"t","context_text":"c","solution_text":"s","\#(texts.removeFirst())":"\#(texts.removeFirst())"}"#,
                #"["\#(texts.removeFirst())"]"#,
            ]
            for body in bodies {
                self.answers.append(try await server.client.send("POST", path, key: self.key, body: body))
            }
            #expect(self.answers.suffix(bodies.count).map(\.status) == [422, 422, 422, 202, 422])
            let body = ContentTests.trace([("title", .string(self.canary().secret))])
            for key in [nil, "wrong"] as [String?] {
                self.answers.append(try await server.client.send("POST", path, key: key, body: body))
            }
            // After so many failures, the address is limited.
            for _ in 0..<10 { self.answers.append(try await server.client.send("POST", path, key: "wrong", body: body)) }
            #expect(Set(self.answers.suffix(12).map(\.status)) == [401, 429])
            let query = self.canary().secret
            self.answers.append(
                try await server.client.send("GET", "/api/v1/tags/\(query)?q=\(query)", fields: ["User-Agent: \(query)"]))
        }
    }
}
