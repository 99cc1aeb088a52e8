import Identity
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@testable import Auth

@Suite("Hostile texts in keys")
struct HostileTextsTests {
    @Test("end as data in every column", arguments: TestStore.allCases)
    func columns(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            for (index, text) in HostileTexts.all.enumerated() {
                // An address has neither blanks nor control characters.
                let email = KeyStore.isEmail("x@\(text)") ? "x@\(text)" : "x@\(index)"
                let scopes = ScopeSet.limited([Scope(unchecked: text)])
                let created = try await fixture.store.createUser(
                    email: email, displayName: text, details: KeyDetails(label: text, person: text, scopes: scopes))
                let record = try #require(try await fixture.store.keys(of: created.userID).first)
                #expect(record.label?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
                #expect(record.person?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
                let user = try await fixture.database.read { connection in
                    try connection.queryOne("SELECT email, display_name FROM users WHERE id = \(created.userID)")
                }
                #expect(try user?.decode("email", as: String.self).unicodeScalars.elementsEqual(email.unicodeScalars) == true)
                #expect(
                    try user?.decode("display_name", as: String.self).unicodeScalars.elementsEqual(text.unicodeScalars) == true)
                let caller = try await fixture.authority().caller(presenting: created.key.text)
                let readable = Scope(text).map { ScopeSet.limited([$0]) } ?? .limited([])
                #expect(caller?.scopes == readable)
            }
            #expect(try await fixture.store.keys().count == HostileTexts.all.count)
        }
    }

    @Test("name nobody and nothing", arguments: TestStore.allCases)
    func names(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            _ = try await fixture.store.createUser(email: nil, displayName: nil)
            for text in HostileTexts.all + ["", "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"] {
                #expect(try await authority.caller(presenting: text) == nil)
                #expect(
                    await #expect(throws: AuthError.self) { try await fixture.store.createKey(for: text) }?.code == .unknownUser)
                let id = KeyID(unchecked: text)
                #expect(await #expect(throws: AuthError.self) { try await fixture.store.revoke(id) }?.code == .unknownKey)
                #expect(try await fixture.store.keys(of: text).isEmpty)
            }
            #expect(try await fixture.store.keys().count == 1)
        }
    }

    @Test("make no caller of a key whose owner another tool mangled", arguments: TestStore.allCases)
    func owners(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let user = try await fixture.store.createUser(email: nil, displayName: nil)
            let key = try await fixture.store.createKey(for: user.userID).key
            #expect(try await fixture.authority().caller(presenting: key.text)?.id.text == user.userID)
            for text in HostileTexts.all {
                try await fixture.run("UPDATE caller_keys SET owner_id = \(text) WHERE id = \(key.publicID.text)")
                #expect(try await fixture.authority().caller(presenting: key.text) == nil)
            }
        }
    }

    @Test(
        "are fine names of gateway callers",
        arguments: ["'); DELETE FROM api_keys; --", "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"], TestStore.allCases)
    func gatewayCallers(_ text: String, _ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let created = try await fixture.store.createGatewayCaller(
                id: CallerID(unchecked: text), role: Role(unchecked: text), trustLevel: .low,
                environment: EnvironmentName(unchecked: text), organisation: OrganisationID(unchecked: text))
            let caller = try await fixture.authority().caller(presenting: created.key.text)
            #expect(caller?.id.text == text)
            #expect(caller?.kind == .gatewayCaller)
            #expect(caller?.role?.text == text)
            #expect(caller?.environment?.text == text)
            #expect(caller?.organisation.text == text)
            try await fixture.store.revoke(created.key.publicID)
            #expect(try await fixture.authority().caller(presenting: created.key.text) == nil)
        }
    }
}
