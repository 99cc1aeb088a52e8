import Cryptography
import Persistence

extension KeyPurpose {
    /// Segments of the audit journal that were archived.
    static let auditSegment = KeyPurpose("audit-segment")
}

/// Records of one writer that stand in a file, so that they may leave the journal: a row of `audit_segments`.
struct JournalSegment: Sendable, Hashable {
    var writer: String
    /// The sequence of the first record.
    var first: Int64
    /// The sequence of the last record, `first` or more.
    var last: Int64
    /// The hash before the first record, where the segment before ends.
    var previous: SHA256Digest
    /// The hash of the last record, where the journal goes on.
    var hash: SHA256Digest
    /// The name of the file, without a folder.
    var file: String
    /// SHA-256 of the file.
    var digest: SHA256Digest
    var archivedAt: Timestamp
    /// The rows of `audit_events` that the records speak of; nil in segments that were made before there was a roll.
    var events: EventSum?

    /// A code that only a server with the secret can make: over the framed parts `gatehouse/1/audit-segment`, writer, first,
    /// last, previous hash, last hash, file, digest, time in microseconds, sum of events if any.
    ///
    /// - Throws: `CryptographyError` when libcrypto fails.
    func code(by keyring: SecretKeyring) throws(CryptographyError) -> [UInt8] {
        try keyring.sign(self.message, for: .auditSegment)
    }

    /// Whether a server with the secret made the code for this segment.
    func isAttested(by code: [UInt8], _ keyring: SecretKeyring) -> Bool {
        (try? keyring.isValid(code, for: self.message, purpose: .auditSegment)) ?? false
    }

    private var message: [UInt8] {
        var framed = FramedBytes(domain: "gatehouse/1/audit-segment")
        framed.append(self.writer.utf8)
        framed.append(self.first)
        framed.append(self.last)
        framed.append(self.previous)
        framed.append(self.hash)
        framed.append(self.file.utf8)
        framed.append(self.digest)
        framed.append(self.archivedAt.microseconds)
        if let events = self.events { framed.append(events.bytes) }
        return framed.bytes
    }
}

/// What stands in `audit_segments` for a writer: where its chain begins in the journal.
struct StoredSegments: Sendable {
    /// The segments that follow each other from the first record on, each attested.
    private(set) var segments: [JournalSegment] = []
    /// What is wrong with the rows: the kind, and the first sequence that the row names.
    private(set) var faults: [(kind: AuditFault.Kind, first: Int64)] = []

    /// Where the archive ends and the journal goes on.
    let beginning: JournalHead

    /// Reads all segments of a writer, which are few.
    init(of writer: String, in database: any Database, by keyring: SecretKeyring) async throws {
        self.init(try await database.query(Self.rows(of: writer)), of: writer, by: keyring)
    }

    /// Reads them as a snapshot has them.
    init(of writer: String, on connection: any DatabaseConnection, by keyring: SecretKeyring) throws {
        self.init(try connection.query(Self.rows(of: writer)), of: writer, by: keyring)
    }

    private static func rows(of writer: String) -> SQL {
        """
        SELECT first_sequence, last_sequence, previous_hash, last_hash, file, digest, archived_at, events, mac FROM audit_segments
        WHERE writer = \(writer) ORDER BY first_sequence
        """
    }

    private init(_ rows: [Row], of writer: String, by keyring: SecretKeyring) {
        var end = JournalHead(beginning: writer)
        for row in rows {
            let first = (try? row.decode("first_sequence", as: Int64.self)) ?? 0
            guard let segment = JournalSegment(row, writer: writer), let code = try? row.decode("mac", as: [UInt8].self) else {
                self.faults.append((.unreadable, first))
                continue
            }
            guard segment.isAttested(by: code, keyring), segment.last >= segment.first else {
                self.faults.append((.changed, first))
                continue
            }
            guard segment.first == end.sequence &+ 1, segment.previous == end.hash else {
                self.faults.append((segment.first > end.sequence ? .gap : .forked, first))
                continue
            }
            self.segments.append(segment)
            end = JournalHead(writer: writer, sequence: segment.last, hash: segment.hash)
        }
        self.beginning = end
    }
}

extension JournalSegment {
    /// Reads a row of `audit_segments`; nil when a column holds something else.
    fileprivate init?(_ row: Row, writer: String) {
        func digest(_ column: String) -> SHA256Digest? {
            (try? row.decode(column, as: [UInt8].self)).flatMap { SHA256Digest(bytes: $0) }
        }
        guard let first = try? row.decode("first_sequence", as: Int64.self),
            let last = try? row.decode("last_sequence", as: Int64.self), let previous = digest("previous_hash"),
            let hash = digest("last_hash"), let file = try? row.decode("file", as: String.self), let sum = digest("digest"),
            let archivedAt = try? row.decode("archived_at", as: Timestamp.self),
            let eventBytes = try? row.decode("events", as: [UInt8]?.self) ?? []
        else { return nil }
        let events = EventSum(bytes: eventBytes)
        guard events != nil || eventBytes.isEmpty else { return nil }
        self.init(
            writer: writer, first: first, last: last, previous: previous, hash: hash, file: file, digest: sum,
            archivedAt: archivedAt, events: events)
    }
}
