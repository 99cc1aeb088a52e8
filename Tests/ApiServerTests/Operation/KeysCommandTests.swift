import DatabaseTestSupport
import ProgramTestSupport
import TestKit
import Testing

@Suite("The command keys beside a running server")
struct KeysCommandTests {
    @Test(
        "makes a key that works at once, lists it without its secret, and ends it within a second", arguments: TestStore.allCases)
    func life(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let made = try await Programs.apiServer(
                "keys", "create", "--email", "jo@example.org", "--label", "laptop", "--expires-in-days", "3", in: server.folder)
            #expect(made.isSuccess)
            let output = made.standardOutput.text
            let key = try #require(output.firstMatch(of: #/key +(gth_\w{46})\n/#).map { String($0.1) })
            let id = try #require(output.firstMatch(of: #/key id +(\w{8})\n/#).map { String($0.1) })
            let user = try #require(output.firstMatch(of: #/user id +([0-9a-f-]{36})\n/#).map { String($0.1) })
            let verified = try await server.client.send("GET", "/api/v1/keys/verify", key: key)
            #expect(try verified.string("user_id") == user)

            let list = try await Programs.apiServer("keys", "list", "--user", user, in: server.folder).standardOutput
            #expect(list.lines.count == 1)
            #expect(list.text.contains(id) && list.text.contains(#"label "laptop""#) && list.text.contains("expires "))
            #expect(!list.text.contains(key.suffix(20)))

            let revoked = try await Programs.apiServer("keys", "revoke", id, in: server.folder)
            #expect(revoked.standardOutput.lines == ["revoked \(id)"])
            try await server.waitForRefusal(of: key)
            let after = try await Programs.apiServer("keys", "list", in: server.folder).standardOutput.text
            #expect(after.contains("revoked 20"))
        }
    }

    @Test("a key of the server is ended in the same way, and the user's other key stays", arguments: TestStore.allCases)
    func revocation(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let user = try await server.makeUser()
            let made = try await Programs.apiServer("keys", "create", "--user", user.id, in: server.folder).standardOutput.text
            let other = try #require(made.firstMatch(of: #/gth_\w{46}/#).map { String($0.0) })
            #expect(try await server.client.send("GET", "/api/v1/keys/verify", key: user.key).status == 200)
            let id = String(user.key.dropFirst(4).prefix(8))
            #expect(try await Programs.apiServer("keys", "revoke", id, in: server.folder).isSuccess)
            try await server.waitForRefusal(of: user.key)
            #expect(try await server.client.send("GET", "/api/v1/keys/verify", key: other).status == 200)
        }
    }

    @Test(
        "says what is wrong",
        arguments: [
            ("revoke nosuchid", Int32(1)), ("revoke x", 1), ("revoke", 64), ("create --user nobody", 1),
            ("create --expires-in-days 0", 64),
            ("create --user u --email a@b", 64),
        ], TestStore.allCases)
    func mistakes(_ mistake: (command: String, status: Int32), on store: TestStore) async throws {
        let arguments = ["keys"] + mistake.command.split(separator: " ").map(String.init)
        try await withTestPlace(on: store) { place in
            let result = try await runProcess(
                Programs.apiServer, arguments: arguments, environment: Programs.environment([:]),
                workingDirectory: place.folder)
            #expect(result.termination == .exited(mistake.status), "\(result.standardError.text)")
            #expect(!result.standardError.bytes.isEmpty)
            #expect(!result.standardError.text.contains("Fatal"))
        }
    }

    @Test("refuses an e-mail address that is taken", arguments: TestStore.allCases)
    func takenEmail(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            #expect(try await Programs.apiServer("keys", "create", "--email", "jo@example.org", in: place.folder).isSuccess)
            let again = try await Programs.apiServer("keys", "create", "--email", "jo@example.org", in: place.folder)
            #expect(again.termination == .exited(1))
            #expect(again.standardError.lines.count == 1)
        }
    }
}
