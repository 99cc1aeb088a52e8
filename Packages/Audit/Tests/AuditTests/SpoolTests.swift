import Audit
import DatabaseTestSupport
import Foundation
import Persistence
import PersistencePostgres
import StrictJSON
import Synchronization
import TestKit
import Testing

@Suite("Spool")
struct SpoolTests {
    @Test("takes records while the database is away, and brings each to it once, in order", arguments: TestStore.allCases)
    func outage(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            try await fixture.withJournal(on: database) { journal in
                #expect(await fixture.recordRequest("before", in: journal) == [.durable, .durable, .durable])
                database.fault = .away
                #expect(await fixture.recordRequest("during", in: journal) == [.spooled, .spooled, .spooled])
                #expect(await journal.record(.intent(AuditRequestID(unchecked: "during"))) == .refused(.requestIDTaken))
                let state = journal.currentState.spool
                #expect(state.depth == 3)
                #expect(state.bytes > 0)
                #expect(state.oldest != nil)
                #expect(state.age() >= .zero)
                #expect(try await fixture.verify().faults == [])
                database.fault = .none
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
                #expect(journal.currentState.spool.oldest == nil)
                #expect(await fixture.recordRequest("after", in: journal) == [.durable, .durable, .durable])
            }
            let report = try await fixture.verify()
            #expect(report.faults == [])
            #expect(report.records == 9)
            #expect(report.events == 3)
        }
    }

    @Test("keeps its order while records go on coming", arguments: TestStore.allCases)
    func load(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            let count = TestRun.count(300, long: 5_000)
            try await fixture.withJournal(on: database) { journal in
                for number in 0..<count {
                    let faults: [FaultyDatabase.Fault] = [.none, .away, .answerLost, .lostBeforeCommit, .none]
                    if number % 20 == 0 { database.fault = faults[number / 20 % faults.count] }
                    #expect(await journal.record(.intent(AuditRequestID(unchecked: "req-\(number)"))).isKept)
                }
                database.fault = .none
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
            }
            let report = try await fixture.verify()
            #expect(report.faults == [])
            #expect(report.records == count)
            let ids = try await fixture.database.query("SELECT request_id FROM audit_journal ORDER BY sequence")
            #expect(try ids.map { try $0.decode("request_id") } == (0..<count).map { "req-\($0)" })
        }
    }

    @Test("does not lose or repeat a batch whose answer was lost", arguments: TestStore.allCases, [true, false])
    func answerLost(_ store: TestStore, _ isCommitted: Bool) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            try await fixture.withJournal(on: database) { journal in
                database.fault = isCommitted ? .answerLost : .lostBeforeCommit
                #expect(await fixture.recordRequest("req-1", in: journal).allSatisfy { $0 == .spooled })
                database.fault = .none
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
                #expect(await fixture.recordRequest("req-2", in: journal).allSatisfy { $0 == .durable })
            }
            #expect(try await fixture.verify().faults == [])
            #expect(try await fixture.count("audit_journal") == 6)
            #expect(try await fixture.count("audit_events") == 2)
        }
    }

    @Test("goes on after a commit that nobody knows of, when the spool failed too", arguments: TestStore.allCases, [true, false])
    func doubt(_ store: TestStore, _ isCommitted: Bool) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            let isBroken = Mutex(false)
            var seams = JournalSeams()
            seams.synchronize = { isBroken.withLock { $0 } ? -1 : fsync($0) }
            try await fixture.withJournal(on: database, seams: seams) { journal in
                #expect(await journal.record(.refusal(details: ["n": 1])) == .durable)
                for next in [FaultyDatabase.Fault.none, .away, .answerLost] {
                    database.fault = isCommitted ? .answerLost : .lostBeforeCommit
                    isBroken.withLock { $0 = true }
                    #expect(await journal.record(.refusal(details: ["n": 2])) == .refused(.unavailable))
                    #expect(!journal.currentState.spool.isWritable)
                    isBroken.withLock { $0 = false }
                    database.fault = next
                    #expect(await journal.record(.refusal(details: ["n": 3])).isKept)
                    #expect(await journal.record(.refusal(details: ["n": 4])).isKept)
                    database.fault = .none
                    try await fixture.wait(for: journal) { $0.spool.depth == 0 }
                    #expect(await journal.record(.refusal(details: ["n": 5])) == .durable)
                }
            }
            #expect(try await fixture.verify().faults == [])
            let kept = try await fixture.count("audit_journal", "body LIKE '%\"n\": 3%' OR body LIKE '%\"n\": 4%'")
            #expect(kept == 6)
        }
    }

    @Test(
        "S3-9: refuses when neither database nor spool can be written, and keeps again afterwards", arguments: TestStore.allCases)
    func failingDisk(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            let isBroken = Mutex(false)
            var seams = JournalSeams()
            seams.synchronize = { isBroken.withLock { $0 } ? -1 : fsync($0) }
            try await fixture.withJournal(on: database, seams: seams) { journal in
                database.fault = .away
                #expect(await journal.record(.refusal(details: ["kept": 1])) == .spooled)
                isBroken.withLock { $0 = true }
                #expect(await journal.record(.refusal(details: ["lost": 1])) == .refused(.unavailable))
                #expect(await journal.record(.refusal(details: ["lost": 2])) == .refused(.unavailable))
                isBroken.withLock { $0 = false }
                #expect(await journal.record(.refusal(details: ["kept": 2])) == .spooled)
                #expect(journal.currentState.spool.isWritable)
                database.fault = .none
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
            }
            #expect(try await fixture.verify().faults == [])
            #expect(try await fixture.count("audit_journal") == 2)
            #expect(try await fixture.count("audit_journal", "body LIKE '%lost%'") == 0)
        }
    }

    @Test("survives a restart, and is emptied by the next process", arguments: TestStore.allCases)
    func restart(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            database.fault = .away
            for process in 0..<3 {
                try await fixture.withJournal(on: database) { journal in
                    #expect(journal.currentState.spool.depth == process * 3)
                    #expect(await fixture.recordRequest("req-\(process)", in: journal).allSatisfy { $0 == .spooled })
                }
            }
            #expect(try await fixture.verify().spooledRecords == 9)
            try await fixture.withJournal { journal in
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
                #expect(await fixture.recordRequest("last", in: journal).allSatisfy { $0 == .durable })
            }
            let report = try await fixture.verify()
            #expect(report.faults == [])
            #expect(report.records == 12)
            #expect(report.writers == 4)
            #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder).count { $0.hasSuffix(".spool") } == 0)
        }
    }

    @Test("keeps both events when an id was used at two servers during an outage", arguments: TestStore.allCases)
    func sameIDApart(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            try await fixture.withJournal(on: database, folder: fixture.folder + "-1") { first in
                database.fault = .away
                #expect(await fixture.recordRequest("same", in: first).allSatisfy { $0 == .spooled })
                try await fixture.withJournal(folder: fixture.folder + "-2") { second in
                    #expect(await fixture.recordRequest("same", in: second).allSatisfy { $0 == .durable })
                }
                database.fault = .none
                try await fixture.wait(for: first) { $0.spool.depth == 0 }
                #expect(try await fixture.count("audit_events") == 2)
                #expect(try await fixture.count("audit_events", "request_id = \("same~\(first.writer).3")") == 1)
            }
            #expect(try await fixture.verify(folder: fixture.folder + "-1").faults == [])
        }
    }

    @Test("gives up on a transaction that takes too long", arguments: TestStore.allCases)
    func slowness(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            let configuration = AuditFixture.configuration { $0.commitDeadline = .milliseconds(50) }
            try await fixture.withJournal(on: database, configuration: configuration) { journal in
                database.fault = .hangs
                #expect(await journal.record(.refusal(details: [:])) == .spooled)
                #expect(journal.currentState.spool.lastFailure != nil)
            }
            try await fixture.withJournal { try await fixture.wait(for: $0) { $0.spool.depth == 0 } }
            #expect(try await fixture.verify().faults == [])
        }
    }

    @Test("has bounds", arguments: TestStore.allCases)
    func bounds(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            database.fault = .away
            let byRecords = AuditFixture.configuration { $0.maximumSpoolRecords = 2 }
            try await fixture.withJournal(on: database, configuration: byRecords) { journal in
                #expect(await journal.record(.refusal(details: [:])) == .spooled)
                #expect(await journal.record(.refusal(details: [:])) == .spooled)
                #expect(await journal.record(.refusal(details: [:])) == .refused(.spoolFull))
            }
            let byBytes = AuditFixture.configuration { $0.maximumSpoolBytes = 1_000 }
            try await fixture.withJournal(on: database, configuration: byBytes) { journal in
                var answers: [RecordAnswer] = []
                for _ in 0..<8 { answers.append(await journal.record(.refusal(details: [:]))) }
                #expect(answers.first == .spooled)
                #expect(answers.last == .refused(.spoolFull))
                #expect(journal.currentState.spool.bytes <= 1_000)
            }
        }
    }

    @Test("takes a torn end for what it is, and puts damage aside", arguments: TestStore.allCases)
    func damage(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            database.fault = .away
            var writers: [String] = []
            for _ in 0..<2 {
                try await fixture.withJournal(on: database) { journal in
                    writers.append(journal.writer)
                    for number in 0..<3 { #expect(await journal.record(.refusal(details: ["n": .integer(number)])) == .spooled) }
                }
            }
            let torn = URL(filePath: "\(fixture.folder)/\(writers[0]).spool")
            try (Data(contentsOf: torn) + Data("GAJ1\0\0\u{1}".utf8)).write(to: torn)
            let damaged = URL(filePath: "\(fixture.folder)/\(writers[1]).spool")
            var bytes = try Data(contentsOf: damaged)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: damaged)
            #expect(try await Set(fixture.verify().faults.map(\.kind)) == [.truncated, .changed])
            try await fixture.withJournal { journal in
                try await fixture.wait(for: journal) { $0.spool.depth == 0 && $0.spool.filesPutAside == 1 }
            }
            #expect(try await fixture.count("audit_journal") == 5)
            #expect(try await fixture.verify().faults.map(\.description) == ["gap: journal \(writers[1]) sequence 2"])
            #expect(FileManager.default.fileExists(atPath: damaged.path + ".damaged"))
            #expect(!FileManager.default.fileExists(atPath: torn.path))
        }
    }

    @Test("puts a file aside that contradicts the database", arguments: TestStore.allCases)
    func contradiction(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            database.fault = .away
            var seams = JournalSeams()
            seams.writer = String(repeating: "cd", count: 16)
            try await fixture.withJournal(on: database, seams: seams) { journal in
                #expect(await journal.record(.refusal(details: ["from": "spool"])) == .spooled)
            }
            try await fixture.withJournal(folder: fixture.folder + "-copy", seams: seams) { journal in
                #expect(await journal.record(.refusal(details: ["from": "copy"])) == .durable)
            }
            #expect(try await fixture.verify().faults.map(\.kind).contains(.forked))
            try await fixture.withJournal { journal in
                try await fixture.wait(for: journal) { $0.spool.filesPutAside == 1 }
                #expect(await journal.record(.refusal(details: [:])) == .durable)
            }
            let file = "\(fixture.folder)/\(String(repeating: "cd", count: 16)).spool.conflict"
            #expect(FileManager.default.fileExists(atPath: file))
        }
    }

    @Test("brings a record whose event the database refuses, and those after it", arguments: TestStore.allCases)
    func refusedEvent(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            switch store {
            case .sqlite:
                try await fixture.run(
                    """
                    CREATE TRIGGER tr_test BEFORE INSERT ON audit_events WHEN NEW.tool_name = 'cursed' BEGIN
                        SELECT RAISE(ABORT, 'no');
                    END
                    """)
            case .postgres:
                try await fixture.run("ALTER TABLE audit_events ADD CONSTRAINT ck_test CHECK (tool_name <> 'cursed')")
            }
            try await fixture.withJournal { journal in
                #expect(await fixture.recordRequest("before", in: journal).allSatisfy(\.isKept))
                let cursed = fixture.event("cursed") { $0.toolName = "cursed" }
                #expect(await journal.record(.decision(closing: cursed, takesRequestID: true)) == .spooled)
                #expect(await fixture.recordRequest("after", in: journal).allSatisfy(\.isKept))
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
                #expect(await fixture.recordRequest("last", in: journal).allSatisfy { $0 == .durable })
            }
            #expect(try await fixture.count("audit_journal") == 10)
            #expect(try await fixture.count("audit_events") == 3)
            #expect(try await fixture.verify().faults.map(\.description) == ["gap: event \"cursed\""])
        }
    }

    @Test("has files that nobody else can read")
    func modes() async throws {
        try await AuditFixture.with(.sqlite) { fixture in
            let database = FaultyDatabase(fixture.database)
            database.fault = .away
            try await fixture.withJournal(on: database) { journal in
                #expect(await journal.record(.refusal(details: [:])) == .spooled)
                for name in ["", "/lock", "/\(journal.writer).spool", "/\(journal.writer).head"] {
                    let attributes = try FileManager.default.attributesOfItem(atPath: fixture.folder + name)
                    #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o077 } == 0, "\(name)")
                }
            }
        }
    }

    @Test("takes records while a server is stopped, halted and killed")
    func server() async throws {
        try await withPostgresServer { server in
            let url = try DatabaseURL(server.url(database: try await server.createDatabase()))
            try await AuditFixture.with(url, .postgres) { fixture in
                let configuration = AuditFixture.configuration { $0.commitDeadline = .seconds(2) }
                var kept = 0
                try await fixture.withJournal(configuration: configuration) { journal in
                    for round in 0..<TestRun.count(1, long: 10) {
                        for fault in ["stop", "kill", "suspend"] {
                            #expect(await fixture.recordRequest("a-\(fault)-\(round)", in: journal).allSatisfy(\.isKept))
                            switch fault {
                            case "stop": try await server.stop()
                            case "kill": try await server.kill()
                            default: server.suspend()
                            }
                            let answers = await fixture.recordRequest("b-\(fault)-\(round)", in: journal)
                            #expect(answers == [.spooled, .spooled, .spooled], "\(fault)")
                            if fault == "suspend" { server.resume() } else { try await server.start() }
                            try await fixture.wait(for: journal) { $0.spool.depth == 0 }
                            kept += 6
                        }
                    }
                }
                let report = try await fixture.verify()
                #expect(report.faults == [])
                #expect(report.records == kept)
                #expect(report.events == kept / 3)
            }
        }
    }

    @Test("refuses an id that this process has seen taken, also while the database is away", arguments: TestStore.allCases)
    func knownIDs(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            let configuration = AuditFixture.configuration { $0.rememberedRequestIDs = 4 }
            try await fixture.withJournal(on: database, configuration: configuration) { journal in
                func intent(_ id: String) async -> RecordAnswer {
                    await journal.record(.intent(AuditRequestID(unchecked: id)))
                }
                for number in 0..<12 { #expect(await intent("req-\(number)") == .durable) }
                database.fault = .away
                // At least the newest four; the first ones are forgotten, and kept beside the others later.
                for number in 8..<12 { #expect(await intent("req-\(number)") == .refused(.requestIDTaken)) }
                #expect(await intent("req-0") == .spooled)
                #expect(await intent("new") == .spooled)
                #expect(await intent("new") == .refused(.requestIDTaken))
                database.fault = .none
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
            }
            #expect(try await fixture.verify().faults == [])
        }
    }

    @Test("is seen in the health of the journal", arguments: TestStore.allCases)
    func health(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            let configuration = AuditFixture.configuration { $0.maximumSpoolRecords = 2 }
            let journal = try await fixture.withJournal(on: database, configuration: configuration) { journal in
                #expect(await journal.record(.refusal(details: [:])) == .durable)
                #expect(journal.health == .healthy)
                database.fault = .away
                for _ in 0..<2 { #expect(await journal.record(.refusal(details: [:])) == .spooled) }
                #expect(journal.health == .degraded)
                #expect(await journal.record(.refusal(details: [:])) == .refused(.spoolFull))
                #expect(journal.health == .unhealthy)
                database.fault = .none
                try await fixture.wait(for: journal) { $0.spool.depth == 0 && $0.health == .healthy }
                return journal
            }
            #expect(journal.health == .unhealthy)
        }
    }
}
