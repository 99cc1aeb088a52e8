@testable import Audit
import Cryptography
import DatabaseTestSupport
import Persistence
import StrictJSON
import TestKit
import Testing

@Suite("Verification")
struct JournalVerifierTests {
    /// A trail of nine records in the database and five in the spool.
    private func makeTrail(_ fixture: AuditFixture) async throws -> TrailPicture {
        let database = FaultyDatabase(fixture.database)
        var writer = ""
        try await fixture.withJournal(on: database) { journal in
            writer = journal.writer
            for number in 0..<3 {
                #expect(await fixture.recordRequest("req-\(number)", in: journal).allSatisfy { $0 == .durable })
            }
            database.fault = .away
            for number in 0..<5 { #expect(await journal.record(.refusal(details: ["n": .integer(number)])) == .spooled) }
        }
        #expect(try await fixture.verify().faults == [])
        return try await TrailPicture(of: writer, in: fixture)
    }

    @Test("finds every way to tamper, names its kind and its place", arguments: TestStore.allCases)
    func mutations(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let pristine = try await self.makeTrail(fixture)
            try await fixture.disarmTriggers()
            var generator = SeededGenerator(seed: TestRun.seed)
            let rounds = TestRun.count(8, long: 170)
            for round in 0..<rounds {
                for mutation in TrailMutation.allCases {
                    var picture = pristine
                    let expected = mutation.apply(to: &picture, &generator) { sequence in
                        guard let hash = pristine.rows[Int(sequence) - 1].entry?.hash else { return nil }
                        let head = JournalHead(writer: pristine.writer, sequence: sequence, hash: hash)
                        return (try? head.code(by: fixture.keyring)).map { (sequence, hash.bytes, $0) }
                    }
                    let (kinds, place) = try #require(expected, "\(mutation)")
                    try await picture.write(to: fixture)
                    let report = try await fixture.verify()
                    #expect(
                        Set(report.faults.map(\.kind)) == kinds,
                        "\(mutation), round \(round), seed \(TestRun.seed): \(report.faults)")
                    if let place {
                        #expect(report.faults.contains { $0.place == place }, "\(mutation), round \(round): \(report.faults)")
                    }
                }
            }
            try await pristine.write(to: fixture)
            #expect(try await fixture.verify().faults == [])
        }
    }

    @Test("finds a cut end beside an older head by the head file", arguments: TestStore.allCases)
    func cutTail(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            var writer = ""
            try await fixture.withJournal { journal in
                writer = journal.writer
                #expect(await fixture.recordRequest("req-1", in: journal).allSatisfy { $0 == .durable })
            }
            let pristine = try await TrailPicture(of: writer, in: fixture)
            try await fixture.disarmTriggers()
            for count in 1...2 {
                var picture = pristine
                picture.rows.removeLast(3 - count)
                let hash = try #require(picture.rows.last?.entry?.hash)
                let head = JournalHead(writer: writer, sequence: Int64(count), hash: hash)
                picture.head = (head.sequence, hash.bytes, try head.code(by: fixture.keyring))
                try await picture.write(to: fixture)
                let faults = try await fixture.verify().faults
                #expect(faults == [AuditFault(kind: .truncated, place: .journal(writer: writer, sequence: head.sequence + 1))])
            }
            var gone = pristine
            gone.rows = []
            gone.head = nil
            try await gone.write(to: fixture)
            #expect(try await fixture.verify().faults.map(\.kind).contains(.truncated))
        }
    }

    @Test("finds a whole chain that was written anew without the secret", arguments: TestStore.allCases)
    func rewritten(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            var picture = try await self.makeTrail(fixture)
            try await fixture.disarmTriggers()
            for index in picture.rows.indices {
                if index == 0 {
                    picture.rows[0].becomeForged(0)
                } else {
                    picture.rows[index].previous = picture.rows[index - 1].hash
                }
                picture.rows[index].rehash(as: picture.writer)
            }
            picture.head?.hash = picture.rows.last?.hash ?? []
            try await picture.write(to: fixture)
            let verifier = JournalVerifier(database: fixture.database, keyring: fixture.keyring)
            #expect(try await verifier.verify().faults.map(\.description) == ["changed: head \(picture.writer)"])
        }
    }

    @Test("is not upset by sequences that nobody reaches", arguments: TestStore.allCases)
    func extremes(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let pristine = try await self.makeTrail(fixture)
            try await fixture.disarmTriggers()
            for sequence in [Int64.min, -1, 0, .max - 1, .max] {
                for isHead in [true, false] {
                    var picture = pristine
                    picture.rows[4].sequence = sequence
                    picture.rows[4].rehash(as: picture.writer)
                    if isHead {
                        let hash = try #require(SHA256Digest(bytes: picture.rows[4].hash))
                        let head = JournalHead(writer: picture.writer, sequence: sequence, hash: hash)
                        picture.head = (sequence, hash.bytes, try head.code(by: fixture.keyring))
                    }
                    try await picture.write(to: fixture)
                    let kinds = try await Set(fixture.verify().faults.map(\.kind))
                    #expect(!kinds.isDisjoint(with: [.gap, .forked]), "\(sequence)")
                    let export = JournalExport(database: fixture.database, keyring: fixture.keyring)
                    await #expect(throws: (any Error).self) { try await export.writeAll { _ in } }
                }
            }
        }
    }

    @Test("holds each event against its record", arguments: TestStore.allCases)
    func events(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            _ = try await self.makeTrail(fixture)
            try await fixture.disarmTriggers()
            try await fixture.run("UPDATE audit_events SET sanitized_args = '{\"path\": \"/etc/x\"}' WHERE request_id = 'req-0'")
            try await fixture.run("DELETE FROM audit_events WHERE request_id = 'req-1'")
            let faults = try await fixture.verify().faults
            #expect(faults.map(\.description) == ["changed: event \"req-0\"", "gap: event \"req-1\""])
        }
    }

    @Test("reads beside a journal that goes on writing, the spool too", arguments: TestStore.allCases)
    func beside(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            try await fixture.withJournal(on: database) { journal in
                async let done: Int = {
                    var kept = 0
                    for number in 0..<TestRun.count(300, long: 5_000) {
                        if number % 50 == 25 { database.fault = .away }
                        if number % 50 == 40 { database.fault = .none }
                        if await journal.record(.intent(AuditRequestID(unchecked: "req-\(number)"))).isKept { kept += 1 }
                    }
                    return kept
                }()
                for _ in 0..<20 {
                    let faults = try await fixture.verify().faults
                    #expect(faults == [])
                }
                #expect(await done > 0)
                database.fault = .none
            }
        }
    }
}
