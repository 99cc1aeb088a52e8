@testable import Audit
import Cryptography
import DatabaseTestSupport
import Foundation
import Persistence
import StrictJSON
import TestKit
import Testing

@Suite("Export")
struct JournalExportTests {
    /// Two writers with twelve records each.
    private func fill(_ fixture: AuditFixture) async throws {
        for process in 0..<2 {
            try await fixture.withJournal { journal in
                for number in 0..<4 {
                    let answers = await fixture.recordRequest("req-\(process)-\(number)\u{E9}", in: journal)
                    #expect(answers.allSatisfy { $0 == .durable })
                }
            }
        }
    }

    private func verify(_ lines: [[UInt8]], _ fixture: AuditFixture) -> VerificationReport {
        var verifier = ExportVerifier(keyring: fixture.keyring)
        for line in lines { verifier.read(line) }
        return verifier.finish()
    }

    @Test("can be verified whole and in slices", arguments: TestStore.allCases)
    func slices(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await self.fill(fixture)
            let export = JournalExport(database: fixture.database, keyring: fixture.keyring)
            var lines: [[UInt8]] = []
            #expect(try await export.writeAll { lines.append($0) } == JournalExport.Report(writers: 2, records: 24))
            #expect(lines.count == 29)
            #expect(lines.allSatisfy { $0.last == UInt8(ascii: "\n") && $0.allSatisfy { $0 < 0x80 } })
            let report = self.verify(lines, fixture)
            #expect(report.faults == [])
            #expect(report.records == 24)
            let writer = try #require(
                try await fixture.database.queryOne("SELECT writer FROM audit_heads")?.decode("writer", as: String.self))
            for (first, last, count) in [(1, 1, 1), (3, 7, 5), (12, 99, 1), (0, 99, 12), (13, 20, 0), (5, 4, 0)]
                as [(Int64, Int64, Int)]
            {
                var slice: [[UInt8]] = []
                let written = try await export.write(writer, from: first, through: last) { slice.append($0) }
                #expect(written.records == count)
                #expect(self.verify(slice, fixture).faults == [])
            }
        }
    }

    @Test("is refused where the chain is broken", arguments: TestStore.allCases)
    func broken(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await self.fill(fixture)
            try await fixture.disarmTriggers()
            try await fixture.run("DELETE FROM audit_journal WHERE sequence = 5")
            let export = JournalExport(database: fixture.database, keyring: fixture.keyring)
            let error = await #expect(throws: AuditError.self) { try await export.writeAll { _ in } }
            #expect(error?.code == .unreadable)
        }
    }

    @Test("shows every way to tamper with it")
    func mutations() async throws {
        try await AuditFixture.with(.sqlite) { fixture in
            try await self.fill(fixture)
            var lines: [[UInt8]] = []
            try await JournalExport(database: fixture.database, keyring: fixture.keyring).writeAll { lines.append($0) }
            var generator = SeededGenerator(seed: TestRun.seed)
            // A start, records 1 to 12 in lines 2 to 13, an end; the same again; a trailer.
            for round in 0..<TestRun.count(40, long: 2_000) {
                let record = Int.random(in: 1...12, using: &generator)
                let other = record % 12 + 1
                let middle = Int.random(in: 2...11, using: &generator)
                let place = Int.random(in: 0..<lines.count, using: &generator)
                func check(_ changed: [[UInt8]], _ kinds: Set<AuditFault.Kind>, _ what: Comment) {
                    let found = Set(self.verify(changed, fixture).faults.map(\.kind))
                    #expect(found == kinds, "\(what), round \(round), seed \(TestRun.seed)")
                }
                var flipped = lines
                let byte = Int.random(in: 0..<flipped[place].count - 1, using: &generator)
                flipped[place][byte] ^= 1 << UInt8.random(in: 0..<7, using: &generator)
                let faults = self.verify(flipped, fixture).faults
                #expect(!faults.isEmpty)
                #expect(
                    faults.contains { $0.kind == .changed || $0.kind == .unreadable },
                    "flip in \(place), round \(round): \(faults)")

                var deleted = lines
                deleted.remove(at: middle)
                check(deleted, [.gap], "delete")
                var last = lines
                last.remove(at: 12)
                check(last, [.truncated], "delete last")
                var swapped = lines
                swapped.swapAt(record, other)
                check(swapped, [.reordered], "swap")
                var repeated = lines
                repeated.insert(lines[middle], at: 13)
                check(repeated, [.reordered], "repeat")
                check(Array(lines.prefix(place)), [.truncated], "cut")
                var forged = lines
                forged[middle] = try self.forge(lines[middle], writer: lines[0], round)
                check(forged, [.forked], "fork")
                var without = lines
                without.removeSubrange(0...13)
                check(without, [.gap], "section")
                check(lines + [lines[record]], [.unreadable], "behind the trailer")
            }
        }
    }

    @Test(
        "gives events the numbers of OCSF",
        arguments: [
            ("ALLOW", nil, 1, 1), ("ALLOW", "jo", 1, 8), ("SANITIZE_AND_ALLOW", nil, 4, 11), ("APPROVAL_REQUIRED", nil, 2, 14),
            ("DENY", nil, 2, 2), ("what", nil, 2, 2),
        ] as [(String, String?, Int, Int)])
    func ocsf(_ decision: String, _ approver: String?, _ action: Int, _ disposition: Int) async throws {
        let event = AuditEvent(
            requestID: AuditRequestID(unchecked: "req-1"), traceID: "trace-1",
            timestamp: try #require(Timestamp(rfc3339: "2026-11-20T21:52:36.972357Z")), callerID: "agent-1", server: "files",
            toolName: "fs.read", rawArgumentsHash: "0f", matchedPolicyRule: "rule", decision: decision, approverID: approver,
            executionStatus: "TIMEOUT", latencyMilliseconds: 12, deterministicRationale: "because")
        let json = event.ocsf
        for key in ["activity_id", "category_uid", "class_uid", "type_uid", "severity_id", "time", "metadata", "actor", "api"] {
            #expect(json[key] != nil, "\(key)")
        }
        #expect(json["class_uid"] == 6003)
        #expect(json["type_uid"] == 600_399)
        #expect(json["time"] == 1_795_211_556_972)
        #expect(json["action_id"]?.intValue == action)
        #expect(json["disposition_id"]?.intValue == disposition)
        #expect(json["status_id"] == 2)
        #expect(json["api"]?["request"]?["uid"] == "req-1")
        #expect(json["metadata"]?["correlation_uid"] == "trace-1")
        #expect(json["unmapped"]?["decision"] == .string(decision))
        #expect(try !json.rfc8785Bytes().isEmpty)
    }

    /// Says something else, with the hash that belongs to it.
    private func forge(_ line: [UInt8], writer start: [UInt8], _ round: Int) throws -> [UInt8] {
        let json = try JSONValue(parsing: line)
        let writer = try #require(try JSONValue(parsing: start)["writer"]?.stringValue)
        let time = try #require(json["time"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
        let previous = try #require(json["previous"]?.stringValue.flatMap { SHA256Digest(hex: $0) })
        let body: JSONValue = ["details": ["n": .integer(round)], "kind": "refusal"]
        var entry = JournalEntry(
            writer: writer, sequence: json["sequence"]?.int64Value ?? 0, time: time, kind: "refusal", body: body.sortedBytes(),
            previous: previous, hash: previous)
        entry.hash = entry.computedHash
        guard case .object(var object) = json else { return line }
        object["body"] = body
        object["kind"] = "refusal"
        object["hash"] = .string(entry.hash.hex)
        return JSONValue.object(object).sortedBytes()
    }
}
