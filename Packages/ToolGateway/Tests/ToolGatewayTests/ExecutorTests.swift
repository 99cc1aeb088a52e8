import Cryptography
import Identity
import Logging
import Outbound
import OutboundTestSupport
import Persistence
import Policy
import StrictJSON
import Testing
import ToolGateway

@Suite("Calls to tool servers")
struct ExecutorTests {
    private static let secret = "shared-secret"
    private static let request = ToolRequest(
        requestID: "req-1",
        caller: Caller(id: CallerID(unchecked: "agent-1"), kind: .gatewayCaller, organisation: OrganisationID(unchecked: "acme")),
        tool: ToolName("fs.read").unsafelyNamed, arguments: ["path": "/data/ü.csv", "limit": 5])

    private static func outcome(
        timeout: Duration = .seconds(5), path: String = "", to name: String = "files",
        _ script: @escaping ScriptedServer.Script, seen: (ScriptedServer) -> Void = { _ in }
    ) async throws -> ToolOutcome {
        try await withScriptedServer(script: script) { server in
            let servers = try ToolServers(
                baseURLs: ["files": .string("http://127.0.0.1:\(server.port)\(path)"), "bare": "http://127.0.0.1:1"],
                secrets: ["files": .string(Self.secret)], timeout: timeout)
            let client = try OutboundClient(
                policy: AddressPolicy(allowsPlainHTTP: true, allowed: servers.destinations),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            defer { client.close() }
            let executor = HTTPToolExecutor(
                servers: servers, client: client, maximumAnswerBytes: 10_000,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let outcome = await executor.run(Self.request, body: Self.request.body, on: name)
            seen(server)
            return outcome
        }
    }

    @Test("send the canonical bytes once, signed, to the tool's own path", arguments: ["", "/", "/base", "/base//"])
    func sends(_ path: String) async throws {
        var requests: [String] = []
        let outcome = try await Self.outcome(path: path, { _, _ in httpAnswer(#"{"rows":[1,2]}"#) }) { requests = $0.requests }
        #expect(outcome == .success(["rows": [1, 2]]))
        let request = try #require(requests.first)
        #expect(requests.count == 1)
        #expect(request.hasPrefix("POST \(path.hasPrefix("/base") ? "/base" : "")/tools/fs.read HTTP/1.1\r\n"))
        let body = #"{"limit": 5, "path": "/data/\u00fc.csv"}"#
        #expect(request.hasSuffix("\r\n\r\n\(body)"))
        func field(_ name: String) -> String? {
            request.split(separator: "\r\n").first { $0.hasPrefix("X-MCP-Gateway-\(name): ") }?.split(separator: ": ").last.map(
                String.init)
        }
        let timestamp = try #require(field("Timestamp"))
        #expect(timestamp.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00/#) != nil)
        let hash = SHA256.hash(body.utf8).hex
        #expect(field("Body-SHA256") == hash)
        let signed = [timestamp, "req-1", "agent-1", "acme", "fs.read", hash].joined(separator: "\n")
        #expect(try field("Signature") == HMACSHA256(key: SecretBytes(Self.secret.utf8)).code(for: signed.utf8).hex)
    }

    @Test("take every JSON for an answer, and nothing else")
    func answers() async throws {
        #expect(try await Self.outcome { _, _ in httpAnswer("[1]") } == .success(["result": [1]]))
        #expect(try await Self.outcome { _, _ in httpAnswer("null") } == .success(["result": nil]))
        #expect(try await Self.outcome { _, _ in httpAnswer("", status: "204 No Content") } == .success([:]))
        for text in ["<html>", "{", #"{"a":1,"a":2}"#, #"{"a":"\ud800"}"#, "NaN", "\u{FEFF}{}"] {
            guard case .failure(let failure) = try await Self.outcome({ _, _ in httpAnswer(text) }) else {
                Issue.record("\(text) is no answer")
                continue
            }
            #expect(failure.status == .toolError && failure.mayHaveRun && failure.httpStatus == 502, "\(text)")
        }
        let packed = try await Self.outcome { _, _ in httpAnswer("{}", fields: "Content-Encoding: gzip\r\n") }
        #expect(packed != .success([:]))
    }

    @Test(
        "fail for each status of an error and of a redirection, which is not followed",
        arguments: [300, 302, 307, 400, 404, 500, 503])
    func statuses(_ status: Int) async throws {
        var count = 0
        let outcome = try await Self.outcome(
            { _, _ in httpAnswer("{}", status: "\(status) Text", fields: "Location: /elsewhere\r\n") }) {
                count = $0.requests.count
            }
        guard case .failure(let failure) = outcome else { throw Missing() }
        #expect(failure.status == .toolError && failure.httpStatus == status && failure.mayHaveRun && count == 1)
    }

    @Test("end at their deadline, at the bound of answers, and with the connection")
    func faults() async throws {
        let silent = try await Self.outcome(timeout: .milliseconds(300)) { _, _ in [] }
        #expect(silent == .failure(.init(.timeout, "the tool server did not answer in time", httpStatus: 504, mayHaveRun: true)))
        let dripping = try await Self.outcome(timeout: .milliseconds(300)) { _, _ in
            [.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), .drip(String(repeating: "x", count: 1_000))]
        }
        #expect(
            dripping == .failure(.init(.timeout, "the tool server did not answer in time", httpStatus: 504, mayHaveRun: true)))
        for script: [ScriptedStep] in [
            [.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")],
            [.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), .writeForever("5\r\nxxxxx\r\n")],
            [.write("garbage\r\n\r\n")], [.close], [.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nxx"), .close],
        ] {
            guard case .failure(let failure) = try await Self.outcome({ _, _ in script }) else { throw Missing() }
            #expect(failure.status == .toolError && failure.mayHaveRun, "\(script)")
        }
    }

    @Test("that cannot have been seen say so")
    func unsent() async throws {
        let unknown = try await Self.outcome(to: "nobody") { _, _ in httpAnswer("{}") }
        #expect(unknown == .failure(.init(.toolError, "there is no such tool server", httpStatus: 404, mayHaveRun: false)))
        let bare = try await Self.outcome(to: "bare") { _, _ in httpAnswer("{}") }
        #expect(bare == .failure(.init(.toolError, "the tool server has no shared secret", httpStatus: 503, mayHaveRun: false)))
        let servers = try ToolServers(baseURLs: ["gone": "http://127.0.0.1:1"], secrets: ["gone": "s"], timeout: .seconds(5))
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let client = try OutboundClient(
            policy: AddressPolicy(allowsPlainHTTP: true, allowed: servers.destinations), logger: logger)
        defer { client.close() }
        let executor = HTTPToolExecutor(servers: servers, client: client, logger: logger)
        guard case .failure(let failure) = await executor.run(Self.request, body: Self.request.body, on: "gone") else {
            throw Missing()
        }
        #expect(failure == .init(.toolError, "the tool server cannot be reached", httpStatus: 502, mayHaveRun: false))
    }

    private struct Missing: Error {}
}

extension ToolName? {
    /// A name that a test writes down.
    fileprivate var unsafelyNamed: ToolName {
        guard let self else { preconditionFailure("a name that breaks the rule") }
        return self
    }
}
