import DatabaseTestSupport
import Dispatch
import Identity
import Persistence
import Synchronization
import Testing

@testable import Auth

private final class DoneFlag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { self.state.load(ordering: .acquiring) }

    func set() { self.state.store(true, ordering: .releasing) }
}

@Suite("Standing of gateway callers")
struct StandingTests {
    private static let name = CallerID(unchecked: "admin-1")

    private func make(in fixture: AuthFixture) async throws -> KeyStore.NewGatewayKey {
        try await fixture.store.createGatewayCaller(
            id: Self.name, role: .admin, trustLevel: .medium, environment: .development,
            organisation: OrganisationID(unchecked: "acme-prod"), details: KeyDetails(person: "jo@example.org"))
    }

    private func standing(_ key: KeyID? = nil, in fixture: AuthFixture) async throws -> GatewayStanding? {
        let store = fixture.store
        return try await fixture.database.transaction(isolation: .readCommitted) { connection in
            try store.standing(of: Self.name, presenting: key, in: connection)
        }
    }

    @Test("is what row and valid keys say at the moment", arguments: TestStore.allCases)
    func facts(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            #expect(try await self.standing(in: fixture) == nil)
            let first = try await self.make(in: fixture)
            let jo = GatewayStanding(
                role: "admin", organisation: OrganisationID(unchecked: "acme-prod"), person: PersonID(unchecked: "jo@example.org")
            )
            #expect(try await self.standing(in: fixture) == jo)
            #expect(try await self.standing(first.key.publicID, in: fixture) == jo)
            #expect(try await self.standing(KeyID(unchecked: "another"), in: fixture) == nil)
            // Two keys of two humans name nobody; the one that is left names its own.
            let second = try await fixture.store.rotate(first.key.publicID, overlap: .seconds(60))
            try await fixture.store.setPerson("al@example.org", of: second.key.publicID)
            #expect(try await self.standing(first.key.publicID, in: fixture)?.person == nil)
            #expect(try await self.standing(first.key.publicID, in: fixture) != nil)
            fixture.time.set(second.endOfOld)
            #expect(try await self.standing(first.key.publicID, in: fixture) == nil)
            #expect(try await self.standing(in: fixture)?.person == PersonID(unchecked: "al@example.org"))
            try await fixture.database.write { _ = try $0.execute("UPDATE api_keys SET role = 'developer'") }
            #expect(try await self.standing(second.key.publicID, in: fixture)?.role == "developer")
            try await fixture.store.deactivateGatewayCaller(Self.name)
            #expect(try await self.standing(in: fixture) == nil)
        }
    }

    /// Runs `first` up to its last statement, begins `second`, and lets `first` commit only when `second` waits for it.
    ///
    /// - Returns: Whether `second` was done before `first` had committed.
    private func overlap(
        _ fixture: AuthFixture, first: @escaping @Sendable (any DatabaseConnection) throws -> Void,
        second: @escaping @Sendable () async throws -> Void
    ) async throws -> Bool {
        let (hasBegun, mayCommit) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let isDone = DoneFlag()
        let database = fixture.database
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await database.transaction(isolation: .readCommitted) { connection in
                    try first(connection)
                    hasBegun.signal()
                    mayCommit.wait()
                }
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    hasBegun.wait()
                    continuation.resume()
                }
            }
            group.addTask {
                try await second()
                isDone.set()
            }
            let end = ContinuousClock.now + .seconds(120)
            while !isDone.isSet, ContinuousClock.now < end {
                let row = try await database.queryOne("SELECT count(*) AS n FROM pg_locks WHERE NOT granted")
                if try row?.decode("n", as: Int.self) ?? 0 > 0 { break }
                try await Task.sleep(for: .milliseconds(2))
            }
            let wasFirst = isDone.isSet
            mayCommit.signal()
            try await group.waitForAll()
            return wasFirst
        }
    }

    @Test("holds keys and row until the transaction ends", arguments: ["revoke", "deactivate", "demote", "rename"])
    func holds(_ change: String) async throws {
        try await AuthFixture.with(.postgres) { fixture in
            let key = try await self.make(in: fixture).key.publicID
            let store = fixture.store
            let wasFirst = try await self.overlap(
                fixture,
                first: { connection in
                    let standing = try store.standing(of: Self.name, presenting: key, in: connection)
                    #expect(standing != nil)
                },
                second: { try await Self.change(change, key, in: fixture) })
            #expect(!wasFirst)
        }
    }

    @Test(
        "waits for whoever is changing keys or row, and sees the change", arguments: ["revoke", "deactivate", "demote", "rename"])
    func waits(_ change: String) async throws {
        try await AuthFixture.with(.postgres) { fixture in
            let key = try await self.make(in: fixture).key.publicID
            let store = fixture.store
            let seen = Mutex<GatewayStanding?>(nil)
            let nobodysHash = try PrescribedHash.ofNobody()
            let wasFirst = try await self.overlap(
                fixture,
                first: { connection in
                    switch change {
                    case "revoke":
                        _ = try KeyTable.revoke(key, at: .now(), replacingHashBy: nobodysHash, on: connection)
                    case "deactivate": try connection.execute("UPDATE api_keys SET is_active = FALSE")
                    case "demote": try connection.execute("UPDATE api_keys SET role = 'developer'")
                    default: try connection.execute("UPDATE caller_keys SET person = 'al@example.org'")
                    }
                },
                second: {
                    let standing = try await fixture.database.transaction(isolation: .readCommitted) { connection in
                        try store.standing(of: Self.name, presenting: key, in: connection)
                    }
                    seen.withLock { $0 = standing }
                })
            #expect(!wasFirst)
            let standing = seen.withLock { $0 }
            switch change {
            case "demote": #expect(standing?.role == "developer")
            case "rename": #expect(standing?.person == PersonID(unchecked: "al@example.org"))
            default: #expect(standing == nil)
            }
        }
    }

    private static func change(_ change: String, _ key: KeyID, in fixture: AuthFixture) async throws {
        switch change {
        case "revoke": try await fixture.store.revoke(key)
        case "deactivate": try await fixture.store.deactivateGatewayCaller(Self.name)
        case "demote": try await fixture.database.write { _ = try $0.execute("UPDATE api_keys SET role = 'developer'") }
        default: try await fixture.store.setPerson("al@example.org", of: key)
        }
    }
}
