public import Cryptography
public import Persistence
import StrictJSON

/// Writes records of the journal as lines of JSON, which ``ExportVerifier`` can check without the database.
///
/// Each writer has a section: where it starts, its records, where it ends. A trailer closes the whole. Keys are sorted:
///
/// ```json
/// {"code": "01…", "hash": "7c…", "sequence": 0, "type": "start", "writer": "5f…c2"}
/// {"body": {"details": {}, "kind": "refusal"}, "hash": "a0…", "kind": "refusal", "previous": "7c…", "sequence": 1, "time": "2026-11-20T21:52:36.972357Z", "type": "record"}
/// {"code": "01…", "hash": "a0…", "records": 1, "sequence": 1, "type": "end", "writer": "5f…c2"}
/// {"code": "01…", "records": 1, "sha256": "e3…", "type": "trailer", "writers": 1}
/// ```
///
/// Records that ``JournalArchive`` has put into files are left out. Start and end are heads with the code of the server, so that a slice is as good as the whole. `sha256` is over all lines
/// before the trailer, each with its line feed.
public struct JournalExport: Sendable {
    /// What was written.
    public struct Report: Sendable, Hashable {
        /// Sections.
        public var writers = 0
        /// Records in all sections.
        public var records = 0
    }

    private let database: any Database
    private let keyring: SecretKeyring

    /// Creates an export.
    public init(database: any Database, keyring: SecretKeyring) {
        self.database = database
        self.keyring = keyring
    }

    /// Writes all records of all writers.
    ///
    /// - Parameter sink: Gets each line with its line feed, in order, and is awaited.
    /// - Throws: As ``write(_:from:through:to:)``.
    @discardableResult
    public func writeAll(to sink: ([UInt8]) async throws -> Void) async throws -> Report {
        var output = Output(keyring: self.keyring)
        for writer in try await JournalHead.writers(in: self.database) {
            try await self.section(writer, from: 1, through: .max, &output, sink)
        }
        return try await output.finish(sink)
    }

    /// Writes some records of one writer.
    ///
    /// - Parameters:
    ///   - writer: The writer.
    ///   - first: The first sequence, 1 or more.
    ///   - last: The last sequence; what is beyond the head is left out.
    ///   - sink: Gets each line with its line feed, in order, and is awaited.
    /// - Throws: ``AuditError`` with code `unreadable` when the chain is broken, which ``JournalVerifier`` tells more of;
    ///   `PersistenceError`; `CryptographyError`; `CancellationError`; what the sink throws.
    @discardableResult
    public func write(
        _ writer: String, from first: Int64 = 1, through last: Int64 = .max, to sink: ([UInt8]) async throws -> Void
    ) async throws -> Report {
        var output = Output(keyring: self.keyring)
        try await self.section(writer, from: max(first, 1), through: last, &output, sink)
        return try await output.finish(sink)
    }

    /// Writes what was recorded in a time.
    ///
    /// Of each writer it is one piece of the chain, from the first record of that time to the last one; where a clock was
    /// set back, records of other times may lie between.
    ///
    /// - Parameters:
    ///   - since: The first instant; from the beginning on when nil.
    ///   - until: The instant behind the last one; to the end when nil.
    ///   - sink: Gets each line with its line feed, in order, and is awaited.
    /// - Throws: As ``write(_:from:through:to:)``.
    @discardableResult
    public func write(
        since: Timestamp?, until: Timestamp?, to sink: ([UInt8]) async throws -> Void
    ) async throws -> Report {
        var output = Output(keyring: self.keyring)
        for writer in try await JournalHead.writers(in: self.database) {
            var first: Int64 = 1
            var last = Int64.max
            if let since {
                let sql: SQL =
                    "SELECT min(sequence) AS n FROM audit_journal WHERE writer = \(writer) AND recorded_at >= \(since)"
                guard let found = try await self.number(sql) else { continue }
                first = found
            }
            if let until {
                let sql: SQL = "SELECT max(sequence) AS n FROM audit_journal WHERE writer = \(writer) AND recorded_at < \(until)"
                guard let found = try await self.number(sql), found >= first else { continue }
                last = found
            }
            try await self.section(writer, from: first, through: last, &output, sink)
        }
        return try await output.finish(sink)
    }

    private func number(_ sql: SQL) async throws -> Int64? {
        try await self.database.queryOne(sql)?.decode("n", as: Int64?.self)
    }

    private func section(
        _ writer: String, from first: Int64, through last: Int64, _ output: inout Output,
        _ sink: ([UInt8]) async throws -> Void
    ) async throws {
        let archived = try await StoredSegments(of: writer, in: self.database, by: self.keyring)
        let stored = try await StoredHead(of: writer, in: self.database, by: self.keyring)
        if case .missing = stored, archived.segments.isEmpty { return }
        guard let head = stored.head, head.sequence >= 0, archived.faults.isEmpty else { throw Self.broken(writer, 0) }
        if head.sequence == 0 {
            // One that has just written its first record has moved its head in the same transaction.
            let row = try await self.database.queryOne(
                """
                SELECT 1 FROM audit_journal JOIN audit_heads ON audit_heads.writer = audit_journal.writer
                WHERE audit_journal.writer = \(writer) AND audit_heads.sequence = 0 LIMIT 1
                """)
            guard row == nil, archived.segments.isEmpty else { throw Self.broken(writer, 0) }
            return
        }
        // What an archive has begun to drop is in its file.
        let beginning = archived.beginning
        let first = max(first, beginning.sequence + 1)
        let end = min(last, head.sequence)
        var newest: JournalHead?
        var count = 0
        while (newest?.sequence ?? first - 1) < end {
            try Task.checkCancellation()
            let rows = try await self.database.query(
                """
                SELECT sequence, recorded_at, kind, body, previous_hash, hash FROM audit_journal
                WHERE writer = \(writer) AND sequence > \(newest?.sequence ?? first - 1) AND sequence <= \(end)
                ORDER BY sequence LIMIT 100
                """)
            if rows.isEmpty { throw Self.broken(writer, (newest?.sequence ?? first - 1) + 1) }
            for row in rows {
                let expected = (newest?.sequence ?? first - 1) + 1
                guard let entry = JournalEntry(row, writer: writer, sequence: try row.decode("sequence")),
                    entry.sequence == expected, entry.isIntact, entry.sequence < head.sequence || entry.head == head,
                    newest.map({ $0.hash == entry.previous }) ?? true,
                    expected > beginning.sequence + 1 || entry.previous == beginning.hash
                else { throw Self.broken(writer, expected) }
                if newest == nil {
                    let start = JournalHead(writer: writer, sequence: first - 1, hash: entry.previous)
                    try await output.begin(start, sink)
                }
                try await output.add(entry, sink)
                newest = entry.head
                count += 1
            }
        }
        if let newest { try await output.end(newest, count: count, sink) }
    }

    private static func broken(_ writer: String, _ sequence: Int64) -> AuditError {
        AuditError(.unreadable, message: "the chain of writer \(writer) is broken at sequence \(sequence); verify it")
    }
}

extension JournalExport {
    /// Makes the lines, and counts and hashes them.
    private struct Output {
        let keyring: SecretKeyring
        var report = Report()
        var hash = SHA256()

        mutating func begin(_ head: JournalHead, _ sink: ([UInt8]) async throws -> Void) async throws {
            self.report.writers += 1
            try await self.put(
                [
                    "type": "start", "writer": .string(head.writer), "sequence": .integer(head.sequence),
                    "hash": .string(head.hash.hex), "code": .string(Hex.encode(try head.code(by: self.keyring))),
                ], sink)
        }

        mutating func add(_ entry: JournalEntry, _ sink: ([UInt8]) async throws -> Void) async throws {
            self.report.records += 1
            guard let body = ExportLine.body(of: entry) else { throw JournalExport.broken(entry.writer, entry.sequence) }
            try await self.put(
                [
                    "type": "record", "sequence": .integer(entry.sequence), "time": .string(entry.time.rfc3339),
                    "kind": .string(entry.kind), "previous": .string(entry.previous.hex), "hash": .string(entry.hash.hex),
                    "body": body,
                ], sink)
        }

        mutating func end(_ head: JournalHead, count: Int, _ sink: ([UInt8]) async throws -> Void) async throws {
            try await self.put(
                [
                    "type": "end", "writer": .string(head.writer), "sequence": .integer(head.sequence),
                    "hash": .string(head.hash.hex), "records": .integer(count),
                    "code": .string(Hex.encode(try head.code(by: self.keyring))),
                ], sink)
        }

        mutating func finish(_ sink: ([UInt8]) async throws -> Void) async throws -> Report {
            let digest = self.hash.finalize()
            let message = ExportLine.trailerMessage(digest, records: self.report.records, writers: self.report.writers)
            try await self.put(
                [
                    "type": "trailer", "records": .integer(self.report.records), "writers": .integer(self.report.writers),
                    "sha256": .string(digest.hex),
                    "code": .string(Hex.encode(try self.keyring.sign(message, for: .auditExport))),
                ], sink)
            return self.report
        }

        private mutating func put(_ line: JSONValue, _ sink: ([UInt8]) async throws -> Void) async throws {
            let bytes = line.sortedBytes() + [UInt8(ascii: "\n")]
            self.hash.update(bytes)
            try await sink(bytes)
        }
    }
}
