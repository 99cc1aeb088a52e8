import Auth
import DatabaseTestSupport
import Identity
import Persistence
import Testing

@Suite("Users that callers write as")
struct ContributorTests {
    @Test(
        "are the users themselves, and one for each gateway caller, also when its first writes come together",
        arguments: TestStore.allCases)
    func contributors(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let user = try await fixture.store.createUser(email: nil, displayName: nil)
            let caller = Caller(id: CallerID(unchecked: user.userID.uppercased()), kind: .user)
            #expect(try await fixture.store.contributorID(of: caller) == user.userID)

            // Its name is a user's id, which makes it nobody else.
            let agent = Caller(id: CallerID(unchecked: user.userID), kind: .gatewayCaller)
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { try await fixture.store.contributorID(of: agent) } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1 && !ids.contains(user.userID))
            let other = Caller(id: CallerID(unchecked: "dev-agent"), kind: .gatewayCaller)
            let otherID = try await fixture.store.contributorID(of: other)
            #expect(!ids.contains(otherID))
            let names = try await fixture.database.query("SELECT display_name FROM users WHERE api_key_hash IS NULL").map {
                try $0.decode("display_name", as: String?.self)
            }
            #expect(Set(names) == [user.userID, "dev-agent"] && names.count == 2)
        }
    }
}
