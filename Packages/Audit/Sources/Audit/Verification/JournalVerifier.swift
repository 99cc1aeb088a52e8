public import Cryptography
public import Persistence

/// Reads the whole trail and names what does not fit: the roll of writers, the chains and heads in the database, the rows of
/// `audit_events`, and the files of a spool.
///
/// Every chain that has begun is in the roll, so one that was deleted whole is missed; rows of `audit_events` that no record
/// speaks of are known by their sum, so one that was put there is found.
///
/// Journals may go on writing meanwhile. What somebody can change who has the database and not the server's secret is found,
/// except what is put back from a copy as it once was: an older head with its cut end shows only beside the spool, and a
/// database that was emptied whole looks like a new one. In `audit_writers` the names are held against the roll; its times only
/// tell who lives.
public struct JournalVerifier: Sendable {
    private let database: any Database
    private let folder: SpoolFolder?
    private let keyring: SecretKeyring

    /// Creates a verifier.
    ///
    /// - Parameters:
    ///   - database: Where the journal is.
    ///   - folder: The folder of a spool, if it is to be read as well.
    ///   - keyring: The server's secrets, older ones included.
    public init(database: any Database, folder: String? = nil, keyring: SecretKeyring) {
        self.database = database
        self.folder = folder.map { SpoolFolder(path: $0) }
        self.keyring = keyring
    }

    /// Reads everything; takes time in proportion to the number of records, and memory for a page of them and for what
    /// the spool holds.
    ///
    /// - Throws: `PersistenceError` when the database cannot be read; ``AuditError`` with code `folderUnusable`;
    ///   `CancellationError`.
    public func verify() async throws -> VerificationReport {
        // The files first: a journal writes the head file after the database, and moves records from the spool into it.
        var files = SpoolPicture()
        if let folder = self.folder { files = try await SpoolPicture.steady(folder, self.keyring) }
        var report = files.report
        let roll = try await RollCheck(of: self.database, by: self.keyring, &report)
        var tables: Set<String> = []
        var after = ""
        while let writer = try await self.nextWriter(after: after) {
            tables.insert(writer)
            after = writer
        }
        for table in ["audit_heads", "audit_segments", "audit_writers"] {
            tables.formUnion(
                try await self.database.query("SELECT DISTINCT writer FROM \(identifier: table)")
                    .compactMap { try? $0.decode("writer") })
        }
        tables.remove(RollEntry.chain)
        try await roll.compare(tables, with: self.database, &report)
        for writer in tables.union(files.spools.keys).union(files.heads.keys).union(roll.writers).sorted() {
            report.writers += 1
            try await self.verify(writer, isInRoll: roll.writers.contains(writer), files, &report)
        }
        try await roll.compareEvents(in: self.database, by: self.keyring, &report)
        return report
    }

    private func nextWriter(after writer: String) async throws -> String? {
        let row = try await self.database.queryOne(
            "SELECT writer FROM audit_journal WHERE writer > \(writer) ORDER BY writer LIMIT 1")
        return try row?.decode("writer")
    }

    /// Reads one chain, once more if an archive has put more of it into a file meanwhile.
    private func verify(
        _ writer: String, isInRoll: Bool, _ files: SpoolPicture, _ report: inout VerificationReport
    ) async throws {
        var attempts = 0
        while true {
            attempts += 1
            var attempt = report
            let archived = try await StoredSegments(of: writer, in: self.database, by: self.keyring)
            try await self.verify(archived, isInRoll: isInRoll, files, &attempt)
            let now = try await StoredSegments(of: writer, in: self.database, by: self.keyring)
            if now.beginning == archived.beginning || attempts == Self.attempts {
                report = attempt
                return
            }
        }
    }

    /// Each attempt begins where the archive ends by then, so it has less to read than the one before.
    private static let attempts = 100

    private func verify(
        _ archived: StoredSegments, isInRoll: Bool, _ files: SpoolPicture, _ report: inout VerificationReport
    ) async throws {
        let writer = archived.beginning.writer
        let head = try await StoredHead(of: writer, in: self.database, by: self.keyring)
        report.segments += archived.segments.count
        for fault in archived.faults { report.add(fault.kind, .segment(writer: writer, first: fault.first)) }
        var check = ChainCheck(
            archived: archived.beginning, spool: files.spools[writer], headFile: files.heads[writer])
        // Records behind the head belong to transactions that came since, or to nobody; see below.
        let reach = head.head?.sequence ?? .max
        var after = Int64.min
        while true {
            try Task.checkCancellation()
            let rows = try await self.database.query(
                """
                SELECT sequence, recorded_at, kind, request_id, event_id, body, previous_hash, hash FROM audit_journal
                WHERE writer = \(writer) AND sequence > \(after) AND sequence <= \(reach) ORDER BY sequence LIMIT \(Self.pageRows)
                """)
            var page = EventPage()
            for row in rows {
                guard let sequence = try? row.decode("sequence", as: Int64.self) else {
                    report.add(.unreadable, .journal(writer: writer, sequence: check.next))
                    continue
                }
                after = sequence
                check.take(row, sequence, &page, &report)
            }
            try await page.compare(with: self.database, &report)
            if rows.count < Self.pageRows { break }
        }
        check.end(&report)
        check.compare(with: head, isInRoll: isInRoll, &report)
        guard let head = head.head else { return }
        let row = try await self.database.queryOne(
            """
            SELECT sequence FROM audit_journal WHERE writer = \(writer) AND sequence > \(head.sequence) ORDER BY sequence LIMIT 1
            """)
        guard let row else { return }
        // A record that came since has moved the head.
        let moved = try await StoredHead(of: writer, in: self.database, by: self.keyring).head
        if moved == head { report.add(.forked, .journal(writer: writer, sequence: try row.decode("sequence"))) }
    }

    private static let pageRows = 100
}

/// What stands in `audit_heads` for a writer.
enum StoredHead {
    case missing
    case unreadable
    /// The server's secret did not make its code.
    case changed
    case attested(JournalHead)

    /// Reads it.
    init(of writer: String, in database: any Database, by keyring: SecretKeyring) async throws {
        let row = try await database.queryOne("SELECT sequence, hash, mac FROM audit_heads WHERE writer = \(writer)")
        guard let row else {
            self = .missing
            return
        }
        guard let sequence = try? row.decode("sequence", as: Int64.self),
            let hash = (try? row.decode("hash", as: [UInt8].self)).flatMap({ SHA256Digest(bytes: $0) }),
            let code = try? row.decode("mac", as: [UInt8].self)
        else {
            self = .unreadable
            return
        }
        let head = JournalHead(writer: writer, sequence: sequence, hash: hash)
        self = head.isAttested(by: code, keyring) ? .attested(head) : .changed
    }

    var head: JournalHead? {
        if case .attested(let head) = self { head } else { nil }
    }
}
