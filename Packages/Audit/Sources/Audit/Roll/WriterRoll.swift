import Cryptography
import Persistence

/// The statements that add to the roll, within one transaction.
///
/// Whoever adds holds the lock on the head of the roll, and takes it before any other lock.
struct WriterRoll {
    private let tables: JournalTables
    private let keyring: SecretKeyring

    init(_ tables: JournalTables, keyring: SecretKeyring) {
        self.tables = tables
        self.keyring = keyring
    }

    private var connection: any DatabaseConnection { self.tables.connection }

    /// The head of a writer, which nobody else can move until the transaction ends; a writer without one is entered in the roll.
    ///
    /// - Throws: ``AuditError`` with code `conflict` when the writer is in the roll and its head is gone.
    func head(of writer: String, at time: Timestamp) throws -> JournalHead {
        if let head = try self.tables.lockedHead(of: writer) { return head }
        var end = try self.lockedEnd()
        // Another transaction of this process may have been first.
        if let head = try self.tables.lockedHead(of: writer) { return head }
        if end.sequence == 0 { try self.begin(&end, at: time) }
        guard try self.connection.queryOne("SELECT 1 FROM audit_roll WHERE writer = \(writer)") == nil else {
            throw AuditError(.conflict, message: "the head of this writer was deleted by somebody else")
        }
        try self.append(.writer(writer), to: &end, at: time)
        let head = JournalHead(beginning: writer)
        try self.insert(head)
        return head
    }

    /// Enters the sum of the events that no record speaks of, unless somebody has done so.
    ///
    /// - Parameter segments: How many segments the sum was made with; with another number nothing is entered.
    /// - Returns: Whether it stands in the roll now.
    func enter(_ older: EventSum, segments: Int64, at time: Timestamp) throws -> Bool {
        var end = try self.lockedEnd()
        if end.sequence == 0 { try self.begin(&end, at: time) }
        guard try !self.hasOlderEvents() else { return true }
        let count = try self.connection.queryOne("SELECT count(*) AS n FROM audit_segments")?.decode("n", as: Int64.self)
        guard count == segments else { return false }
        try self.append(.olderEvents(older), to: &end, at: time)
        return true
    }

    /// Whether the sum of the events that no record speaks of is in the roll.
    func hasOlderEvents() throws -> Bool {
        try self.connection.queryOne("SELECT 1 FROM audit_roll WHERE events IS NOT NULL") != nil
    }

    private func lockedEnd() throws -> JournalHead {
        if let head = try self.tables.lockedHead(of: RollEntry.chain) { return head }
        let beginning = JournalHead(beginning: RollEntry.chain)
        try self.insert(beginning)
        // Of two that begin it at once, the second one finds what the first has added.
        return try self.tables.lockedHead(of: RollEntry.chain) ?? beginning
    }

    /// Begins the roll with all writers that have a head, and, where there is no event yet, with their empty sum.
    private func begin(_ end: inout JournalHead, at time: Timestamp) throws {
        let rows = try self.connection.query(
            "SELECT writer FROM audit_heads WHERE writer <> \(RollEntry.chain) ORDER BY writer")
        for row in rows { try self.append(.writer(try row.decode("writer")), to: &end, at: time) }
        if try self.connection.queryOne("SELECT 1 FROM audit_events LIMIT 1") == nil {
            try self.append(.olderEvents(EventSum()), to: &end, at: time)
        }
    }

    private func append(_ content: RollEntry.Content, to end: inout JournalHead, at time: Timestamp) throws {
        let entry = RollEntry(content, at: time, after: end)
        var writer: String?
        var events: [UInt8]?
        switch content {
        case .writer(let name): writer = name
        case .olderEvents(let sum): events = sum.bytes
        }
        try self.connection.execute(
            """
            INSERT INTO audit_roll (number, writer, events, registered_at, previous_hash, hash)
            VALUES (\(entry.number), \(writer), \(events), \(entry.time), \(entry.previous.bytes), \(entry.hash.bytes))
            """)
        try self.tables.moveHead(from: end, to: entry.head, code: try entry.head.code(by: self.keyring))
        end = entry.head
    }

    private func insert(_ head: JournalHead) throws {
        try self.connection.execute(
            """
            INSERT INTO audit_heads (writer, sequence, hash, mac)
            VALUES (\(head.writer), \(head.sequence), \(head.hash.bytes), \(try head.code(by: self.keyring)))
            ON CONFLICT DO NOTHING
            """)
    }
}

extension JournalHead {
    /// The writers that have a head, ascending.
    static func writers(in database: any Database) async throws -> [String] {
        try await database.query("SELECT writer FROM audit_heads WHERE writer <> \(RollEntry.chain) ORDER BY writer")
            .map { try $0.decode("writer") }
    }
}
