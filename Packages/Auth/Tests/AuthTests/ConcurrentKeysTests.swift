import Identity
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@testable import Auth

@Suite("Keys that many change at once")
struct ConcurrentKeysTests {
    private func outcomes(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async -> [AuthError.Code?] {
        await withTaskGroup(of: AuthError.Code?.self) { group in
            for index in 0..<count {
                group.addTask {
                    do {
                        try await body(index)
                        return nil
                    } catch let error as AuthError {
                        return error.code
                    } catch {
                        Issue.record(error)
                        return .invalidText
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("are revoked each once, whoever else revokes", arguments: TestStore.allCases)
    func revocations(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            var keys: [KeyID] = []
            let user = try await fixture.store.createUser(email: nil, displayName: nil)
            keys.append(user.key.publicID)
            for _ in 0..<20 { keys.append(try await fixture.store.createKey(for: user.userID).key.publicID) }
            for _ in 0..<20 { keys.append(try await fixture.store.createUser(email: nil, displayName: nil).key.publicID) }
            let (all, keyStore) = (keys, fixture.store)
            let outcomes = await self.outcomes(3 * all.count) { try await keyStore.revoke(all[$0 % all.count]) }
            #expect(outcomes.filter { $0 == nil }.count == all.count)
            #expect(outcomes.filter { $0 == .alreadyRevoked }.count == 2 * all.count)
            #expect(try await fixture.store.keys().allSatisfy { $0.revokedAt != nil })
        }
    }

    @Test("end together with their users, in either order of the rows", arguments: TestStore.allCases)
    func foreignDeletions(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let (keyStore, database) = (fixture.store, fixture.database)
            for _ in 0..<8 {
                let user = try await keyStore.createUser(email: nil, displayName: nil)
                let outcomes = await self.outcomes(3) { index in
                    switch index {
                    case 0: try await keyStore.revoke(user.key.publicID)
                    case 1:
                        try await database.transaction(isolation: .readCommitted) { connection in
                            try connection.execute("UPDATE users SET api_key_hash = NULL WHERE id = \(user.userID)")
                            try connection.execute("DELETE FROM users WHERE id = \(user.userID)")
                        }
                    default:
                        try await database.write { connection in
                            _ = try connection.execute(
                                "UPDATE caller_keys SET person = 'x' WHERE id = \(user.key.publicID.text)")
                        }
                    }
                }
                #expect(outcomes == [nil, nil, nil])
            }
        }
    }

    @Test("give an address to one user only", arguments: TestStore.allCases)
    func sameEmail(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let keyStore = fixture.store
            let outcomes = await self.outcomes(16) { _ in _ = try await keyStore.createUser(email: "a@b", displayName: nil) }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == .emailTaken }.count == 15)
        }
    }

    @Test("are noted as used by many servers without any of them waiting for another", arguments: TestStore.allCases)
    func uses(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            var keys: [APIKey] = []
            for _ in 0..<12 { keys.append(try await fixture.store.createUser(email: nil, displayName: nil).key) }
            let all = keys
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    let authority = fixture.authority()
                    group.addTask {
                        for key in all.shuffled() { _ = try await authority.caller(presenting: key.text) }
                        await authority.flushUses()
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.store.keys().allSatisfy { $0.lastUsedAt != nil })
        }
    }
}
