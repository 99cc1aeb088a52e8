import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("The newcomer's path")
struct NewcomerTests {
    @Test("prints a first key once, and the call beside it works", arguments: TestStore.allCases)
    func firstKey(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            try await withServer(in: place, arguments: ["--first-key"]) { server async throws in
                _ = try await server.child.waitForLine { $0.contains("curl") }
                let output = server.child.output().text
                #expect(output.contains("Gatehouse listens at http://127.0.0.1:\(server.client.port)\n"))
                let key = try #require(output.firstMatch(of: #/shown this once: (gth_[A-Za-z0-9]{46})/#).map { String($0.1) })

                let verified = try await server.client.send("GET", "/api/v1/keys/verify", key: key)
                #expect(verified.status == 200)
                #expect(try verified.json()["valid"]?.boolValue == true)
                let user = try verified.string("user_id")

                let call = try await server.child.waitForLine { $0.contains("-d '") }
                let body = try #require(call.firstMatch(of: #/-d '(.*)'/#).map { String($0.1) })
                let created = try await server.client.send("POST", "/api/v1/traces", key: key, body: body)
                #expect(created.status == 202)
                #expect(try created.string("status") == "pending")

                let read = try await server.client.send("GET", "/api/v1/traces/\(try created.string("id"))", key: key)
                #expect(read.status == 200)
                #expect(try read.string("solution_text") == "Pick port 0")
                #expect(try read.string("contributor_id") == user)
            }
            try await withServer(in: place, arguments: ["--first-key"]) { server async throws in
                _ = try await server.child.waitForLine { $0.hasPrefix("Gatehouse listens at ") }
                server.child.send(signal: 15)
                #expect(try await server.child.waitForExit() == .exited(0))
                #expect(!server.child.output().text.contains("gth_"))
            }
        }
    }

    @Test("prints no key unless asked", arguments: TestStore.allCases)
    func noKey(on store: TestStore) async throws {
        try await withServer(on: store) { server async throws in
            server.child.send(signal: 15)
            #expect(try await server.child.waitForExit() == .exited(0))
            #expect(server.child.output().text == "")
        }
    }

    @Test("describes itself", arguments: ["/openapi.json", "/docs", "/health", "/livez", "/readyz", "/metrics"])
    func describesItself(_ path: String) async throws {
        try await withServer { server in
            #expect(try await server.client.send("GET", path).status == 200)
            let head = try await server.client.send("HEAD", path)
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test("serves the description that the command prints")
    func openAPI() async throws {
        try await withServer { server in
            let printed = try await Programs.apiServer("openapi", in: server.folder)
            let served = try await server.client.send("GET", "/openapi.json")
            #expect(printed.isSuccess)
            #expect(printed.standardOutput.lines == [served.text])
        }
    }
}
