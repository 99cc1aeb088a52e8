@testable import Audit
import DatabaseTestSupport
import Foundation
import Persistence
import TestKit
import Testing

@Suite("Crash")
struct CrashTests {
    /// The program beside the tests.
    static let probe: String = {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            let folder = bundle.bundleURL.deletingLastPathComponent()
        #else
            let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
        return folder.appending(path: "AuditProbe").path(percentEncoded: false)
    }()

    /// What a process told of its records: `intent ID` or `outcome ID`.
    private struct Told {
        var kept: [String] = []
        var refused: [String] = []
        var isDone = false
        var termination: ChildProcess.Termination?
    }

    private func runProbe(_ fixture: AuditFixture, _ settings: [String: String]) async throws -> Told {
        let environment = [
            "PROBE_URL": "\(fixture.url)", "PROBE_FOLDER": fixture.folder, "PROBE_SECRET": AuditFixture.secretText,
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ].merging(settings) { $1 }
        return try await withChildProcess(Self.probe, environment: environment) { child in
            var told = Told()
            told.termination = try await child.waitForExit(within: .seconds(120))
            for line in child.output().lines {
                let words = line.split(separator: " ").map(String.init)
                if line == "done" { told.isDone = true }
                guard words.count == 3 else { continue }
                if words[2].hasPrefix("refused") {
                    told.refused.append("\(words[0]) \(words[1])")
                } else {
                    told.kept.append("\(words[0]) \(words[1])")
                }
            }
            return told
        }
    }

    /// Starts a journal on what is left, and holds it against what was told.
    private func checkNothingIsLost(_ fixture: AuditFixture, _ told: Told, _ comment: Comment) async throws {
        try await fixture.withJournal { journal in
            try await fixture.wait(for: journal) { $0.spool.depth == 0 }
            #expect(journal.currentState.spool.filesPutAside == 0, comment)
        }
        let rows = try await fixture.database.query("SELECT kind, request_id FROM audit_journal")
        let found = try rows.map { try $0.decode("kind", as: String.self) + " " + $0.decode("request_id", as: String.self) }
        #expect(Set(found).count == found.count, comment)
        #expect(Set(told.kept).subtracting(found) == [], comment)
        #expect(Set(told.refused).intersection(found) == [], comment)
        let report = try await fixture.verify()
        #expect(report.faults == [], comment)
        let closings = found.count { $0.hasPrefix("outcome") }
        #expect(report.events == closings, comment)
        #expect(try await fixture.count("audit_events") == closings, comment)
    }

    // In three parts, so that each is done in a few minutes with LONG=1.
    @Test("loses nothing that was acknowledged when it is killed while it commits", arguments: TestStore.allCases)
    func killCommitting(_ store: TestStore) async throws {
        try await self.kill(at: [.begun, .beforeCommit, .committed, .headStored], store)
    }

    @Test("loses nothing that was acknowledged when it is killed while it spools", arguments: TestStore.allCases)
    func killSpooling(_ store: TestStore) async throws {
        try await self.kill(at: [.beforeSpooling, .spoolWritten, .spooled], store)
    }

    @Test("loses nothing that was acknowledged when it is killed while it empties the spool", arguments: TestStore.allCases)
    func killDraining(_ store: TestStore) async throws {
        try await self.kill(at: [.beforeDrainCommit, .drained], store)
    }

    private func kill(at steps: [JournalStep], _ store: TestStore) async throws {
        let rounds = TestRun.count(1, long: 110)
        var generator = SeededGenerator(seed: TestRun.seed)
        for step in steps {
            for round in 0..<rounds {
                try await AuditFixture.with(store) { fixture in
                    let hit = Int.random(in: 1...4, using: &generator)
                    let comment = Comment(rawValue: "\(step) \(hit), round \(round), seed \(TestRun.seed)")
                    let told = try await self.runProbe(
                        fixture,
                        [
                            "PROBE_REQUESTS": "12", "PROBE_OUTAGE": "3-9", "PROBE_STEP": step.rawValue, "PROBE_HIT": "\(hit)",
                        ])
                    // The spool is emptied in few transactions, so its steps come less often.
                    if hit == 1 { #expect(told.termination == .signalled(9), comment) }
                    try await self.checkNothingIsLost(fixture, told, comment)
                }
            }
        }
    }

    @Test("is killed where it is told to", arguments: JournalStep.allCases)
    func steps(_ step: JournalStep) async throws {
        try await AuditFixture.with(.sqlite) { fixture in
            let told = try await self.runProbe(
                fixture, ["PROBE_REQUESTS": "6", "PROBE_OUTAGE": "2-4", "PROBE_STEP": step.rawValue, "PROBE_HIT": "1"])
            #expect(told.termination == .signalled(9))
            #expect(!told.isDone)
            try await self.checkNothingIsLost(fixture, told, "\(step)")
        }
    }

    @Test("goes on with what earlier processes left, killed again and again", arguments: TestStore.allCases)
    func again(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            var all = Told()
            for (number, step) in JournalStep.allCases.enumerated() {
                let told = try await self.runProbe(
                    fixture,
                    [
                        "PROBE_REQUESTS": "6", "PROBE_OUTAGE": number.isMultiple(of: 2) ? "1-5" : "2-4",
                        "PROBE_STEP": step.rawValue, "PROBE_HIT": "2",
                    ])
                all.kept += told.kept
                all.refused += told.refused
            }
            try await self.checkNothingIsLost(fixture, all, "all")
        }
    }

    @Test("leaves a file for its head that is empty, when it is killed before it wrote one, and that is no fault")
    func emptyHead() async throws {
        try await AuditFixture.with(.sqlite) { fixture in
            let writer = try await fixture.withJournal { journal in
                #expect(await fixture.recordRequest("req-1", in: journal).allSatisfy(\.isKept))
                return journal.writer
            }
            let path = "\(fixture.folder)/\(writer).head"
            try #require(!Data(contentsOf: URL(filePath: path)).isEmpty)
            try Data().write(to: URL(filePath: path))
            #expect(try await fixture.verify().faults == [])
            try Data(" ".utf8).write(to: URL(filePath: path))
            #expect(try await fixture.verify().faults.map(\.description) == ["changed: head file \(writer)"])
        }
    }

    @Test("refuses on a full disk, and loses nothing of what was there", arguments: TestStore.allCases)
    func fullDisk(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            for bytes in [100_000, 140_000] {
                let told = try await self.runProbe(
                    fixture,
                    [
                        "PROBE_REQUESTS": "30", "PROBE_FILE_BYTES": "\(bytes)",
                        // Without an end, as the spool could not be emptied on a full disk.
                        "PROBE_OUTAGE": store == .postgres ? "5-28" : "",
                    ])
                #expect(told.isDone)
                #expect(!told.refused.isEmpty)
                try await self.checkNothingIsLost(fixture, told, "\(bytes) bytes")
            }
        }
    }
}
