import OutboundTestSupport
import Staleness
import Testing

@testable import StalenessIndex

@Suite("An index that misbehaves")
struct MisbehaviourTests {
    /// What the index does, and how it is called.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: IndexFailure.Code
        let steps: [ScriptedStep]

        init(_ description: String, _ code: IndexFailure.Code, _ steps: [ScriptedStep]) {
            self.testDescription = description
            self.code = code
            self.steps = steps
        }
    }

    private static func json(_ body: String) -> [ScriptedStep] {
        httpAnswer(body, fields: "Content-Type: \(ScriptedIndex.simpleType)\r\n")
    }

    static let cases = [
        Case("406", .otherForm, simpleAnswer(status: "406 Not Acceptable")),
        Case("500", .status, simpleAnswer(status: "500 Internal Server Error")),
        Case("503", .status, simpleAnswer(status: "503 Service Unavailable", fields: "Retry-After: 1\r\n")),
        Case("429", .status, simpleAnswer(status: "429 Too Many Requests")), Case("401", .status, simpleAnswer(status: "401 No")),
        Case("201", .status, simpleAnswer(status: "201 Created")), Case("204", .status, simpleAnswer(status: "203 Other")),
        Case("304 that nobody asked for", .status, [.write("HTTP/1.1 304 Not Modified\r\n\r\n")]),
        Case("301", .redirected, simpleAnswer(status: "301 Moved", fields: "Location: https://example.com/\r\n")),
        Case("302 to the same host", .redirected, simpleAnswer(status: "302 Found", fields: "Location: /simple/pkg/\r\n")),
        Case("308", .redirected, simpleAnswer(status: "308 Moved", fields: "Location: //x/\r\n")),
        Case("HTML", .otherForm, simpleAnswer(type: "text/html")), Case("text", .otherForm, simpleAnswer(type: "text/plain")),
        Case("the second version of the form", .otherForm, simpleAnswer(type: "application/vnd.pypi.simple.v2+json")),
        Case("no type", .otherForm, httpAnswer("{}")),
        Case("zipped", .otherForm, simpleAnswer(fields: "Content-Encoding: gzip\r\n")),
        Case("no JSON", .malformed, Self.json("<html>")), Case("half of it", .malformed, Self.json(#"{"meta":"#)),
        Case("nothing", .malformed, Self.json("")), Case("a list", .malformed, Self.json("[]")),
        Case("null", .malformed, Self.json("null")),
        Case("no object inside", .malformed, Self.json(#"{"meta":7,"files":[]}"#)),
        Case("empty object", .malformed, Self.json("{}")),
        Case("version 2", .malformed, Self.json(#"{"meta":{"api-version":"2.0"},"files":[]}"#)),
        Case("no files", .malformed, Self.json(#"{"meta":{"api-version":"1.0"},"versions":["2.3.1"]}"#)),
        Case("a member twice", .malformed, Self.json(#"{"meta":{"api-version":"1.0"},"files":[],"files":[]}"#)),
        Case("deep", .malformed, Self.json(String(repeating: "[", count: 100_000))),
        Case("another package", .malformed, simpleAnswer(name: "other")),
        Case(
            "announced huge", .tooLarge,
            [
                .write("HTTP/1.1 200 OK\r\nContent-Type: \(ScriptedIndex.simpleType)\r\nContent-Length: 99999999999\r\n\r\n{")
            ]),
        Case(
            "endless", .tooLarge,
            [
                .write("HTTP/1.1 200 OK\r\nContent-Type: \(ScriptedIndex.simpleType)\r\nTransfer-Encoding: chunked\r\n\r\n"),
                .writeForever("400\r\n" + String(repeating: " ", count: 1_024) + "\r\n"),
            ]),
        Case("large head", .tooLarge, [.write("HTTP/1.1 200 OK\r\nX: \(String(repeating: "a", count: 200_000))\r\n\r\n")]),
        Case("no HTTP", .malformed, [.write("hello\r\n\r\n"), .close]), Case("end", .unreachable, [.close]),
        Case(
            "end within the body", .unreachable,
            [
                .write("HTTP/1.1 200 OK\r\nContent-Type: \(ScriptedIndex.simpleType)\r\nContent-Length: 100\r\n\r\n{"), .close,
            ]),
    ]

    @Test("is unknown, never current, and nobody gets an error", arguments: Self.cases)
    func misbehaves(_ misbehaviour: Case) async throws {
        try await ScriptedIndex.with(change: { $0.bodyLimit = 100_000 }) { _, _ in
            misbehaviour.steps
        } _: { index async throws in
            let grade = try await index.grade("2.3.1")
            #expect(grade.freshness == .unknown && grade.isProvisional && grade.latest == nil && !grade.reason.isEmpty)
            #expect(try await index.failure() == misbehaviour.code)
            #expect(index.count(misbehaviour.code.rawValue) == "1.0")
        }
    }

    @Test(
        "by its silence, its slowness or its hesitation is given up in time",
        arguments: [
            [], [.write("HTTP/1.1 200 OK\r\n")],
            [
                .write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"),
                .drip(String(repeating: " ", count: 5_000)),
            ],
        ] as [[ScriptedStep]])
    func slow(_ steps: [ScriptedStep]) async throws {
        try await ScriptedIndex.with(change: { $0.timeout = .milliseconds(200) }) { _, _ in
            steps
        } _: { index async throws in
            let failure = try await index.failure()
            #expect(failure == .timedOut)
            #expect(await index.server.waitForEnds(1))
        }
    }

    @Test("of which there is nothing at all is unknown")
    func away() async throws {
        let port = try await ScriptedIndex.with { _, _ in
            []
        } _: {
            $0.server.port
        }
        try await ScriptedIndex.with { _, _ in
            []
        } _: { index async throws in
            // The port of a server that is gone.
            let configuration = try PackageIndexConfiguration(baseURL: "http://127.0.0.1:\(port)/")
            let client = try index.another(configuration)
            guard case .failed(let failure) = await client.releases(of: try #require(PythonPackageName("pkg"))) else {
                Issue.record("an index that is not there has answered")
                return
            }
            #expect(failure.code == .unreachable)
        }
    }

    @Test("says that there is no such package, which is an answer", arguments: ["404 Not Found", "410 Gone"])
    func absent(_ status: String) async throws {
        try await ScriptedIndex.with { _, _ in
            simpleAnswer(status: status)
        } _: { index async throws in
            let grade = try await index.grade("2.3.1")
            #expect(grade.freshness == .unknown && !grade.isProvisional && grade.reason == "the index has no package pkg")
            #expect(index.count("absent") == "1.0")
        }
    }

    @Test("is never asked about a name that would leave its path")
    func path() async throws {
        try await ScriptedIndex.with { _, _ in
            simpleAnswer()
        } _: { index async throws in
            for name in [
                "../admin", "..", "a/../b", "a%2f..%2fadmin", "a?x=1", "a#x", "a b", "a\r\nX: y", "@a", "//evil.example",
            ] {
                #expect(PythonPackageName(name) == nil)
                let pin = try #require(PackagePin.declared(library: name, version: "1.0"))
                #expect(PinGrade(withoutIndex: pin)?.freshness == .unknown)
            }
            #expect(index.server.requests.isEmpty)
        }
    }
}
