@testable import Audit
import Cryptography
import DatabaseTestSupport
import Foundation
import Persistence
import StrictJSON
import Testing

@Suite("Commands")
struct AuditCommandsTests {
    private func commands(_ fixture: AuditFixture) -> AuditCommands {
        AuditCommands(database: fixture.database, keyring: fixture.keyring)
    }

    private func fill(_ fixture: AuditFixture, _ numbers: Range<Int>) async throws {
        try await fixture.withJournal { journal in
            for number in numbers {
                #expect(await fixture.recordRequest("req-\(number)", in: journal).allSatisfy { $0 == .durable })
            }
        }
    }

    private func lines(of path: String) throws -> [[UInt8]] {
        try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n")).map { Array($0) }
    }

    private func write(_ lines: [[UInt8]], to path: String) throws {
        try Data(lines.flatMap { $0 + [UInt8(ascii: "\n")] }).write(to: URL(filePath: path))
    }

    @Test("verify says what was read, and the kind and place of each fault", arguments: TestStore.allCases)
    func verify(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await self.fill(fixture, 0..<2)
            let clean = try await self.commands(fixture).verify(folder: fixture.folder)
            let summary = "1 chains, 6 records, 0 archived segments, 0 records in the spool, 2 events"
            #expect(clean == AuditCommands.Outcome(lines: ["\(summary): no fault"], exitCode: 0))
            try await fixture.disarmTriggers()
            try await fixture.run("DELETE FROM audit_events WHERE request_id = 'req-1'")
            let broken = try await self.commands(fixture).verify()
            #expect(broken == AuditCommands.Outcome(lines: ["gap: event \"req-1\"", "\(summary): 1 fault"], exitCode: 1))
        }
    }

    @Test("export the journal of a time into a file that can be verified", arguments: TestStore.allCases)
    func journal(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await self.fill(fixture, 0..<2)
            let since = Timestamp.now()
            try await self.fill(fixture, 2..<4)
            let until = Timestamp.now()
            try await self.fill(fixture, 4..<5)
            try FileManager.default.createDirectory(atPath: fixture.folder + "-out", withIntermediateDirectories: true)
            let path = fixture.folder + "-out/journal.jsonl"
            let all = try await self.commands(fixture).export(.jsonl, toFile: path)
            #expect(all.lines == ["exported 15 records of 3 writers"])
            #expect(try AuditCommands.verifyExport(path, keyring: fixture.keyring).lines == ["3 sections, 15 records: no fault"])
            // Nothing is written over, and nothing is left beside it.
            let other = fixture.folder + "-out"
            for taken in [path, other, "\(other)/."] {
                let error = await #expect(throws: AuditError.self) {
                    try await self.commands(fixture).export(.jsonl, toFile: taken)
                }
                #expect(error?.code == .archiveUnusable)
                #expect(error?.message == "\(taken) is there already; an export replaces nothing")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: other) == ["journal.jsonl"])
            try FileManager.default.removeItem(atPath: path)
            let some = try await self.commands(fixture).export(.jsonl, since: since, until: until, toFile: path)
            #expect(some.lines == ["exported 6 records of 1 writers"])
            #expect(try AuditCommands.verifyExport(path, keyring: fixture.keyring).exitCode == 0)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            var lines = try self.lines(of: path)
            // Evidence is kept where nobody may write, and has other names.
            try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
            try FileManager.default.createSymbolicLink(atPath: path + ".link", withDestinationPath: path)
            #expect(try AuditCommands.verifyExport(path + ".link", keyring: fixture.keyring).exitCode == 0)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            lines.remove(at: 3)
            try self.write(lines, to: path)
            let broken = try AuditCommands.verifyExport(path, keyring: fixture.keyring)
            #expect(
                broken == AuditCommands.Outcome(lines: ["gap: export line 4", "1 sections, 5 records: 1 fault"], exitCode: 1))
            for endless in ["/dev/null", "/dev/zero", other] {
                let error = #expect(throws: AuditError.self) {
                    try AuditCommands.verifyExport(endless, keyring: fixture.keyring)
                }
                #expect(error?.message == "\(endless) is no regular file")
            }
            try self.write([], to: path)
            #expect(try AuditCommands.verifyExport(path, keyring: fixture.keyring).exitCode == 1)
            #expect(throws: AuditError.self) { try AuditCommands.verifyExport(path + ".none", keyring: fixture.keyring) }
            await #expect(throws: AuditError.self) { try await self.commands(fixture).export(.jsonl, toFile: "/nowhere/x") }
            await #expect(throws: AuditError.self) { try await self.commands(fixture).export(.jsonl, toFile: "") }
        }
    }

    @Test("export events as OCSF, and show what was done to them since", arguments: TestStore.allCases)
    func events(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let count = 230
            try await fixture.withJournal { journal in
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<count {
                        group.addTask {
                            let event = fixture.event("req-\(number)")
                            #expect(await journal.record(.decision(closing: event, takesRequestID: true)) == .durable)
                        }
                    }
                }
            }
            try FileManager.default.createDirectory(atPath: fixture.folder + "-out", withIntermediateDirectories: true)
            let path = fixture.folder + "-out/events.jsonl"
            let outcome = try await self.commands(fixture).export(.ocsf, toFile: path)
            #expect(outcome.lines == ["exported \(count) events"])
            let lines = try self.lines(of: path)
            #expect(lines.count == count + 1)
            #expect(try JSONValue(parsing: lines[0])["class_uid"] == 6003)
            func verify(_ lines: [[UInt8]]) throws -> AuditCommands.Outcome {
                try self.write(lines, to: path)
                return try AuditCommands.verifyExport(path, keyring: fixture.keyring)
            }
            #expect(try verify(lines).lines == ["\(count) events: no fault"])
            var changed = lines
            changed[3] = changed[4]
            #expect(try verify(changed).lines.first == "changed: export line \(count + 1)")
            var without = lines
            without.remove(at: 3)
            #expect(try verify(without).lines.first == "gap: export line \(count)")
            #expect(try verify(lines.dropLast()).lines.first == "truncated: export line \(count + 1)")
            #expect(try verify(lines + [lines[0]]).lines.first == "unreadable: export line \(count + 2)")
            try FileManager.default.removeItem(atPath: path)
            let none = try await self.commands(fixture).export(.ocsf, since: .latest, toFile: path)
            #expect(none.lines == ["exported 0 events"])
            #expect(try AuditCommands.verifyExport(path, keyring: fixture.keyring).lines == ["0 events: no fault"])
        }
    }

    @Test("archive and rebuild say what they did", arguments: TestStore.allCases)
    func archive(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await self.fill(fixture, 0..<2)
            let archived = try await self.commands(fixture).archive(before: .now(), to: fixture.folder + "-archive")
            #expect(archived.lines.count == 2)
            #expect(archived.lines.last == "dropped 6 records")
            let path = try #require(archived.lines.first?.split(separator: " ").last.map(String.init))
            #expect(try AuditCommands.verifyExport(path, keyring: fixture.keyring).lines == ["1 sections, 6 records: no fault"])
            try await self.fill(fixture, 2..<3)
            let rebuilt = try await self.commands(fixture).rebuild()
            #expect(rebuilt.lines == ["made 1 events from the journal, kept 2 that it does not speak of"])
            #expect(rebuilt.exitCode == 0)
        }
    }
}
