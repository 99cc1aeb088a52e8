import Cryptography
import Persistence

/// A record in its place in the chain of a writer.
struct JournalEntry: Sendable, Hashable {
    /// The writer: 32 hexadecimal digits, drawn anew by every process.
    var writer: String
    /// 1 for the first record of a writer.
    var sequence: Int64
    var time: Timestamp
    /// The raw value of an ``AuditRecord/Kind``, or what somebody put there.
    var kind: String
    /// The canonical form of the record.
    var body: [UInt8]
    /// The hash of the record before; for the first one, ``genesis(of:)``.
    var previous: SHA256Digest
    var hash: SHA256Digest

    /// Puts a record behind a head.
    init(_ record: AuditRecord, body: [UInt8], at time: Timestamp, after head: JournalHead) {
        self.init(
            writer: head.writer, sequence: head.sequence + 1, time: time, kind: record.kind.rawValue, body: body,
            previous: head.hash, hash: head.hash)
        self.hash = self.computedHash
    }

    /// Takes an entry as it was kept.
    init(
        writer: String, sequence: Int64, time: Timestamp, kind: String, body: [UInt8], previous: SHA256Digest,
        hash: SHA256Digest
    ) {
        self.writer = writer
        self.sequence = sequence
        self.time = time
        self.kind = kind
        self.body = body
        self.previous = previous
        self.hash = hash
    }

    /// The hash that belongs to what is kept: SHA-256 over the framed parts
    /// `gatehouse/1/audit-record`, writer, sequence, previous hash, time in microseconds, kind, body.
    var computedHash: SHA256Digest {
        var framed = FramedBytes(domain: "gatehouse/1/audit-record", capacity: self.body.count + 192)
        framed.append(self.writer.utf8)
        framed.append(self.sequence)
        framed.append(self.previous)
        framed.append(self.time.microseconds)
        framed.append(self.kind.utf8)
        framed.append(self.body)
        return SHA256.hash(framed.bytes)
    }

    /// Whether nothing of the entry was changed since it was hashed.
    var isIntact: Bool { self.computedHash == self.hash }

    /// The head when this entry is the newest.
    var head: JournalHead { JournalHead(writer: self.writer, sequence: self.sequence, hash: self.hash) }

    /// What stands before the first record of a writer.
    static func genesis(of writer: String) -> SHA256Digest {
        var framed = FramedBytes(domain: "gatehouse/1/audit-genesis")
        framed.append(writer.utf8)
        return SHA256.hash(framed.bytes)
    }
}
