import Cryptography
import Persistence

/// A record that waits for its place in the chain.
struct WaitingRecord: Sendable {
    let record: AuditRecord
    let body: [UInt8]
    let time: Timestamp
    /// The id under which an abandoned request is open, where its event has another.
    var openID: AuditRequestID?
}

/// Where the chain of a process ends.
struct ChainEnd: Sendable {
    /// The newest record that has an answer.
    var head: JournalHead
    /// Records behind it whose commit was sent and not answered, and which could not be put into the spool either.
    var doubtful: [JournalEntry] = []

    /// The newest record that the database may have.
    var lastPossible: JournalHead { self.doubtful.last?.head ?? self.head }
}

/// Gives records their places and writes them, their events and the head, in one transaction.
///
/// Every transaction of every writer takes locks in one order (the roll, its own head, request ids ascending, events ascending), so two
/// servers on one database never wait for each other in a circle.
struct BatchCommit: Sendable {
    let batch: [WaitingRecord]
    let end: ChainEnd
    let keyring: SecretKeyring

    /// What became of a batch.
    struct Result: Sendable {
        /// The records that have a place, in order.
        var kept: [KeptRecord] = []
        /// Why a record has none, by its place in the batch.
        var refusals: [Int: RefusalReason] = [:]
        /// The newest record before.
        let start: JournalHead
        /// The newest record afterwards.
        var head: JournalHead
    }

    /// A record of the batch in its place.
    struct KeptRecord: Sendable {
        /// Where it stood in the batch.
        let index: Int
        let entry: JournalEntry
    }

    private var writer: String { self.end.head.writer }

    /// Runs the statements; the caller commits.
    ///
    /// - Throws: ``AuditError`` with code `conflict`; `PersistenceError`; `CryptographyError`.
    func run(_ connection: any DatabaseConnection) throws -> Result {
        let tables = JournalTables(connection)
        let time = self.batch.first?.time ?? .now()
        let start = try WriterRoll(tables, keyring: self.keyring).head(of: self.writer, at: time)
        guard start == self.end.head || start == self.end.lastPossible else {
            throw AuditError(.conflict, message: "the chain in the database is not the one that this process wrote")
        }
        var result = Result(start: start, head: start)
        try self.takeIDs(tables, &result)
        try self.endRequests(tables, &result)
        let events = try self.insertEvents(EventTable(connection), &result)
        result.place(self.batch)
        if result.kept.isEmpty { return result }
        // The head first: there two writers of one name meet, and one of them learns of it.
        try tables.moveHead(from: start, to: result.head, code: try result.head.code(by: self.keyring))
        try tables.append(
            result.kept.map { kept in
                let id = self.batch[kept.index].record.requestID?.text
                return JournalRow(entry: kept.entry, requestID: id, eventID: events.contains(kept.index) ? id : nil)
            })
        try tables.open(self.begun(in: result))
        return result
    }

    /// Requests that begin in this batch and do not end in it.
    private func begun(in result: Result) -> [OpenRequest.Key] {
        var ended: Set<AuditRequestID> = []
        for kept in result.kept { if let event = self.batch[kept.index].record.event { ended.insert(event.requestID) } }
        return result.kept.compactMap { kept in
            let record = self.batch[kept.index].record
            guard record.opensRequest, let id = record.requestID, !ended.contains(id) else { return nil }
            return OpenRequest.Key(writer: self.writer, requestID: id, sequence: kept.entry.sequence, time: kept.entry.time)
        }
    }

    /// Takes requests that end from the list of open ones. Of two servers that end one in the place of its own, one finds it there.
    private func endRequests(_ tables: JournalTables, _ result: inout Result) throws {
        var own: [AuditRequestID] = []
        for (index, waiting) in self.batch.enumerated() where result.refusals[index] == nil {
            guard let event = waiting.record.event else { continue }
            if let writer = waiting.record.abandonedBy {
                guard try tables.end(waiting.openID ?? event.requestID, of: writer) else {
                    result.refusals[index] = .closedElsewhere
                    continue
                }
            } else {
                own.append(event.requestID)
            }
        }
        try tables.end(own.sorted(), of: self.writer)
    }

    private func takeIDs(_ tables: JournalTables, _ result: inout Result) throws {
        var first: [AuditRequestID: Int] = [:]
        for (index, waiting) in self.batch.enumerated() where waiting.record.takesRequestID {
            guard let id = waiting.record.requestID else { continue }
            if first[id] == nil { first[id] = index } else { result.refusals[index] = .requestIDTaken }
        }
        guard let time = self.batch.first?.time else { return }
        let taken = try tables.take(first.keys.sorted(), as: self.writer, at: time)
        for (id, index) in first where !taken.contains(id) { result.refusals[index] = .requestIDTaken }
    }

    /// Inserts the events of records that are not refused, and says which records those were.
    private func insertEvents(_ table: EventTable, _ result: inout Result) throws -> Set<Int> {
        var first: [AuditRequestID: Int] = [:]
        var rows: [AuditEvent] = []
        for (index, waiting) in self.batch.enumerated() where result.refusals[index] == nil {
            guard let event = waiting.record.event else { continue }
            if first[event.requestID] == nil {
                first[event.requestID] = index
                rows.append(event.asRow(named: event.requestID))
            } else {
                result.refusals[index] = .requestIDTaken
            }
        }
        let inserted = try table.insert(rows.sorted { $0.requestID < $1.requestID })
        for (id, index) in first where !inserted.contains(id) { result.refusals[index] = .requestIDTaken }
        return Set(first.filter { inserted.contains($0.key) }.values)
    }
}

extension BatchCommit.Result {
    /// Gives every record that is not refused its place behind the head.
    mutating func place(_ batch: [WaitingRecord]) {
        for (index, waiting) in batch.enumerated() where self.refusals[index] == nil {
            let entry = JournalEntry(waiting.record, body: waiting.body, at: waiting.time, after: self.head)
            self.kept.append(BatchCommit.KeptRecord(index: index, entry: entry))
            self.head = entry.head
        }
    }
}
