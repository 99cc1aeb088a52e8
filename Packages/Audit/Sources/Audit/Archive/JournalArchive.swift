public import Cryptography
public import Persistence

/// Moves old records of the journal into files, and drops them from the database once the files are known to be whole.
///
/// For each writer the oldest records become one file `audit-WRITER-FIRST-LAST.jsonl`, in the form of ``JournalExport``:
/// written under another name, brought to the disk, read again with ``ExportVerifier``, renamed, entered in `audit_segments`
/// with a code of the server's secret, and only then are its records dropped, some at a time, oldest first. Whichever step is
/// the last, nothing is lost, and the next run goes on. Heads, request ids and rows of `audit_events` stay.
///
/// A segment ends
///
/// - before the first record that was made at the given instant or later;
/// - before the first record of a request that has not ended, so that such a request is whole in the journal;
/// - where no request has records on both sides, if there is such a place among the last ``maximumRetreat`` records before.
///   A server that is never idle has none; then the few requests across the border begin in the file and end in the journal.
///
/// - Warning: Records leave the database. Keep the files: nothing else has these records afterwards.
public struct JournalArchive: Sendable {
    /// A file that was made.
    public struct Segment: Sendable, Hashable {
        /// Whose records.
        public let writer: String
        /// The sequence of the first record.
        public let first: Int64
        /// The sequence of the last record.
        public let last: Int64
        /// The path of the file.
        public let path: String
    }

    /// What was done.
    public struct Report: Sendable, Hashable {
        /// Files that were made.
        public internal(set) var segments: [Segment] = []
        /// Records that left the database, those of segments that an earlier run had begun with included.
        public internal(set) var dropped = 0
    }

    /// How far a segment's end moves back to find a place that no request lies across: 10 000 records.
    public static let maximumRetreat: Int64 = 10_000

    /// Records that are dropped in one transaction, so that journals are kept waiting only briefly.
    private static let droppedTogether: Int64 = 500

    let database: any Database
    private let folder: ArchiveFolder
    private let keyring: SecretKeyring
    let retreat: Int64
    private let reached: @Sendable (ArchiveStep) throws -> Void

    /// Creates an archive over a migrated database.
    ///
    /// - Parameters:
    ///   - database: Where the journal is.
    ///   - folder: Where the files go; it is made (mode 0700) if need be. The same one for each run.
    ///   - keyring: The server's secrets.
    public init(database: any Database, folder: String, keyring: SecretKeyring) {
        self.init(database: database, folder: folder, keyring: keyring, retreat: Self.maximumRetreat) { _ in }
    }

    package init(
        database: any Database, folder: String, keyring: SecretKeyring, retreat: Int64,
        reached: @escaping @Sendable (ArchiveStep) throws -> Void
    ) {
        self.database = database
        self.folder = ArchiveFolder(path: folder)
        self.keyring = keyring
        self.retreat = retreat
        self.reached = reached
    }

    /// Archives all records that were made before an instant, as far as the rules above allow.
    ///
    /// - Returns: What was done; nothing, if nothing is that old.
    /// - Throws: ``AuditError`` with code `invalidQuery` for an instant to come, `folderInUse` while another archive writes there, `folderUnusable` when the folder cannot
    ///   be made or written, `unreadable` when a chain is broken or a segment was changed, which
    ///   ``JournalVerifier`` tells more of, `archiveUnusable` when a file cannot be written, does not pass its
    ///   check, or is not there any more although records that it holds are still to be dropped; `PersistenceError`;
    ///   `CryptographyError`; `CancellationError`. Segments that were finished before stay.
    @discardableResult
    public func run(before instant: Timestamp) async throws -> Report {
        guard instant <= .now() else {
            throw AuditError(.invalidQuery, message: "only records from before an instant that has passed can be archived")
        }
        // Two at once would write the same file.
        let lock = try SpoolFolder(path: self.folder.path).lock()
        defer { lock.unlock() }
        var report = Report()
        for writer in try await JournalHead.writers(in: self.database) {
            try Task.checkCancellation()
            try await self.archive(writer, before: instant, &report)
        }
        return report
    }

    private func archive(_ writer: String, before instant: Timestamp, _ report: inout Report) async throws {
        let stored = try await StoredSegments(of: writer, in: self.database, by: self.keyring)
        guard stored.faults.isEmpty else {
            throw AuditError(.unreadable, message: "a segment of writer \(writer) was changed; verify the journal")
        }
        for segment in stored.segments { try await self.drop(segment, &report) }
        let end = try await self.end(of: writer, after: stored.beginning.sequence, before: instant)
        guard end > stored.beginning.sequence else { return }
        let segment = try await self.write(writer, after: stored.beginning, through: end)
        let code = try segment.code(by: self.keyring)
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try connection.execute(
                """
                INSERT INTO audit_segments
                    (writer, first_sequence, last_sequence, previous_hash, last_hash, file, digest, archived_at, events, mac)
                VALUES (\(segment.writer), \(segment.first), \(segment.last), \(segment.previous.bytes), \(segment.hash.bytes),
                    \(segment.file), \(segment.digest.bytes), \(segment.archivedAt), \(segment.events?.bytes),
                    \(code))
                """)
        }
        try self.reached(.attested)
        report.segments.append(
            Segment(
                writer: writer, first: segment.first, last: segment.last, path: self.folder.path(of: segment.file)))
        try await self.drop(segment, &report)
    }

    /// Makes the file of a segment.
    private func write(_ writer: String, after beginning: JournalHead, through end: Int64) async throws -> JournalSegment {
        let first = beginning.sequence + 1
        let name = "audit-\(writer)-\(first)-\(end).jsonl"
        var file = try self.folder.begin(name)
        let export = JournalExport(database: self.database, keyring: self.keyring)
        var hasWritten = false
        let report = try await export.write(writer, from: first, through: end) { line in
            try file.append(line)
            if !hasWritten { try self.reached(.writing) }
            hasWritten = true
        }
        try file.synchronize()
        try self.reached(.written)
        let check = try self.folder.check(file, self.keyring)
        guard check.report.isClean, check.report.records == report.records, Int64(report.records) == end - beginning.sequence,
            check.start == beginning, let last = check.end, last.writer == writer, last.sequence == end
        else {
            throw AuditError(.archiveUnusable, message: "the file \(name) is not what was written to it")
        }
        try self.reached(.verified)
        try self.folder.name(file, replaces: true)
        try self.reached(.named)
        return JournalSegment(
            writer: writer, first: first, last: end, previous: beginning.hash, hash: last.hash, file: name, digest: check.digest,
            archivedAt: .now(), events: try await self.events(of: writer, after: beginning.sequence, through: end))
    }

    /// Drops what is left of a segment's records, the oldest first.
    private func drop(_ segment: JournalSegment, _ report: inout Report) async throws {
        func firstLeft() async throws -> Int64? {
            try await self.database.queryOne(
                """
                SELECT min(sequence) AS first FROM audit_journal
                WHERE writer = \(segment.writer) AND sequence <= \(segment.last)
                """
            )?.decode("first", as: Int64?.self)
        }
        guard var next = try await firstLeft() else { return }
        guard try self.folder.digest(of: segment.file) == segment.digest else {
            throw AuditError(
                .archiveUnusable, message: "the file \(segment.file) is missing or changed, so its records stay in the journal")
        }
        while true {
            try Task.checkCancellation()
            let last = min(segment.last, next + Self.droppedTogether - 1)
            report.dropped += try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
                try connection.execute(
                    "DELETE FROM audit_journal WHERE writer = \(segment.writer) AND sequence <= \(last)")
            }
            try self.reached(.dropping)
            guard let left = try await firstLeft() else { break }
            next = left
        }
        try self.reached(.dropped)
    }
}
