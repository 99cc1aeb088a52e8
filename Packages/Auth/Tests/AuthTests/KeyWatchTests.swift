import Identity
import Logging
import Migrations
import Persistence
import PersistencePostgres
import DatabaseTestSupport
import SchemasTestSupport
import Synchronization
import TestKit
import Testing

@testable import Auth

@Suite("Watch over keys", .timeLimit(.minutes(2)))
struct KeyWatchTests {
    /// Runs an authority as a service while `body` runs.
    private func running(_ authority: KeyAuthority, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await authority.run() }
            while authority.state.withLock({ $0.checkedAt == nil }) { await Task.yield() }
            try await body()
            group.cancelAll()
        }
    }

    /// Asks until the key is not known any more; the suite's limit ends what never happens.
    private func waitForEnd(of key: APIKey, at authority: KeyAuthority) async throws {
        while try await authority.caller(presenting: key.text) != nil { await Task.yield() }
    }

    @Test("lets a key end on every server that shares the database", arguments: TestStore.allCases)
    func twoServers(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let (first, second) = (fixture.authority(), fixture.authority())
            let key = try await fixture.store.createUser(email: nil, displayName: nil).key
            try await self.running(second) {
                while second.state.withLock({ $0.cache.entry(for: key.digest, at: .now()) == nil }) {
                    #expect(try await second.caller(presenting: key.text) != nil)
                }
                try await first.revoke(key.publicID)
                try await self.waitForEnd(of: key, at: second)
            }
        }
    }

    @Test("does not believe what it remembers when it could not look for changes", arguments: TestStore.allCases)
    func trust(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let key = try await fixture.store.createUser(email: nil, displayName: nil).key
            let patient = fixture.authority { $0.trustLimit = .seconds(600) }
            let impatient = fixture.authority { $0.trustLimit = .zero }
            let unwatched = fixture.authority { $0.trustLimit = .seconds(600) }
            for authority in [patient, impatient] { await authority.poll() }
            for authority in [patient, impatient, unwatched] {
                #expect(try await authority.caller(presenting: key.text) != nil)
            }
            await fixture.database.close()
            #expect(try await patient.caller(presenting: key.text) != nil)
            for authority in [impatient, unwatched] {
                await #expect(throws: PersistenceError.self) { try await authority.caller(presenting: key.text) }
            }
        }
    }

    @Test("forgets keys while the server stalls, and finds them again when it goes on")
    func stalledServer() async throws {
        try await withPostgresServer { server in
            let url = try DatabaseURL(server.url(database: try await server.createDatabase()))
            let database = try await PostgresDatabase.open(url: url)
            try await Migrator(database: database, chains: AuthFixture.chains, lock: NoMigrationLock()).upgrade()
            let fixture = AuthFixture(database: database)
            let log = RecordedLog()
            let authority = fixture.authority(log: log)
            let key = try await fixture.store.createUser(email: nil, displayName: nil).key
            try await self.running(authority) { () async throws -> Void in
                #expect(try await authority.caller(presenting: key.text) != nil)
                server.suspend()
                await log.wait(for: "keys cannot be watched")
                // A look-up that waits for the server ends with its task; one from memory would have its answer.
                let lookUp = Task { try await authority.caller(presenting: key.text) }
                lookUp.cancel()
                await #expect(throws: (any Error).self) { try await lookUp.value }
                server.resume()
                while authority.state.withLock({ $0.isBlind }) { await Task.yield() }
                #expect(try await authority.caller(presenting: key.text) != nil)
            }
            await database.close()
        }
    }

    @Test("needs no look where PostgreSQL's notifications are heard")
    func notifications() async throws {
        try await withTestDatabaseURL(.postgres) { url in
            let database = try await PostgresDatabase.open(url: url)
            try await Migrator(database: database, chains: AuthFixture.chains, lock: NoMigrationLock()).upgrade()
            let fixture = AuthFixture(database: database)
            let key = try await fixture.store.createUser(email: nil, displayName: nil).key
            // It looks for changes once only, and believes what it remembers for long.
            let authority = fixture.authority { $0.trustLimit = .seconds(600) }
            await authority.poll()
            let listener = try PostgresListener(url: url, channels: [KeyAuthority.changeChannel])
            let (listening, began) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        try await listener.run { event in
                            switch event {
                            case .listening:
                                authority.invalidate()
                                began.yield()
                            case .notification: authority.invalidate()
                            case .disconnected: break
                            }
                        }
                    } catch is CancellationError {
                        // The test is over.
                    }
                }
                for await _ in listening { break }
                #expect(try await authority.caller(presenting: key.text) != nil)
                try await fixture.store.revoke(key.publicID)
                try await self.waitForEnd(of: key, at: authority)
                group.cancelAll()
            }
            await database.close()
        }
    }
}
