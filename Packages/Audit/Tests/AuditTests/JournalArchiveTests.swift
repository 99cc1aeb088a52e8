@testable import Audit
import Cryptography
import DatabaseTestSupport
import Foundation
import Persistence
import StrictJSON
import Synchronization
import TestKit
import Testing

@Suite("Archive")
struct JournalArchiveTests {
    private struct Stopped: Error {}

    private final class Flag: Sendable {
        private let value = Atomic<Bool>(false)
        var isSet: Bool { self.value.load(ordering: .relaxed) }
        func set() { self.value.store(true, ordering: .relaxed) }
    }

    private func archive(
        _ fixture: AuditFixture, retreat: Int64 = JournalArchive.maximumRetreat,
        reached: @escaping @Sendable (ArchiveStep) throws -> Void = { _ in }
    ) -> JournalArchive {
        JournalArchive(
            database: fixture.database, folder: "\(fixture.folder)-archive", keyring: fixture.keyring, retreat: retreat,
            reached: reached)
    }

    /// Whole requests, the last of which began at the instant that is returned.
    private func fill(_ fixture: AuditFixture, _ journal: Journal, requests: Range<Int>) async throws {
        for number in requests {
            #expect(await fixture.recordRequest("req-\(number)", in: journal).allSatisfy { $0 == .durable })
        }
    }

    private func lines(of path: String) throws -> [[UInt8]] {
        try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] }
    }

    private func verify(file path: String, _ fixture: AuditFixture) throws -> VerificationReport {
        var verifier = ExportVerifier(keyring: fixture.keyring)
        for line in try self.lines(of: path) { verifier.read(line) }
        return verifier.finish()
    }

    @Test("moves what is old into a file that can be checked, and the chain goes on", arguments: TestStore.allCases)
    func archive(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { journal in
                try await self.fill(fixture, journal, requests: 0..<4)
                let instant = Timestamp.now()
                try await self.fill(fixture, journal, requests: 4..<6)
                let report = try await self.archive(fixture).run(before: instant)
                #expect(report.dropped == 12)
                let segment = try #require(report.segments.first)
                #expect(report.segments.count == 1)
                #expect((segment.first, segment.last) == (1, 12))
                let attributes = try FileManager.default.attributesOfItem(atPath: segment.path)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                let check = try self.verify(file: segment.path, fixture)
                #expect(check.isClean)
                #expect(check.records == 12)
                #expect(try await fixture.count("audit_journal") == 6)
                #expect(try await fixture.count("audit_events") == 6)

                // A second time there is nothing to do, and later the next segment goes on.
                #expect(try await self.archive(fixture).run(before: instant) == JournalArchive.Report())
                try await self.fill(fixture, journal, requests: 6..<8)
                let next = try await self.archive(fixture).run(before: .now())
                #expect(next.segments.map(\.first) == [13])
                #expect(next.dropped == 12)
                #expect(try await fixture.count("audit_journal") == 0)
                let found = try await fixture.verify()
                #expect(found.faults == [])
                #expect(found.segments == 2)

                // Ids stay taken, and the chain goes on behind an empty journal.
                #expect(await journal.record(.intent(AuditRequestID(unchecked: "req-0"))) == .refused(.requestIDTaken))
                try await self.fill(fixture, journal, requests: 8..<9)
            }
            #expect(try await fixture.verify().faults == [])
            var exported: [[UInt8]] = []
            try await JournalExport(database: fixture.database, keyring: fixture.keyring).writeAll { exported.append($0) }
            var verifier = ExportVerifier(keyring: fixture.keyring)
            for line in exported { verifier.read(line) }
            let slice = verifier.finish()
            #expect(slice.isClean)
            #expect(slice.records == 3)
            let rebuilt = try await ProjectionRebuild(database: fixture.database).run()
            #expect(rebuilt.rebuilt == 1)
            #expect(rebuilt.older == 8)
            #expect(try await fixture.count("audit_events") == 9)
        }
    }

    @Test(
        "leaves requests whole that have not ended, and finds a border that no request lies across", arguments: TestStore.allCases
    )
    func borders(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { journal in
                func begin(_ id: String) async { _ = await journal.record(.intent(AuditRequestID(unchecked: id))) }
                func end(_ id: String) async { _ = await journal.record(.outcome(.success, closing: fixture.event(id))) }
                await begin("a")  // 1
                await end("a")
                await begin("b")  // 3
                await begin("c")
                await end("b")
                let instant = Timestamp.now()
                await end("c")  // 6
                await begin("open")  // 7
                await begin("d")
                await end("d")
                let whole = try await self.archive(fixture).run(before: instant)
                #expect(whole.segments.map(\.last) == [2])
                // The open request keeps all that comes after its beginning.
                let open = try await self.archive(fixture).run(before: .now())
                #expect(open.segments.map(\.last) == [6])
                await end("open")  // 10
                let rest = try await self.archive(fixture).run(before: .now())
                #expect(rest.segments.map(\.last) == [10])
                // Where requests always overlap, the border goes through those that have ended.
                await begin("e")  // 11
                for number in 0..<6 {
                    await begin("f\(number)")
                    await end(number == 0 ? "e" : "f\(number - 1)")
                }
                let late = Timestamp.now()
                await end("f5")  // 24
                #expect(try await self.archive(fixture).run(before: late).segments.isEmpty)
                let cut = try await self.archive(fixture, retreat: 4).run(before: late)
                #expect(cut.segments.map(\.last) == [23])
            }
            #expect(try await fixture.verify().faults == [])
        }
    }

    @Test("loses nothing, whichever step is the last, and goes on", arguments: TestStore.allCases)
    func crash(_ store: TestStore) async throws {
        for step in ArchiveStep.allCases {
            try await AuditFixture.with(store) { fixture in
                var before: [[UInt8]] = []
                var writer = ""
                try await fixture.withJournal { journal in
                    writer = journal.writer
                    try await self.fill(fixture, journal, requests: 0..<3)
                }
                try await JournalExport(database: fixture.database, keyring: fixture.keyring).writeAll { before.append($0) }
                // As a process that ends just now: nothing of the archive goes on.
                let archive = self.archive(fixture) { if $0 == step { throw Stopped() } }
                await #expect(throws: Stopped.self) { try await archive.run(before: .now()) }
                #expect(try await fixture.verify().faults == [], "\(step)")
                try await self.archive(fixture).run(before: .now())
                #expect(try await fixture.count("audit_journal") == 0, "\(step)")
                #expect(try await fixture.verify().faults == [], "\(step)")
                let path = "\(fixture.folder)-archive/audit-\(writer)-1-9.jsonl"
                #expect(try self.lines(of: path) == before, "\(step)")
            }
        }
    }

    @Test("goes on where records were half dropped, and verification bears it", arguments: TestStore.allCases)
    func halfDropped(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { try await self.fill(fixture, $0, requests: 0..<4) }
            let report = try await self.attestOnly(fixture)
            try await fixture.run("DELETE FROM audit_journal WHERE sequence <= 5")
            #expect(try await fixture.verify().faults == [])
            // Without its file a segment keeps what is left.
            try FileManager.default.moveItem(atPath: report.path, toPath: report.path + ".away")
            let error = await #expect(throws: AuditError.self) { try await self.archive(fixture).run(before: .now()) }
            #expect(error?.code == .archiveUnusable)
            #expect(try await fixture.count("audit_journal") == 7)
            try FileManager.default.moveItem(atPath: report.path + ".away", toPath: report.path)
            #expect(try await self.archive(fixture).run(before: .now()).dropped == 7)
            #expect(try await fixture.verify().faults == [])
        }
    }

    /// A segment of all records, none of which is dropped yet.
    private func attestOnly(_ fixture: AuditFixture) async throws -> (path: String, last: Int64) {
        let archive = self.archive(fixture) { if $0 == .attested { throw Stopped() } }
        await #expect(throws: Stopped.self) { try await archive.run(before: .now()) }
        let row = try #require(try await fixture.database.queryOne("SELECT file, last_sequence FROM audit_segments"))
        return ("\(fixture.folder)-archive/\(try row.decode("file", as: String.self))", try row.decode("last_sequence"))
    }

    @Test("is checked: a segment that is forged, missing or changed shows", arguments: TestStore.allCases)
    func tampering(_ store: TestStore) async throws {
        for way in ["forged", "missing", "changed", "middle", "beyond", "covered"] {
            try await AuditFixture.with(store) { fixture in
                var writer = ""
                try await fixture.withJournal { journal in
                    writer = journal.writer
                    try await self.fill(fixture, journal, requests: 0..<2)
                    if way != "forged" { _ = try await self.archive(fixture).run(before: .now()) }
                    try await self.fill(fixture, journal, requests: 2..<4)
                    if way != "forged" { _ = try await self.archive(fixture).run(before: .now()) }
                    try await self.fill(fixture, journal, requests: 4..<6)
                }
                #expect(try await fixture.verify().faults == [])
                try await fixture.disarmTriggers()
                var expected: Set<String> = []
                switch way {
                case "forged":
                    try await fixture.run(
                        """
                        INSERT INTO audit_segments
                            (writer, first_sequence, last_sequence, previous_hash, last_hash, file, digest, archived_at, mac)
                        SELECT writer, 1, 3, previous_hash, hash, 'x', hash, recorded_at, hash FROM audit_journal
                        WHERE sequence = 3
                        """, "DELETE FROM audit_journal WHERE sequence <= 3")
                    expected = ["changed: segment \(writer) from 1", "gap: journal \(writer) sequence 1"]
                case "missing":
                    try await fixture.run("DELETE FROM audit_segments")
                    expected = ["gap: journal \(writer) sequence 1"]
                case "middle":
                    try await fixture.run("DELETE FROM audit_segments WHERE first_sequence = 1")
                    expected = ["gap: segment \(writer) from 7", "gap: journal \(writer) sequence 1"]
                case "changed":
                    try await fixture.run("UPDATE audit_segments SET file = 'other' WHERE first_sequence = 7")
                    // Whose events these are, only the segment said.
                    expected = [
                        "changed: segment \(writer) from 7", "gap: journal \(writer) sequence 7",
                        "added: events without records in the journal: 4, expected 2",
                    ]
                case "beyond":
                    try await fixture.run("DELETE FROM audit_journal WHERE sequence = 13")
                    expected = ["gap: journal \(writer) sequence 13"]
                default:
                    try await fixture.run(
                        """
                        INSERT INTO audit_journal
                            (writer, sequence, recorded_at, kind, request_id, event_id, body, previous_hash, hash)
                        SELECT writer, 12, recorded_at, kind, request_id, NULL, '{}', previous_hash, hash
                        FROM audit_journal WHERE sequence = 13
                        """)
                    expected = ["changed: journal \(writer) sequence 12"]
                }
                let found = try await Set(fixture.verify().faults.map(\.description))
                #expect(found == expected, "\(way)")
                if way != "beyond", way != "covered" {
                    await #expect(throws: AuditError.self, "\(way)") { try await self.archive(fixture).run(before: .now()) }
                }
            }
        }
    }

    @Test("runs beside journals that go on writing, and beside verification", arguments: TestStore.allCases)
    func beside(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { journal in
                let done = Flag()
                async let written: Void = {
                    for number in 0..<TestRun.count(150, long: 3_000) {
                        #expect(await fixture.recordRequest("req-\(number)", in: journal).allSatisfy(\.isKept))
                    }
                    done.set()
                }()
                async let verified: Void = {
                    while !done.isSet {
                        let faults = try await fixture.verify().faults
                        #expect(faults == [])
                    }
                }()
                while !done.isSet { _ = try await self.archive(fixture).run(before: .now()) }
                _ = try await (written, verified)
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
            }
            _ = try await self.archive(fixture).run(before: .now())
            #expect(try await fixture.verify().faults == [])
            var records = 0
            let folder = "\(fixture.folder)-archive"
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".jsonl") {
                let report = try self.verify(file: "\(folder)/\(name)", fixture)
                #expect(report.isClean)
                records += report.records
            }
            #expect(try await records + fixture.count("audit_journal") == 3 * TestRun.count(150, long: 3_000))
        }
    }

    @Test("may be taken for a part of the spool that the database had already", arguments: TestStore.allCases)
    func spooled(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            // A process that ended after its spool was drained and before it was emptied.
            let database = FaultyDatabase(fixture.database)
            var writer = ""
            var spool: [UInt8] = []
            try await fixture.withJournal(on: database) { journal in
                writer = journal.writer
                database.fault = .away
                #expect(await fixture.recordRequest("a", in: journal).allSatisfy { $0 == .spooled })
                spool = try Array(Data(contentsOf: URL(filePath: "\(fixture.folder)/\(writer).spool")))
                database.fault = .none
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
            }
            #expect(try await self.archive(fixture).run(before: .now()).dropped == 3)
            try Data(spool).write(to: URL(filePath: "\(fixture.folder)/\(writer).spool"))
            try await fixture.withJournal { journal in
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
                #expect(journal.currentState.spool.filesPutAside == 0)
            }
            #expect(try await fixture.verify().faults == [])
        }
    }

    @Test("writes in a folder alone, and over what an earlier run left")
    func alone() async throws {
        try await AuditFixture.with(.sqlite) { fixture in
            try await fixture.withJournal { try await self.fill(fixture, $0, requests: 0..<2) }
            let writer = try #require(
                try await fixture.database.queryOne("SELECT writer FROM audit_heads")?.decode("writer", as: String.self))
            let folder = fixture.folder + "-archive"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let left = "\(folder)/audit-\(writer)-1-6.jsonl.partial"
            #expect(FileManager.default.createFile(atPath: left, contents: Data(count: 100_000)))
            let other = self.archive(fixture)
            let archive = self.archive(fixture) { step in
                guard step == .verified else { return }
                throw Stopped()
            }
            await #expect(throws: Stopped.self) { try await archive.run(before: .now()) }
            do {
                let lock = try SpoolFolder(path: folder).lock()
                defer { withExtendedLifetime(lock) {} }
                let error = await #expect(throws: AuditError.self) { try await other.run(before: .now()) }
                #expect(error?.code == .folderInUse)
            }
            let report = try await other.run(before: .now())
            let path = try #require(report.segments.first?.path)
            #expect(try self.verify(file: path, fixture).isClean)
            #expect(!FileManager.default.fileExists(atPath: left))
        }
    }
}
