import Cryptography
import Persistence

/// Brings records that have their places already from a spool into the database, each exactly once.
///
/// They were acknowledged, so nothing of them is refused. A request that has its event from elsewhere by now, because its id
/// was used at two servers while the database was away, gets this event under the id `REQUEST~WRITER.SEQUENCE`.
struct DrainCommit: Sendable {
    /// Ascending, of one writer.
    let entries: [JournalEntry]
    let keyring: SecretKeyring
    /// Whether events are written too; not where the database will not have one.
    var writesEvents = true

    /// Runs the statements; the caller commits.
    ///
    /// - Returns: How many records were not there before.
    /// - Throws: ``AuditError`` with code `conflict` when another record is in the place of one of these; `PersistenceError`;
    ///   `CryptographyError`.
    func run(_ connection: any DatabaseConnection) throws -> Int {
        guard let writer = self.entries.first?.writer else { return 0 }
        let tables = JournalTables(connection)
        guard let time = self.entries.first?.time else { return 0 }
        let head = try WriterRoll(tables, keyring: self.keyring).head(of: writer, at: time)
        for known in self.entries where known.sequence <= head.sequence {
            let hash = try tables.hash(of: writer, at: known.sequence)
            // A record that left the journal since is in the file of its segment.
            if hash == nil, try tables.isArchived(known.sequence, of: writer) { continue }
            guard hash == known.hash else {
                throw AuditError(.conflict, message: "another record is in the place of one in the spool")
            }
        }
        let fresh = self.entries.filter { $0.sequence > head.sequence }
        guard let first = fresh.first, let last = fresh.last else { return 0 }
        guard first.sequence > head.sequence + 1 || first.previous == head.hash else {
            throw AuditError(.conflict, message: "the spool goes on from another record than the database has")
        }
        let records = fresh.map { try? AuditRecord(body: $0.body) }
        let ids = Set(records.compactMap { $0?.takesRequestID == true ? $0?.requestID : nil })
        _ = try tables.take(ids.sorted(), as: writer, at: first.time)
        let events = self.writesEvents ? try self.insertEvents(of: records, fresh, EventTable(connection)) : [:]
        try tables.moveHead(from: head, to: last.head, code: try last.head.code(by: self.keyring))
        try tables.append(
            zip(fresh, records).map { entry, record in
                JournalRow(entry: entry, requestID: record?.requestID?.text, eventID: events[entry.sequence]?.text)
            })
        try self.note(records, fresh, tables)
        return fresh.count
    }

    /// Keeps the list of open requests: those that begin here, without those that end here.
    private func note(_ records: [AuditRecord?], _ entries: [JournalEntry], _ tables: JournalTables) throws {
        var begun: [AuditRequestID: OpenRequest.Key] = [:]
        var ended: [String: Set<AuditRequestID>] = [:]
        for (record, entry) in zip(records, entries) {
            guard let record, let id = record.requestID else { continue }
            if record.opensRequest {
                begun[id] = OpenRequest.Key(writer: entry.writer, requestID: id, sequence: entry.sequence, time: entry.time)
            } else if record.event != nil {
                begun[id] = nil
                ended[record.abandonedBy ?? entry.writer, default: []].insert(id)
            }
        }
        for (writer, ids) in ended.sorted(by: { $0.key < $1.key }) { try tables.end(ids.sorted(), of: writer) }
        try tables.open(begun.values.sorted { $0.requestID < $1.requestID })
    }

    /// The ids of the events by the sequence of their records.
    private func insertEvents(
        of records: [AuditRecord?], _ entries: [JournalEntry], _ table: EventTable
    ) throws -> [Int64: AuditRequestID] {
        var ids: [Int64: AuditRequestID] = [:]
        var rows: [AuditRequestID: (AuditEvent, JournalEntry)] = [:]
        var repeated: [(AuditEvent, JournalEntry)] = []
        for (record, entry) in zip(records, entries) {
            guard let event = record?.event else { continue }
            if rows[event.requestID] == nil {
                rows[event.requestID] = (event, entry)
                ids[entry.sequence] = event.requestID
            } else {
                repeated.append((event, entry))
            }
        }
        let inserted = try table.insert(rows.keys.sorted().compactMap { id in rows[id].map { $0.0.asRow(named: id) } })
        repeated += rows.filter { !inserted.contains($0.key) }.map(\.value)
        var others: [AuditEvent] = []
        for (event, entry) in repeated {
            let id = Self.otherID(of: event.requestID, entry.writer, entry.sequence)
            ids[entry.sequence] = id
            others.append(event.asRow(named: id))
        }
        _ = try table.insert(others.sorted { $0.requestID < $1.requestID })
        return ids
    }

    /// The id of an event whose request has another event.
    static func otherID(of id: AuditRequestID, _ writer: String, _ sequence: Int64) -> AuditRequestID {
        AuditRequestID(unchecked: "\(id.text)~\(writer).\(sequence)")
    }

    /// The id before the tilde that ``otherID(of:_:_:)`` put behind it; nil when there is none.
    static func requestID(inOtherID id: String) -> String? {
        id.utf8.lastIndex(of: UInt8(ascii: "~")).map { String(id[..<$0]) }
    }
}
