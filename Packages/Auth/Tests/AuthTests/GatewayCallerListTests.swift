import Identity
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@testable import Auth

@Suite("Lists of gateway callers")
struct GatewayCallerListTests {
    @Test("show who is registered, by this program or by others, in pages", arguments: TestStore.allCases)
    func list(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            _ = try await fixture.store.createGatewayCaller(
                id: CallerID(unchecked: "b"), role: .admin, trustLevel: .admin, environment: .production,
                organisation: OrganisationID(unchecked: "acme-prod"))
            for name in ["a", "c"] { try await fixture.seed(name, hash: "x", role: "odd", trustLevel: 7) }
            let all = try await fixture.store.gatewayCallers()
            #expect(all.map(\.id.text) == ["a", "b", "c"])
            #expect(all[1].role == "admin")
            #expect(all[1].organisation.text == "acme-prod")
            #expect(all[1].environment == "prod")
            #expect(all[0].trustLevel == 7)
            #expect(all.allSatisfy { $0.isActive && $0.lastUsedAt == nil })
            let page = try await fixture.store.gatewayCallers(after: CallerID(unchecked: "a"), limit: 1)
            #expect(page == [all[1]])
            #expect(try await fixture.store.gatewayRowID(of: CallerID(unchecked: "c")) == all[2].rowID)
            #expect(try await fixture.store.gatewayRowID(of: CallerID(unchecked: "' OR '1'='1")) == nil)
        }
    }

    @Test("end callers with all their keys", arguments: TestStore.allCases)
    func deactivation(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let id = CallerID(unchecked: "dev-agent")
            let key = try await fixture.store.createGatewayCaller(
                id: id, role: .developer, trustLevel: .medium, environment: .development
            ).key
            let authority = fixture.authority()
            await authority.poll()
            #expect(try await authority.caller(presenting: key.text) != nil)
            try await fixture.store.deactivateGatewayCaller(id)
            await authority.poll()
            #expect(try await authority.caller(presenting: key.text) == nil)
            func code(_ id: CallerID) async -> AuthError.Code? {
                await #expect(throws: AuthError.self) { try await fixture.store.deactivateGatewayCaller(id) }?.code
            }
            #expect(await code(id) == .alreadyInactive)
            #expect(await code(CallerID(unchecked: "nobody")) == .unknownCaller)
        }
    }

    @Test("name the person behind a key, from the next poll on", arguments: TestStore.allCases)
    func person(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let key = try await fixture.store.createUser(email: nil, displayName: nil).key
            let authority = fixture.authority()
            await authority.poll()
            #expect(try await authority.caller(presenting: key.text)?.person == nil)
            try await fixture.store.setPerson("jo@example.org", of: key.publicID)
            await authority.poll()
            #expect(try await authority.caller(presenting: key.text)?.person?.text == "jo@example.org")
            func code(_ person: String?, _ id: KeyID) async -> AuthError.Code? {
                await #expect(throws: AuthError.self) { try await fixture.store.setPerson(person, of: id) }?.code
            }
            #expect(await code(String(repeating: "x", count: 256), key.publicID) == .invalidText)
            #expect(await code("x", KeyID(unchecked: "00000000")) == .unknownKey)
            try await fixture.store.revoke(key.publicID)
            #expect(await code(nil, key.publicID) == .alreadyRevoked)
        }
    }
}
