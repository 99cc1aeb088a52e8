import Cryptography
import Persistence

/// A line of the roll, which names every chain of the journal: a row of `audit_roll`.
///
/// The roll is a chain itself, whose head stands in `audit_heads` under ``RollEntry/chain``. Without it, a chain that was deleted whole
/// would leave nothing behind that could be missed.
struct RollEntry: Sendable, Hashable {
    /// What a line tells.
    enum Content: Sendable, Hashable {
        /// A writer has begun; its head stands from then on.
        case writer(String)
        /// The rows of `audit_events` that no record speaks of, and that were there before the roll.
        case olderEvents(EventSum)
    }

    /// The name of the roll among the heads, which no writer can have.
    static let chain = "roll"

    /// 1 for the first line.
    let number: Int64
    let content: Content
    let time: Timestamp
    /// The hash of the line before; for the first one, the genesis of the chain.
    let previous: SHA256Digest
    let hash: SHA256Digest

    /// Puts a line behind the head of the roll.
    init(_ content: Content, at time: Timestamp, after head: JournalHead) {
        let number = head.sequence + 1
        self.init(
            number: number, content: content, time: time, previous: head.hash,
            hash: Self.hash(number, content, time, after: head.hash))
    }

    private init(number: Int64, content: Content, time: Timestamp, previous: SHA256Digest, hash: SHA256Digest) {
        self.number = number
        self.content = content
        self.time = time
        self.previous = previous
        self.hash = hash
    }

    /// Reads a row of `audit_roll`; nil when a column holds something else.
    init?(_ row: Row) {
        guard let number = try? row.decode("number", as: Int64.self),
            let time = try? row.decode("registered_at", as: Timestamp.self), let content = try? Content(row),
            let previous = (try? row.decode("previous_hash", as: [UInt8].self)).flatMap({ SHA256Digest(bytes: $0) }),
            let hash = (try? row.decode("hash", as: [UInt8].self)).flatMap({ SHA256Digest(bytes: $0) })
        else { return nil }
        self.init(number: number, content: content, time: time, previous: previous, hash: hash)
    }

    /// Whether nothing of the line was changed since it was hashed.
    var isIntact: Bool { Self.hash(self.number, self.content, self.time, after: self.previous) == self.hash }

    /// The head when this line is the newest.
    var head: JournalHead { JournalHead(writer: Self.chain, sequence: self.number, hash: self.hash) }

    /// SHA-256 over the framed parts `gatehouse/1/audit-roll`, number, previous hash, time in microseconds, writer, sum of events.
    private static func hash(
        _ number: Int64, _ content: Content, _ time: Timestamp, after previous: SHA256Digest
    ) -> SHA256Digest {
        var framed = FramedBytes(domain: "gatehouse/1/audit-roll")
        framed.append(number)
        framed.append(previous)
        framed.append(time.microseconds)
        switch content {
        case .writer(let writer):
            framed.append(writer.utf8)
            framed.append([])
        case .olderEvents(let sum):
            framed.append([])
            framed.append(sum.bytes)
        }
        return SHA256.hash(framed.bytes)
    }
}

extension RollEntry.Content {
    /// Reads what a row tells.
    ///
    /// - Throws: `PersistenceError`; ``AuditError`` with code `unreadable`.
    fileprivate init(_ row: Row) throws {
        switch (try row.decode("writer", as: String?.self), try row.decode("events", as: [UInt8]?.self)) {
        case (let writer?, nil): self = .writer(writer)
        case (nil, let bytes?):
            guard let sum = EventSum(bytes: bytes) else { fallthrough }
            self = .olderEvents(sum)
        default: throw AuditError(.unreadable, message: "a line of the roll has another form")
        }
    }
}
