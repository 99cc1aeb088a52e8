@testable import Audit
import Cryptography
import DatabaseTestSupport
import Foundation
import Persistence
import StrictJSON
import TestKit
import Testing

@Suite("Roll of writers")
struct RollTests {
    private func older(_ id: String) -> SQL {
        """
        INSERT INTO audit_events (request_id, timestamp, caller_id, caller_role, environment, mcp_server, tool_name,
            raw_args_hash, sanitized_args, risk_score, matched_policy_rule, decision, latency_ms, deterministic_rationale)
        VALUES (\(id), \(Timestamp.now()), 'a', 'b', 'dev', 'c', 'd', 'e', '{}', 0, 'f', 'ALLOW', 1, 'g')
        """
    }

    private func makeFolder(_ fixture: AuditFixture) throws {
        try FileManager.default.createDirectory(atPath: fixture.folder, withIntermediateDirectories: true)
    }

    private func descriptions(_ fixture: AuditFixture) async throws -> Set<String> {
        try await Set(fixture.verify().faults.map(\.description))
    }

    @Test("a chain that was deleted whole is missed, though its files are gone too", arguments: TestStore.allCases)
    func deletedChain(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            var writers: [String] = []
            for number in 0..<3 {
                try await fixture.withJournal { journal in
                    writers.append(journal.writer)
                    #expect(await fixture.recordRequest("req-\(number)", in: journal).allSatisfy { $0 == .durable })
                }
            }
            #expect(try await fixture.verify().faults == [])
            try await fixture.disarmTriggers()
            try FileManager.default.removeItem(atPath: fixture.folder)
            try self.makeFolder(fixture)
            let gone = writers[1]
            try await fixture.run("DELETE FROM audit_journal WHERE writer = \(gone)")
            #expect(try await self.descriptions(fixture) == ["truncated: journal \(gone) sequence 1"])
            try await fixture.run(
                "DELETE FROM audit_heads WHERE writer = \(gone)", "DELETE FROM audit_writers WHERE writer = \(gone)",
                "DELETE FROM audit_requests WHERE writer = \(gone)", "DELETE FROM audit_events WHERE request_id = 'req-1'")
            #expect(try await self.descriptions(fixture) == ["truncated: head \(gone)"])
            // And with all traces of all chains but the roll.
            try await fixture.run(
                "DELETE FROM audit_journal", "DELETE FROM audit_heads WHERE writer <> 'roll'", "DELETE FROM audit_writers",
                "DELETE FROM audit_requests", "DELETE FROM audit_events")
            #expect(try await self.descriptions(fixture) == Set(writers.map { "truncated: head \($0)" }))
        }
    }

    @Test("is a chain itself: what is done to it shows", arguments: TestStore.allCases)
    func tampering(_ store: TestStore) async throws {
        for (change, expected) in [
            ("DELETE FROM audit_roll WHERE number = 2", "gap: roll 2"),
            ("DELETE FROM audit_roll WHERE number = 1", "gap: roll 1"),
            ("DELETE FROM audit_roll WHERE number = 4", "truncated: roll 4"),
            ("DELETE FROM audit_roll", "truncated: roll 1"),
            ("UPDATE audit_roll SET writer = 'x' WHERE number = 3", "changed: roll 3"),
            ("UPDATE audit_roll SET hash = previous_hash WHERE number = 3", "changed: roll 3"),
            ("UPDATE audit_roll SET events = NULL WHERE writer IS NULL", "unreadable: roll 1"),
            ("UPDATE audit_roll SET number = 7 WHERE number = 4", "truncated: roll 4"),
            ("UPDATE audit_roll SET number = -7 WHERE number = 4", "forked: roll -7"),
            ("UPDATE audit_heads SET sequence = 3 WHERE writer = 'roll'", "changed: head roll"),
            ("DELETE FROM audit_heads WHERE writer = 'roll'", "truncated: head roll"),
            (
                "UPDATE audit_writers SET writer = 'nobody' WHERE seen_at = (SELECT max(seen_at) FROM audit_writers)",
                "added: writer \"nobody\""
            ),
        ] {
            try await AuditFixture.with(store) { fixture in
                for number in 0..<3 {
                    try await fixture.withJournal { journal in
                        #expect(await fixture.recordRequest("req-\(number)", in: journal).allSatisfy { $0 == .durable })
                        try await fixture.wait(forRow: "SELECT 1 FROM audit_writers WHERE writer = \(journal.writer)")
                    }
                }
                #expect(try await fixture.verify().faults == [])
                try await fixture.disarmTriggers()
                try await fixture.run(SQL(unchecked: change))
                let found = try await self.descriptions(fixture)
                #expect(found.contains(expected), "\(change): \(found)")
            }
        }
    }

    @Test("a roll that was deleted whole with its head is missed where anything else is left", arguments: TestStore.allCases)
    func deletedRoll(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try self.makeFolder(fixture)
            #expect(try await fixture.verify().faults == [])
            try await fixture.withJournal { journal in
                #expect(await fixture.recordRequest("req-1", in: journal).allSatisfy { $0 == .durable })
            }
            try await fixture.disarmTriggers()
            try await fixture.run("DELETE FROM audit_roll", "DELETE FROM audit_heads WHERE writer = 'roll'")
            #expect(try await self.descriptions(fixture) == ["truncated: head roll"])
            // As in a database of an earlier version, the next server begins it with all writers that are there.
            try await fixture.withJournal { journal in
                #expect(await fixture.recordRequest("req-2", in: journal).allSatisfy { $0 == .durable })
                try await fixture.wait(forRow: "SELECT 1 FROM audit_roll WHERE events IS NOT NULL")
            }
            #expect(try await fixture.count("audit_roll") == 3)
            #expect(try await fixture.verify().faults == [])
        }
    }

    @Test("has each of many servers that begin at once, one line each", arguments: TestStore.allCases)
    func together(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await withThrowingTaskGroup { group in
                for number in 0..<8 {
                    group.addTask {
                        try await fixture.withJournal(folder: "\(fixture.folder)-\(number)") { journal in
                            #expect(await fixture.recordRequest("req-\(number)", in: journal).allSatisfy { $0 == .durable })
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.count("audit_roll") == 9)
            try self.makeFolder(fixture)
            #expect(try await fixture.verify().faults == [])
        }
    }

    @Test(
        "a server that has recorded nothing yet is whole; one whose head was taken away keeps nothing",
        arguments: TestStore.allCases)
    func nothingRecorded(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { journal in
                try await fixture.wait(forRow: "SELECT 1 FROM audit_writers WHERE writer = \(journal.writer)")
                #expect(try await fixture.verify().faults == [])
                try await fixture.disarmTriggers()
                try await fixture.run("DELETE FROM audit_heads WHERE writer = \(journal.writer)")
                #expect(try await self.descriptions(fixture) == ["truncated: head \(journal.writer)"])
                #expect(await journal.record(.refusal(details: [:])) == .refused(.writerConflict))
            }
        }
    }

    @Test("an event that no record speaks of is found and named", arguments: TestStore.allCases)
    func strangers(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { journal in
                #expect(await fixture.recordRequest("req-1", in: journal).allSatisfy { $0 == .durable })
            }
            #expect(try await fixture.verify().faults == [])
            try await fixture.run(self.older("forged"))
            #expect(try await self.descriptions(fixture) == ["added: event \"forged\""])
        }
    }

    @Test("events older than the journal, and archived ones, are known by their sum", arguments: TestStore.allCases)
    func olderAndArchived(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            for number in 0..<5 { try await fixture.run(self.older("older-\(number)")) }
            try self.makeFolder(fixture)
            #expect(try await fixture.verify().faults == [])
            try await fixture.withJournal { journal in
                for number in 0..<4 {
                    #expect(await fixture.recordRequest("req-\(number)", in: journal).allSatisfy { $0 == .durable })
                }
                try await fixture.wait(forRow: "SELECT 1 FROM audit_roll WHERE events IS NOT NULL")
                #expect(try await fixture.verify().otherEvents == 5)
                let archive = JournalArchive(
                    database: fixture.database, folder: fixture.folder + "-archive", keyring: fixture.keyring)
                #expect(try await archive.run(before: .now()).dropped == 12)
                #expect(await fixture.recordRequest("req-4", in: journal).allSatisfy { $0 == .durable })
            }
            let report = try await fixture.verify()
            #expect(report.faults == [])
            #expect(report.otherEvents == 9)
            try await fixture.disarmTriggers()
            try await fixture.run(self.older("forged"))
            let words = "events without records in the journal"
            #expect(try await self.descriptions(fixture) == ["added: \(words): 10, expected 9"])
            try await fixture.run("DELETE FROM audit_events WHERE request_id = 'older-2'")
            #expect(try await self.descriptions(fixture) == ["changed: \(words): 9, expected 9"])
            try await fixture.run("DELETE FROM audit_events WHERE request_id = 'req-2'")
            #expect(try await self.descriptions(fixture) == ["gap: \(words): 8, expected 9"])
        }
    }

    @Test("a changed event is not vouched for by an archive", arguments: TestStore.allCases)
    func changedBeforeArchive(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { journal in
                #expect(await fixture.recordRequest("req-1", in: journal).allSatisfy { $0 == .durable })
            }
            try await fixture.disarmTriggers()
            for change: SQL in [
                "UPDATE audit_events SET caller_id = 'somebody-else'", "DELETE FROM audit_events",
            ] {
                try await fixture.run(change)
                let archive = JournalArchive(
                    database: fixture.database, folder: fixture.folder + "-archive", keyring: fixture.keyring)
                let error = await #expect(throws: AuditError.self) { try await archive.run(before: .now()) }
                #expect(error?.code == .unreadable)
                #expect(try await fixture.count("audit_journal") == 3)
                #expect(try await fixture.count("audit_segments") == 0)
            }
        }
    }

    @Test("a sum is the same in any order, can be taken back, and is another for another row", arguments: TestStore.allCases)
    func sums(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            for number in 0..<20 { try await fixture.run(self.older("older-\(number)")) }
            let all: SQL = "SELECT \(EventTable.columns) FROM audit_events ORDER BY request_id"
            let rows = try await fixture.database.query(all)
            func sum(_ rows: some Sequence<Row>) -> EventSum {
                var sum = EventSum()
                for row in rows { sum.add(row) }
                return sum
            }
            let whole = sum(rows)
            #expect(sum(rows.reversed()) == whole)
            #expect(EventSum(bytes: whole.bytes) == whole)
            #expect(whole.bytes.count == 2_056)
            #expect(EventSum(bytes: whole.bytes.dropLast()) == nil)
            var rest = whole
            rest -= sum(rows.prefix(7))
            #expect(rest == sum(rows.dropFirst(7)))
            rest += sum(rows.prefix(7))
            #expect(rest == whole)
            #expect(sum(rows.dropLast() + [rows[0]]) != whole)
            try await fixture.disarmTriggers()
            try await fixture.run("UPDATE audit_events SET latency_ms = 2 WHERE request_id = 'older-3'")
            let changed = try await fixture.database.query(all)
            #expect(sum(changed) != whole)
        }
    }
}
