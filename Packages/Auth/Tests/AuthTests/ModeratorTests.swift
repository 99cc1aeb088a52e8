import DatabaseTestSupport
import Identity
import Persistence
import Testing

@testable import Auth

@Suite("Moderators")
struct ModeratorTests {
    @Test(
        "have the role with each of their keys, also where it was remembered, until it is taken away",
        arguments: TestStore.allCases)
    func role(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let (first, other) = (
                try await fixture.store.createUser(email: nil, displayName: "Ada"),
                try await fixture.store.createUser(email: nil, displayName: nil)
            )
            let second = try await fixture.store.createKey(for: first.userID)
            let authority = fixture.authority { $0.trustLimit = .seconds(600) }
            await authority.poll()
            let roles = {
                [
                    try await authority.caller(presenting: first.key.text)?.role,
                    try await authority.caller(presenting: second.key.text)?.role,
                    try await authority.caller(presenting: other.key.text)?.role,
                ]
            }
            #expect(try await roles() == [nil, nil, nil])
            try await fixture.store.setModerator(true, user: first.userID.uppercased())
            try await fixture.store.setModerator(true, user: first.userID)
            await authority.poll()
            #expect(try await roles() == [Role("moderator"), Role("moderator"), nil])
            let listed = try await fixture.store.moderators()
            #expect(listed.map(\.userID) == [first.userID])
            #expect(listed.map(\.displayName) == ["Ada"])
            // As an operator or another tool would.
            try await fixture.database.write { _ = try $0.execute("DELETE FROM moderators") }
            await authority.poll()
            #expect(try await roles() == [nil, nil, nil])
            #expect(try await fixture.store.moderators().isEmpty)
        }
    }

    @Test("are users", arguments: TestStore.allCases, ["6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f", "nobody", ""])
    func unknown(_ store: TestStore, _ id: String) async throws {
        try await AuthFixture.with(store) { fixture in
            let error = await #expect(throws: AuthError.self) { try await fixture.store.setModerator(true, user: id) }
            #expect(error?.code == .unknownUser)
        }
    }
}
