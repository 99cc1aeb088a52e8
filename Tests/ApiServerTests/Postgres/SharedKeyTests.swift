import DatabaseTestSupport
import ProgramTestSupport
import TestKit
import Testing

@Suite("Keys of several servers")
struct SharedKeyTests {
    @Test("end at all servers of a database within a second, whoever ended them", arguments: TestStore.allCases)
    func revocation(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            try await withServer(in: place) { first in
                try await withServer(in: place) { second in
                    let user = try await first.makeUser()
                    for server in [first, second] {
                        #expect(try await server.client.send("GET", "/api/v1/keys/verify", key: user.key).status == 200)
                    }
                    let id = String(user.key.dropFirst(4).prefix(8))
                    #expect(try await Programs.apiServer("keys", "revoke", id, in: place.folder).isSuccess)
                    try await second.waitForRefusal(of: user.key)
                    try await first.waitForRefusal(of: user.key)

                    // An older tool knows nothing of the table of keys.
                    let other = try await second.makeUser()
                    for server in [first, second] {
                        #expect(try await server.client.send("GET", "/api/v1/keys/verify", key: other.key).status == 200)
                    }
                    try await place.query("UPDATE users SET api_key_hash = NULL WHERE id = '\(other.id)'")
                    try await first.waitForRefusal(of: other.key)
                    try await second.waitForRefusal(of: other.key)
                }
            }
        }
    }
}
