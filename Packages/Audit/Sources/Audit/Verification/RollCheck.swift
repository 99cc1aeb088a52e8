import Cryptography
import Persistence

/// What the roll says has to be there, and what is wrong with the roll itself.
struct RollCheck {
    /// The writers that the roll names.
    private(set) var writers: Set<String> = []
    /// The rows of `audit_events` that were there before the journal; nil while nobody has added them up.
    private(set) var olderEvents: EventSum?
    /// Whether nobody has begun a roll.
    private(set) var isEmpty = true

    /// Reads the roll, which has a line for each process that has written, and names its faults.
    ///
    /// - Throws: `PersistenceError`; `CancellationError`.
    init(of database: any Database, by keyring: SecretKeyring, _ report: inout VerificationReport) async throws {
        let stored = try await StoredHead(of: RollEntry.chain, in: database, by: keyring)
        switch stored {
        case .missing, .attested: break
        case .unreadable: report.add(.unreadable, .head(writer: RollEntry.chain))
        case .changed: report.add(.changed, .head(writer: RollEntry.chain))
        }
        let head = stored.head
        var end = JournalHead(beginning: RollEntry.chain)
        /// The hash of the line before; nil when nothing can be said of it.
        var previous: SHA256Digest? = end.hash
        var after = Int64.min
        while true {
            try Task.checkCancellation()
            // Lines behind the head came since, or from nobody; see below.
            let rows = try await database.query(
                """
                SELECT number, writer, events, registered_at, previous_hash, hash FROM audit_roll
                WHERE number > \(after) AND number <= \(head?.sequence ?? .max) ORDER BY number LIMIT 500
                """)
            for row in rows {
                self.isEmpty = false
                after = try row.decode("number")
                let place = AuditFault.Place.roll(number: after)
                if after != end.sequence &+ 1 {
                    report.add(after > end.sequence ? .gap : .forked, .roll(number: min(after, end.sequence &+ 1)))
                    previous = nil
                }
                end.sequence = max(after, end.sequence)
                guard let entry = RollEntry(row) else {
                    report.add(.unreadable, place)
                    previous = nil
                    continue
                }
                guard entry.isIntact else {
                    report.add(.changed, place)
                    previous = nil
                    continue
                }
                if let previous, previous != entry.previous { report.add(.forked, place) }
                previous = entry.hash
                switch entry.content {
                case .writer(let writer): self.writers.insert(writer)
                case .olderEvents(let sum): self.olderEvents = sum
                }
            }
            if rows.count < 500 { break }
        }
        guard let head else {
            // It may have begun just now, the head together with the first line.
            if case .missing = stored, !self.isEmpty,
                case .missing = try await StoredHead(of: RollEntry.chain, in: database, by: keyring)
            {
                report.add(.truncated, .head(writer: RollEntry.chain))
            }
            return
        }
        self.isEmpty = false
        if head.sequence > end.sequence {
            report.add(.truncated, .roll(number: end.sequence &+ 1))
        } else if let previous, previous != head.hash {
            report.add(.forked, .roll(number: head.sequence))
        }
        let beyond = try await database.queryOne(
            "SELECT number FROM audit_roll WHERE number > \(head.sequence) ORDER BY number LIMIT 1")
        guard let beyond, try await StoredHead(of: RollEntry.chain, in: database, by: keyring).head == head else { return }
        report.add(.forked, .roll(number: try beyond.decode("number")))
    }

    /// Holds all names of writers that the tables have against the roll.
    func compare(_ tables: Set<String>, with database: any Database, _ report: inout VerificationReport) async throws {
        if self.isEmpty {
            let request = try await database.queryOne("SELECT 1 FROM audit_requests LIMIT 1")
            if request == nil, tables.isEmpty { return }
            // It may have begun just now.
            let line = try await database.queryOne("SELECT 1 FROM audit_roll LIMIT 1")
            if line == nil { report.add(.truncated, .head(writer: RollEntry.chain)) }
            return
        }
        for writer in tables.subtracting(self.writers).sorted() {
            let row = try await database.queryOne("SELECT 1 FROM audit_roll WHERE writer = \(writer)")
            if row == nil { report.add(.added, .writer(writer)) }
        }
    }

    /// Those of some requests whose ids were taken by writers of whose chains faults are told already: of these the record is missing,
    /// and the event is there.
    private static func taken(
        _ ids: [String], by writers: Set<String>, in database: any Database
    ) async throws -> Set<AuditRequestID> {
        if ids.isEmpty || writers.isEmpty { return [] }
        var taken: Set<AuditRequestID> = []
        for start in stride(from: 0, to: ids.count, by: 200) {
            let rows = try await database.query(
                """
                SELECT request_id, writer FROM audit_requests
                WHERE request_id IN \(list: Array(ids[start..<min(start + 200, ids.count)]))
                """)
            for row in rows where writers.contains(try row.decode("writer")) {
                taken.insert(AuditRequestID(unchecked: try row.decode("request_id")))
            }
        }
        return taken
    }

    /// Holds the rows of `audit_events` that no record speaks of against what the roll and the segments say of them.
    func compareEvents(in database: any Database, by keyring: SecretKeyring, _ report: inout VerificationReport) async throws {
        // Without the sum there has been no journal since the roll is kept.
        guard let older = self.olderEvents else { return }
        let census = try await EventCensus.take(in: database, by: keyring)
        var expected = older
        expected += census.archived
        report.otherEvents = Int(clamping: census.sum.count)
        if census.sum == expected { return }
        if expected.count == 0 {
            var explained = try await Self.taken(census.strangers, by: report.faultyWriters, in: database)
            explained.formUnion(report.faultyEvents)
            for id in census.strangers where !explained.contains(AuditRequestID(unchecked: id)) {
                report.add(.added, .event(requestID: id))
            }
            return
        }
        let kind: AuditFault.Kind =
            census.sum.count > expected.count ? .added : census.sum.count < expected.count ? .gap : .changed
        report.add(kind, .otherEvents(count: census.sum.count, expected: expected.count))
    }
}
