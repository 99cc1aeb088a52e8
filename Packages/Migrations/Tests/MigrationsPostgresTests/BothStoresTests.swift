import Migrations
import Persistence
import DatabaseTestSupport
import Testing

@Suite("Migrator on both stores")
struct BothStoresTests {
    @Test("goes up and down to identical schemas at every step", arguments: TestStore.allCases)
    func steps(_ store: TestStore) async throws {
        try await Bed.with(store) { bed in
            let migrator = try bed.migrator(Chains.notes(), Chains.labels())
            var pictures = [try await bed.picture()]
            for target in ["n1", "n2", "l1", "n3"] {
                #expect(try await migrator.upgrade(to: .revision(target, chain: nil)).count == 1)
                pictures.append(try await bed.picture())
            }
            #expect(try await migrator.status().isCurrent)
            #expect(Set(pictures).count == 5)
            for picture in pictures.reversed().dropFirst() {
                try await migrator.downgrade(to: .steps(1))
                let now = try await bed.picture()
                #expect(now.differences(from: picture) == [])
                #expect(now == picture)
            }
            #expect(try await migrator.upgrade().count == 4)
            #expect(try await bed.picture() == pictures.last)
        }
    }

    @Test("keeps nothing of a revision that fails half-way", arguments: TestStore.allCases)
    func failure(_ store: TestStore) async throws {
        try await Bed.with(store) { bed in
            let broken = Chains.revision(
                "n3", "n2",
                up: ["CREATE TABLE half (id INTEGER)", "INSERT INTO half VALUES (1)", "CREATE TABLE notes (id INTEGER)"])
            let migrator = try bed.migrator(Chains.notes([Chains.notes1, Chains.notes2, broken]))
            let error = await #expect(throws: MigrationError.self) { try await migrator.upgrade() }
            #expect(error?.code == .revisionFailed)
            #expect(error?.completed == Chains.keys("n1", "n2"))
            #expect(error?.message.hasPrefix("statement 3 of 3 of revision notes:n3 failed, nothing of it was kept: ") == true)
            #expect(try await bed.picture().tables == ["notes"])
            #expect(try await migrator.check() == Chains.keys("n3"))
            #expect(try await bed.migrator(Chains.notes()).upgrade() == Chains.keys("n3"))
        }
    }

    @Test("two at once: one works, the other finds it done", arguments: TestStore.allCases)
    func together(_ store: TestStore) async throws {
        try await Bed.with(store) { bed in
            async let one = bed.migrator(Chains.notes(), Chains.labels()).upgrade()
            async let two = bed.migrator(Chains.notes(), Chains.labels()).upgrade()
            let counts = try await [one.count, two.count]
            #expect(counts.sorted() == [0, 4])
        }
    }

    @Test("refuses changed and unknown revisions", arguments: TestStore.allCases)
    func verification(_ store: TestStore) async throws {
        try await Bed.with(store) { bed in
            try await bed.migrator(Chains.notes()).upgrade()
            let older = try bed.migrator(Chains.notes([Chains.notes1]))
            await #expect(throws: MigrationError.code(.unknownRevision)) { try await older.check() }
            let changed = Chains.revision("n3", "n2", up: ["CREATE TABLE drafts (id INTEGER)"])
            let other = try bed.migrator(Chains.notes([Chains.notes1, Chains.notes2, changed]))
            await #expect(throws: MigrationError.code(.changedRevision)) { try await other.upgrade() }
        }
    }

    @Test("stamps without touching a table, and shows when", arguments: TestStore.allCases)
    func stamp(_ store: TestStore) async throws {
        try await Bed.with(store) { bed in
            let migrator = try bed.migrator(Chains.notes())
            try await migrator.stamp(.revision("n2", chain: nil))
            #expect(try await bed.picture().tables == [])
            #expect(try await migrator.history().map { $0.appliedAt != nil } == [true, true, false])
            try await migrator.stamp(.base)
            #expect(try await migrator.check().count == 3)
        }
    }
}
