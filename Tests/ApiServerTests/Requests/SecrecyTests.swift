import Foundation
import DatabaseTestSupport
import ProgramTestSupport
import TestKit
import Testing

@Suite("Secrecy of keys")
struct SecrecyTests {
    @Test("leaves no key in the log, the files or a later answer", arguments: zip(["text", "json"], TestStore.allCases))
    func keysAreNowhere(format: String, on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            var secrets: [String] = []
            var answers: [HTTPAnswer] = []
            let log = try await withServer(in: place, settings: ["LOG_LEVEL": "trace", "LOG_FORMAT": format]) { server in
                let first = try await server.makeUser()
                let second = try await server.makeUser()
                let wrong = ["wrong-" + "key-0123456789", String(first.key.dropLast(2)) + "zz"]
                secrets = [first.key, second.key] + wrong
                for key in secrets {
                    answers.append(try await server.client.send("GET", "/api/v1/keys/verify", key: key))
                    answers.append(
                        try await server.client.send("GET", "/api/v1/keys/verify", fields: ["Authorization: Bearer \(key)"]))
                    answers.append(try await server.client.send("GET", "/api/v1/keys/verify?api_key=\(key)"))
                    answers.append(try await server.client.send("GET", "/api/v1/\(key)"))
                    answers.append(try await server.client.send("POST", "/api/v1/traces", key: key, body: RunningServer.trace))
                    answers.append(try await server.client.send("POST", "/api/v1/traces", key: key, body: #"{"title":1}"#))
                }
                answers.append(try await server.client.send("GET", "/metrics"))
                answers.append(try await server.client.send("GET", "/openapi.json"))
                let list = try await Programs.apiServer("keys", "list", in: place.folder)
                #expect(list.isSuccess)
                Self.expectNone(of: secrets, in: Data(list.standardOutput.bytes), "keys list")
                // The write-ahead log is there only while the server runs.
                if store == .sqlite { #expect(try place.files().contains { $0.hasSuffix("-wal") }) }
                try place.expectNone(of: Self.hidden(secrets))
                server.child.send(signal: 15)
                #expect(try await server.child.waitForExit() == .exited(0))
                let log = server.child.output(of: .standardError)
                #expect(log.droppedBytes == 0)
                return log.bytes + server.child.output().bytes
            }
            #expect(
                answers.contains { $0.status == 200 } && answers.contains { $0.status == 401 }
                    && answers.contains { $0.status == 202 })
            Self.expectNone(of: secrets, in: Data(log), "the log")
            for answer in answers { Self.expectNone(of: secrets, in: Data(answer.comparable.utf8), "an answer") }
            try place.expectNone(of: Self.hidden(secrets))
            let rows = try await place.dump()
            #expect(rows.contains("Pick port 0"), "the traces are there")
            Self.expectNone(of: secrets, in: Data(rows.utf8), "the database")
        }
    }

    /// The public id stands at the front of a key and may be shown; the rest may not, whole or cut.
    private static func hidden(_ secrets: [String]) -> [String] { secrets.map { String($0.suffix(16)) } }

    private static func expectNone(of secrets: [String], in bytes: Data, _ place: String) {
        TestPlace.expectNone(of: self.hidden(secrets), in: bytes, place)
    }
}
