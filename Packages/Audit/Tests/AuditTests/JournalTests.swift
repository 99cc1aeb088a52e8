import Audit
import DatabaseTestSupport
import Foundation
import Identity
import Logging
import Persistence
import StrictJSON
import Synchronization
import TestKit
import Testing

@Suite("Journal")
struct JournalTests {
    @Test("S3-8: keeps what a request leaves, and its event with the last record", arguments: TestStore.allCases)
    func request(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { journal in
                let id = AuditRequestID(unchecked: "req-1")
                #expect(await journal.record(.intent(id)) == .durable)
                #expect(await journal.record(.decision(id)) == .durable)
                #expect(try await fixture.count("audit_events") == 0)
                #expect(await journal.record(.outcome(.success, closing: fixture.event("req-1"))) == .durable)
                #expect(await journal.record(.refusal(details: ["reason": "no key"])) == .durable)
                let kinds = try await fixture.database.query("SELECT kind FROM audit_journal ORDER BY sequence")
                #expect(try kinds.map { try $0.decode("kind", as: String.self) } == ["intent", "decision", "outcome", "refusal"])
                #expect(try await fixture.count("audit_events", "request_id = 'req-1' AND decision = 'ALLOW'") == 1)
            }
            let report = try await fixture.verify()
            #expect(report.faults == [])
            #expect(report.records == 4)
            #expect(report.events == 1)
        }
    }

    @Test("commits together what comes together", arguments: TestStore.allCases)
    func groups(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            let writers = 64
            let each = TestRun.count(20, long: 500)
            try await fixture.withJournal(on: database) { journal in
                let kept = await withTaskGroup(of: Int.self) { group in
                    for writer in 0..<writers {
                        group.addTask {
                            var kept = 0
                            for number in 0..<each {
                                let id = AuditRequestID(unchecked: "req-\(writer)-\(number)")
                                if await journal.record(.intent(id)) == .durable { kept += 1 }
                            }
                            return kept
                        }
                    }
                    return await group.reduce(0, +)
                }
                #expect(kept == writers * each)
                #expect(database.transactions < kept / 4)
            }
            let report = try await fixture.verify()
            #expect(report.faults == [])
            #expect(report.records == writers * each)
        }
    }

    @Test("H1: takes a request id once, whoever asks and however often", arguments: TestStore.allCases)
    func repeatedIDs(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.run(
                """
                INSERT INTO audit_events (request_id, timestamp, caller_id, caller_role, environment, mcp_server, tool_name,
                    raw_args_hash, sanitized_args, risk_score, matched_policy_rule, decision, latency_ms,
                    deterministic_rationale)
                VALUES ('older', \(Timestamp.now()), 'a', 'b', 'dev', 'c', 'd', 'e', '{}', 0, 'f', 'ALLOW', 1, 'g')
                """)
            try await fixture.withJournal(folder: fixture.folder + "-1") { first in
                try await fixture.withJournal(folder: fixture.folder + "-2") { second in
                    #expect(await first.record(.intent(AuditRequestID(unchecked: "older"))) == .refused(.requestIDTaken))
                    let count = TestRun.count(20, long: 1_000)
                    for round in 0..<count {
                        let answers = await withTaskGroup(of: RecordAnswer.self) { group in
                            for journal in [first, second] {
                                for _ in 0..<4 {
                                    group.addTask { await journal.record(.intent(AuditRequestID(unchecked: "same-\(round)"))) }
                                    group.addTask {
                                        await journal.record(.intent(AuditRequestID(unchecked: "own-\(UUID())-\(round)")))
                                    }
                                }
                            }
                            return await group.reduce(into: []) { $0.append($1) }
                        }
                        #expect(answers.count { $0 == .durable } == 9)
                        #expect(answers.count { $0 == .refused(.requestIDTaken) } == 7)
                    }
                    #expect(await first.record(.outcome(.success, closing: fixture.event("same-0"))) == .durable)
                    let again = await second.record(.outcome(.unknown, closing: fixture.event("same-0")))
                    #expect(again == .refused(.requestIDTaken))
                    let events = try await fixture.count("audit_events", "request_id = 'same-0'")
                    #expect(events == 1)
                }
            }
            #expect(try await fixture.verify(folder: fixture.folder + "-1").faults == [])
        }
    }

    @Test("refuses what it cannot keep, and says why", arguments: TestStore.allCases)
    func refusals(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let configuration = AuditFixture.configuration {
                $0.maximumRecordBytes = 1_000
                $0.maximumWaiting = 2
            }
            let journal = try await Journal.open(
                database: fixture.database, folder: fixture.folder, keyring: fixture.keyring, configuration: configuration,
                logger: Logger(label: "test"))
            for text in ["", String(repeating: "x", count: 256), "a\0b"] {
                #expect(await journal.record(.intent(AuditRequestID(unchecked: text))) == .refused(.invalidRequestID))
            }
            let long: JSONObject = ["text": .string(String(repeating: "x", count: 1_000))]
            #expect(await journal.record(.refusal(details: long)) == .refused(.tooLarge))
            // Nobody commits yet, so the third has no place in the queue.
            async let first = journal.record(.refusal(details: [:]))
            async let second = journal.record(.refusal(details: [:]))
            try await fixture.wait(for: journal) { $0.waiting == 2 }
            #expect(await journal.record(.refusal(details: [:])) == .refused(.overloaded))
            let running = Task { await journal.run() }
            #expect(await [first, second] == [.durable, .durable])
            journal.stop()
            await running.value
            #expect(await journal.record(.refusal(details: [:])) == .refused(.stopped))
        }
    }

    @Test("H2: keeps hostile texts, long events and a clock that goes back", arguments: TestStore.allCases)
    func hostileTexts(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let clock = Mutex(Timestamp.now())
            var seams = JournalSeams()
            seams.now = {
                clock.withLock { time in
                    time = time.advanced(by: .seconds(-3_600))
                    return time
                }
            }
            let lone = String(decoding: [0xED, 0xA0, 0x80] as [UInt8], as: UTF8.self)
            let texts = [
                "a\0b", lone, "e\u{301}", "\u{202E}txt", "'; DROP TABLE audit_journal; --", "line\r\nline\u{2028}", "\u{10FFFF}",
                String(repeating: "long ", count: 20_000),
            ]
            try await fixture.withJournal(seams: seams) { journal in
                for (number, text) in texts.enumerated() {
                    let event = fixture.event("req-\(number)") { event in
                        event.callerID = text
                        event.toolName = text
                        event.sanitizedArguments = [text: .string(text), "number": .number(JSONNumber(1e300) ?? JSONNumber(0))]
                        event.deterministicRationale = text
                        event.llmExplanation = text
                        event.riskLabels = [text]
                        event.traceID = text
                        event.latencyMilliseconds = .max
                    }
                    let answer = await journal.record(
                        .decision(closing: event, takesRequestID: true, details: [text: .string(text)]))
                    #expect(answer == .durable)
                }
            }
            let report = try await fixture.verify()
            #expect(report.faults == [])
            #expect(report.events == texts.count)
            let trail = AuditTrail(database: fixture.database, keyring: fixture.keyring)
            let nul = try await trail.event(of: AuditRequestID(unchecked: "req-0"), organisation: .default)
            #expect(nul?.callerID == "a\u{FFFD}b")
            let body = try await fixture.database.queryOne("SELECT body FROM audit_journal WHERE request_id = 'req-0'")
            #expect(try body?.decode("body", as: String.self).contains("a\\u0000b") == true)
        }
    }

    @Test("keeps nothing more once another process writes as the same writer", arguments: TestStore.allCases)
    func twoWriters(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            var seams = JournalSeams()
            seams.writer = String(repeating: "ab", count: 16)
            let (one, two) = (fixture.folder + "-1", fixture.folder + "-2")
            try await fixture.withJournal(folder: one, seams: seams) { first in
                try await fixture.withJournal(folder: two, seams: seams) { second in
                    #expect(await first.record(.refusal(details: ["from": 1])) == .durable)
                    #expect(await second.record(.refusal(details: ["from": 2])) == .refused(.writerConflict))
                    #expect(await second.record(.refusal(details: ["from": 2])) == .refused(.writerConflict))
                    #expect(second.currentState.hasConflict)
                    #expect(await first.record(.refusal(details: ["from": 1])) == .durable)
                }
            }
            #expect(try await fixture.count("audit_journal") == 2)
            #expect(try await fixture.verify(folder: one).faults == [])
        }
    }

    @Test("lets two processes of one writer begin at once, and one of them win", arguments: TestStore.allCases)
    func twoBeginners(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            for round in 0..<TestRun.count(5, long: 100) {
                var seams = JournalSeams()
                seams.writer = String(repeating: "0", count: 26) + String(100_000 + round)
                try await fixture.withJournal(folder: "\(fixture.folder)-a\(round)", seams: seams) { first in
                    try await fixture.withJournal(folder: "\(fixture.folder)-b\(round)", seams: seams) { second in
                        async let one = first.record(.refusal(details: ["from": 1]))
                        async let two = second.record(.refusal(details: ["from": 2]))
                        let answers = await [one, two]
                        #expect(answers.count { $0 == .durable } == 1)
                        #expect(answers.count { $0 == .refused(.writerConflict) } == 1)
                    }
                }
            }
        }
    }

    @Test("refuses a folder that another journal uses")
    func folderInUse() async throws {
        try await AuditFixture.with(.sqlite) { fixture in
            try await fixture.withJournal { _ in
                let error = await #expect(throws: AuditError.self) { try await fixture.withJournal { _ in } }
                #expect(error?.code == .folderInUse)
            }
            try await fixture.withJournal { _ in }
        }
    }
}
