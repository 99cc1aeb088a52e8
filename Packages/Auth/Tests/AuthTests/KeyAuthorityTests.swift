import Cryptography
import Identity
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Synchronization
import Testing

@testable import Auth

@Suite("Key authority")
struct KeyAuthorityTests {
    @Test("names the owner of a new key", arguments: TestStore.allCases)
    func newKey(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let created = try await fixture.store.createUser(email: "a@b", displayName: nil)
            let caller = try #require(try await fixture.authority().caller(presenting: created.key.text))
            #expect(caller.id.text == created.userID)
            #expect(caller.kind == .user)
            #expect(caller.keyID == created.key.publicID)
        }
    }

    @Test("finds a key that an older tool stored, by its SHA-256 in users.api_key_hash", arguments: TestStore.allCases)
    func olderKey(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let hash = "62af8704764faf8ea82fc61ce9c4c3908b6cb97d463a634e9e587d7c885db0ef"
            try await fixture.insertUser(id: "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f", keyHash: hash)
            let caller = try #require(try await fixture.authority().caller(presenting: "test-key"))
            #expect(caller.id.text == "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f")
            #expect(caller.keyID == nil)
        }
    }

    @Test("stores a first key in users.api_key_hash and no key anywhere in the clear", arguments: TestStore.allCases)
    func storedPlaces(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let created = try await fixture.store.createUser(email: nil, displayName: nil)
            let stored = try await fixture.database.read { connection in
                try connection.queryOne("SELECT api_key_hash FROM users")?.decode("api_key_hash", as: String.self)
            }
            #expect(stored == created.key.digest.hex)
            let everything = try await fixture.database.read { connection in
                try connection.query("SELECT * FROM caller_keys").flatMap { row in
                    row.columnNames.map { "\(String(describing: row[$0]))" }
                }
            }
            #expect(!everything.contains { $0.contains(created.key.text.dropFirst(12)) })
        }
    }

    @Test(
        "does not know what is no key",
        arguments: ["", "x", "gth_", String(repeating: "k", count: 513), "gth_00000000000000000000000000000000000000000000000"],
        TestStore.allCases
    )
    func unknown(_ credential: String, _ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let caller = try await fixture.authority().caller(presenting: credential)
            #expect(caller == nil)
        }
    }

    @Test("refuses a wrong tail without asking the database", arguments: TestStore.allCases)
    func wrongTail(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            let text = try APIKey().text
            await fixture.database.close()
            #expect(try await authority.caller(presenting: String(text.dropLast()) + (text.hasSuffix("0") ? "1" : "0")) == nil)
            await #expect(throws: PersistenceError.self) { try await authority.caller(presenting: text) }
        }
    }

    @Test("admits several keys of one user, and ends one without the other", arguments: TestStore.allCases)
    func severalKeys(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            let first = try await fixture.store.createUser(email: nil, displayName: nil)
            let second = try await fixture.store.createKey(for: first.userID)
            #expect(
                try await authority.caller(presenting: first.key.text)?.id == authority.caller(presenting: second.key.text)?.id)
            try await authority.revoke(first.key.publicID)
            #expect(try await authority.caller(presenting: first.key.text) == nil)
            #expect(try await authority.caller(presenting: second.key.text)?.id.text == first.userID)
        }
    }

    @Test("does not admit a key after its expiry", arguments: TestStore.allCases)
    func expiry(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let past = Timestamp.now().advanced(by: .seconds(-1))
            let created = try await fixture.store.createUser(
                email: nil, displayName: nil, details: KeyDetails(expiresAt: past))
            #expect(try await fixture.authority().caller(presenting: created.key.text) == nil)
        }
    }

    @Test("does not admit a first key that an older tool took out of users", arguments: TestStore.allCases)
    func clearedByOlderTool(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let created = try await fixture.store.createUser(email: nil, displayName: nil)
            try await fixture.database.write { _ = try $0.execute("UPDATE users SET api_key_hash = NULL") }
            #expect(try await fixture.authority().caller(presenting: created.key.text) == nil)
        }
    }

    @Test(
        "notices at the next poll that a key ended, whoever ended it",
        arguments: [
            "UPDATE caller_keys SET revoked_at = '2026-01-01T00:00:00.000000Z'", "DELETE FROM caller_keys",
            "UPDATE users SET api_key_hash = NULL", "UPDATE caller_keys SET expires_at = '2026-01-01T00:00:00.000000Z'",
        ], TestStore.allCases
    )
    func foreignChange(_ statement: String, _ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            let created = try await fixture.store.createUser(email: nil, displayName: nil)
            await authority.poll()
            #expect(try await authority.caller(presenting: created.key.text) != nil)
            try await fixture.database.write { _ = try $0.execute(SQL(unchecked: statement)) }
            await authority.poll()
            if statement.hasPrefix("DELETE") {
                // The row in users still names the key.
                #expect(try await authority.caller(presenting: created.key.text)?.keyID == nil)
            } else {
                #expect(try await authority.caller(presenting: created.key.text) == nil)
            }
        }
    }

    @Test("remembers nothing while the database cannot be watched", arguments: TestStore.allCases)
    func blindPoll(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            let created = try await fixture.store.createUser(email: nil, displayName: nil)
            #expect(try await authority.caller(presenting: created.key.text) != nil)
            await fixture.database.close()
            await authority.poll()
            await #expect(throws: PersistenceError.self) { try await authority.caller(presenting: created.key.text) }
        }
    }

    @Test("admits nobody after the revocation of a key that a thousand requests present meanwhile", arguments: TestStore.allCases)
    func revocationUnderLoad(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            let created = try await fixture.store.createUser(email: nil, displayName: nil)
            let observations = Observations()
            await authority.poll()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<1_000 {
                    group.addTask {
                        if index == 500 {
                            try await authority.revoke(created.key.publicID)
                            observations.noteRevocation()
                        }
                        let startedAfterwards = observations.isRevoked
                        let caller = try await authority.caller(presenting: created.key.text)
                        if startedAfterwards, caller != nil { observations.noteLateAdmission() }
                    }
                }
                try await group.waitForAll()
            }
            #expect(observations.lateAdmissions == 0)
            #expect(try await authority.caller(presenting: created.key.text) == nil)
        }
    }

    @Test("notes when a key was last used", arguments: TestStore.allCases)
    func lastUse(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            let created = try await fixture.store.createUser(email: nil, displayName: nil)
            #expect(try await fixture.store.keys().first?.lastUsedAt == nil)
            _ = try await authority.caller(presenting: created.key.text)
            await authority.flushUses()
            #expect(try await fixture.store.keys().first?.lastUsedAt != nil)
        }
    }
}

/// What many tasks saw around one revocation.
private final class Observations: Sendable {
    private let state = Mutex((isRevoked: false, lateAdmissions: 0))

    var isRevoked: Bool { self.state.withLock { $0.isRevoked } }
    var lateAdmissions: Int { self.state.withLock { $0.lateAdmissions } }

    func noteRevocation() {
        self.state.withLock { $0.isRevoked = true }
    }

    func noteLateAdmission() {
        self.state.withLock { $0.lateAdmissions += 1 }
    }
}
