@testable import Audit
import DatabaseTestSupport
import Foundation
import Persistence
import StrictJSON
import TestKit
import Testing

@Suite("Archive and rebuild, killed and on a full disk")
struct MaintenanceFaultTests {
    /// More than an archive drops in one transaction.
    private static let records = 620

    private func fill(_ fixture: AuditFixture) async throws {
        try await fixture.withJournal { journal in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<Self.records {
                    group.addTask {
                        let event = fixture.event("req-\(number)")
                        #expect(await journal.record(.decision(closing: event, takesRequestID: true)) == .durable)
                    }
                }
            }
        }
    }

    private func run(
        _ work: String, _ fixture: AuditFixture, step: String = "", hit: Int = 1, archive: String? = nil, fileBytes: Int? = nil
    ) async throws -> (said: String, termination: ChildProcess.Termination?) {
        let environment = [
            "PROBE_URL": "\(fixture.url)", "PROBE_SECRET": AuditFixture.secretText, "PROBE_WORK": work, "PROBE_STEP": step,
            "PROBE_HIT": "\(hit)", "PROBE_ARCHIVE": archive ?? self.archiveFolder(fixture),
            "PROBE_FILE_BYTES": fileBytes.map(String.init) ?? "",
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ]
        return try await withChildProcess(CrashTests.probe, environment: environment) { child in
            let termination = try await child.waitForExit(within: .seconds(120))
            return (child.output().text, termination)
        }
    }

    private func archiveFolder(_ fixture: AuditFixture) -> String { fixture.folder + "-archive" }

    /// The sequences in the files of a folder that have their names.
    private func archived(_ folder: String, _ fixture: AuditFixture) throws -> Set<Int64> {
        var sequences: Set<Int64> = []
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasSuffix(".jsonl") {
            #expect(try AuditCommands.verifyExport("\(folder)/\(name)", keyring: fixture.keyring).exitCode == 0)
            for line in try Data(contentsOf: URL(filePath: "\(folder)/\(name)")).split(separator: UInt8(ascii: "\n")) {
                let json = try JSONValue(parsing: Array(line))
                if json["type"] == "record", let sequence = json["sequence"]?.intValue { sequences.insert(Int64(sequence)) }
            }
        }
        return sequences
    }

    /// Whatever came before: each record is in the journal or in a file, and the rest of the work can be done.
    private func checkNothingIsLost(_ fixture: AuditFixture, archive: String, _ comment: Comment) async throws {
        #expect(try await fixture.verify().faults == [], comment)
        let rows = try await fixture.database.query("SELECT sequence FROM audit_journal")
        let live = try Set(rows.map { try $0.decode("sequence", as: Int64.self) })
        #expect(try live.union(self.archived(archive, fixture)).count == Self.records, comment)
        #expect(try await fixture.count("audit_events") == Self.records, comment)
    }

    @Test("an archive that is killed at any step loses nothing, and the next one goes on", arguments: TestStore.allCases)
    func killArchive(_ store: TestStore) async throws {
        let rounds = TestRun.count(1, long: 10)
        for step in ArchiveStep.allCases {
            for round in 1...rounds {
                try await AuditFixture.with(store) { fixture in
                    try await self.fill(fixture)
                    let hit = step == .dropping ? 1 + round % 2 : 1
                    let told = try await self.run("archive", fixture, step: step.rawValue, hit: hit)
                    let comment = Comment(rawValue: "\(step), round \(round): \(told.said)")
                    #expect(told.termination == .signalled(9), comment)
                    try await self.checkNothingIsLost(fixture, archive: self.archiveFolder(fixture), comment)
                    let rest = try await self.run("archive", fixture)
                    #expect(rest.said == "done\n", comment)
                    #expect(try await fixture.count("audit_journal") == 0, comment)
                    try await self.checkNothingIsLost(fixture, archive: self.archiveFolder(fixture), comment)
                }
            }
        }
    }

    @Test("a rebuild that is killed at any step leaves a whole table, and the next one is done", arguments: TestStore.allCases)
    func killRebuild(_ store: TestStore) async throws {
        let rounds = TestRun.count(1, long: 10)
        for step in ProjectionRebuild.Step.allCases {
            for round in 1...rounds {
                try await AuditFixture.with(store) { fixture in
                    try await self.fill(fixture)
                    let hit = step == .filling ? round % 6 + 1 : 1
                    let told = try await self.run("rebuild", fixture, step: step.rawValue, hit: hit)
                    let comment = Comment(rawValue: "\(step), round \(round): \(told.said)")
                    #expect(told.termination == .signalled(9), comment)
                    try await self.checkNothingIsLost(fixture, archive: self.archiveFolder(fixture), comment)
                    #expect(try await self.run("rebuild", fixture).said == "done\n", comment)
                    try await self.checkNothingIsLost(fixture, archive: self.archiveFolder(fixture), comment)
                    // The table is still one that nobody changes, and takes new rows.
                    await #expect(throws: PersistenceError.self) { try await fixture.run("DELETE FROM audit_events") }
                    try await fixture.withJournal { journal in
                        #expect(await fixture.recordRequest("later", in: journal).allSatisfy { $0 == .durable })
                    }
                }
            }
        }
    }

    @Test(
        "an archive and an export on a full disk say so, leave nothing half done, and work once there is room",
        .enabled(if: SmallDisk.isAvailable), arguments: TestStore.allCases)
    func fullDisk(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await self.fill(fixture)
            try await SmallDisk.with(kilobytes: 64) { disk in
                let told = try await self.run("archive", fixture, archive: disk)
                #expect(told.said.hasPrefix("failed archived records cannot be written: "), "\(told.said)")
                #expect(try await fixture.count("audit_journal") == Self.records)
                #expect(try await fixture.count("audit_segments") == 0)
                try await self.checkNothingIsLost(fixture, archive: disk, "full disk")
                let commands = AuditCommands(database: fixture.database, keyring: fixture.keyring)
                let error = await #expect(throws: AuditError.self) {
                    try await commands.export(.jsonl, toFile: disk + "/all.jsonl")
                }
                #expect(error?.code == .archiveUnusable)
                #expect(try FileManager.default.contentsOfDirectory(atPath: disk).allSatisfy { !$0.hasPrefix("all.jsonl") })
            }
            #expect(try await self.run("archive", fixture).said == "done\n")
            #expect(try await fixture.count("audit_journal") == 0)
            try await self.checkNothingIsLost(fixture, archive: self.archiveFolder(fixture), "with room")
        }
    }

    @Test("a rebuild without room for a second table changes nothing")
    func fullDiskForTable() async throws {
        try await AuditFixture.with(.sqlite) { fixture in
            try await self.fill(fixture)
            let told = try await self.run("rebuild", fixture, fileBytes: 200_000)
            #expect(told.said.hasPrefix("failed "), "\(told.said)")
            try await self.checkNothingIsLost(fixture, archive: self.archiveFolder(fixture), "no room")
            #expect(try await self.run("rebuild", fixture).said == "done\n")
            try await self.checkNothingIsLost(fixture, archive: self.archiveFolder(fixture), "with room")
        }
    }

    @Test(
        "a journal whose database is away and whose disk is full refuses, and keeps what it acknowledged",
        .enabled(if: SmallDisk.isAvailable), arguments: TestStore.allCases)
    func fullDiskForSpool(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await SmallDisk.with(kilobytes: 96) { disk in
                let database = FaultyDatabase(fixture.database)
                var kept: Set<Int> = []
                try await fixture.withJournal(on: database, folder: disk + "/audit") { journal in
                    database.fault = .away
                    for number in 0..<400 {
                        switch await journal.record(
                            .refusal(details: ["n": .integer(number), "pad": .string(String(repeating: "x", count: 400))]))
                        {
                        case .spooled: kept.insert(number)
                        case .durable: Issue.record("the database is away")
                        case .refused(let reason): #expect(reason == .unavailable || reason == .spoolFull, "\(reason)")
                        }
                    }
                    #expect(kept.count > 20)
                    #expect(kept.count < 400)
                    #expect(journal.health == .unhealthy)
                    database.fault = .none
                    try await fixture.wait(for: journal) { $0.spool.depth == 0 }
                    #expect(await journal.record(.refusal(details: ["n": 400])) == .durable)
                }
                let rows = try await fixture.database.query("SELECT body FROM audit_journal")
                let found = try rows.compactMap { row in
                    try JSONValue(parsing: Array(row.decode("body", as: String.self).utf8))["details"]?["n"]?.intValue
                }
                #expect(Set(found) == kept.union([400]))
                #expect(found.count == kept.count + 1)
                #expect(try await fixture.verify(folder: disk + "/audit").faults == [])
            }
        }
    }
}
