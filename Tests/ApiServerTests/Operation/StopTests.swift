import Foundation
import DatabaseTestSupport
import ProgramTestSupport
import TestKit
import Testing

@Suite("Stopping the server")
struct StopTests {
    /// The head of a request whose body is still to come.
    private static func beginning(key: String) -> (first: [UInt8], rest: [UInt8]) {
        let bytes = HTTPClient.request("POST", "/api/v1/traces", key: key, body: RunningServer.trace)
        return (Array(bytes.dropLast(40)), Array(bytes.suffix(40)))
    }

    @Test("a request in flight is finished, /readyz says draining, and the status is 0", arguments: TestStore.allCases)
    func graceful(on store: TestStore) async throws {
        try await withServer(on: store, settings: ["DRAIN_SECONDS": "2"]) { server in
            let user = try await server.makeUser()
            let (first, rest) = Self.beginning(key: user.key)
            let resume = DispatchSemaphore(value: 0)
            async let answer = server.client.withConnection { connection in
                try connection.send(first)
                resume.wait()
                try connection.send(rest)
                return try connection.readAnswer(to: "POST")
            }
            // Answered later than the head above was sent: then that is read, too.
            _ = try await server.client.send("GET", "/livez")
            server.child.send(signal: SIGTERM)
            try await server.waitForDraining()
            #expect(server.child.termination == nil)
            resume.signal()
            let status = try await answer.status
            #expect(status == 202)
            #expect(try await server.child.waitForExit() == .exited(0))
            #expect(server.child.output(of: .standardError).lines.last?.hasSuffix("stopped") == true)
        }
    }

    @Test("without requests it ends at once, also by Ctrl-C", arguments: [SIGTERM, SIGINT])
    func idle(_ signal: Int32) async throws {
        try await withServer { server in
            try await server.client.withConnection { connection in
                // A connection that a client keeps open must not hold the server.
                try connection.send(HTTPClient.request("GET", "/livez"))
                #expect(try connection.readAnswer(to: "GET").status == 200)
                server.child.send(signal: signal)
                #expect(connection.isClosedByServer())
            }
            #expect(try await server.child.waitForExit(within: .seconds(10)) == .exited(0))
        }
    }

    @Test("a second signal ends it at once", arguments: [(SIGTERM, SIGTERM), (SIGTERM, SIGINT), (SIGINT, SIGINT)])
    func secondSignal(_ one: Int32, _ two: Int32) async throws {
        try await withServer(settings: ["DRAIN_SECONDS": "300"]) { server in
            server.child.send(signal: one)
            try await server.waitForDraining()
            server.child.send(signal: two)
            #expect(try await server.child.waitForExit(within: .seconds(10)) == .exited(128 + two))
        }
    }

    @Test("a request that does not end holds it no longer than STOP_TIMEOUT_SECONDS")
    func bounded() async throws {
        try await withServer(settings: ["STOP_TIMEOUT_SECONDS": "1"]) { server in
            let user = try await server.makeUser()
            let first = Self.beginning(key: user.key).first
            async let isClosed = server.client.withConnection { connection in
                try connection.send(first)
                return connection.isClosedByServer()
            }
            _ = try await server.client.send("GET", "/livez")
            server.child.send(signal: SIGTERM)
            #expect(try await server.child.waitForExit(within: .seconds(10)) == .exited(0))
            let wasClosed = try await isClosed
            #expect(wasClosed)
        }
    }

    @Test("kill -9 right after a 202 loses nothing", arguments: TestStore.allCases)
    func killed(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            let (key, ids) = try await withServer(in: place) { server in
                let user = try await server.makeUser()
                let answers = try await server.client.pipeline(
                    20, "POST", "/api/v1/traces", key: user.key, body: RunningServer.trace)
                server.child.send(signal: SIGKILL)
                #expect(answers.allSatisfy { $0.status == 202 })
                #expect(try await server.child.waitForExit() == .signalled(SIGKILL))
                return (user.key, try answers.map { try $0.string("id") })
            }
            try await withServer(in: place) { server async throws in
                for id in ids {
                    #expect(try await server.client.send("GET", "/api/v1/traces/\(id)", key: key).status == 200)
                }
            }
        }
    }
}
