@testable import Audit
import Cryptography
import Foundation
import Persistence

/// A row of `audit_journal` with whatever somebody may put there.
struct PictureRow: Equatable {
    var sequence: Int64
    var time: SQLValue
    var kind: String
    var requestID: String?
    var eventID: String?
    var body: String
    var previous: [UInt8]
    var hash: [UInt8]

    var entry: JournalEntry? {
        guard case .timestamp(let time) = self.time, let previous = SHA256Digest(bytes: self.previous),
            let hash = SHA256Digest(bytes: self.hash)
        else { return nil }
        return JournalEntry(
            writer: "", sequence: self.sequence, time: time, kind: self.kind, body: Array(self.body.utf8), previous: previous,
            hash: hash)
    }

    /// Says something else, in good form.
    mutating func becomeForged(_ number: Int) {
        self.body = "{\"details\": {\"n\": \(number)}, \"kind\": \"refusal\"}"
        self.kind = "refusal"
        self.requestID = nil
        self.eventID = nil
    }

    /// Hashes what stands there, as somebody does who knows how but has no secret.
    mutating func rehash(as writer: String) {
        guard var entry = self.entry else { return }
        entry.writer = writer
        self.hash = entry.computedHash.bytes
    }
}

/// The trail of one writer, to be changed and put back.
struct TrailPicture {
    let writer: String
    var rows: [PictureRow]
    /// Sequence, hash and code of the head; nil when there is none.
    var head: (sequence: Int64, hash: [UInt8], code: [UInt8])?
    var spool: [UInt8]
    var headFile: [UInt8]

    init(of writer: String, in fixture: AuditFixture) async throws {
        self.writer = writer
        self.rows = try await fixture.database.query(
            "SELECT * FROM audit_journal WHERE writer = \(writer) ORDER BY sequence"
        ).map { row in
            PictureRow(
                sequence: try row.decode("sequence"), time: .timestamp(try row.decode("recorded_at")),
                kind: try row.decode("kind"), requestID: try row.decode("request_id"), eventID: try row.decode("event_id"),
                body: try row.decode("body"), previous: try row.decode("previous_hash"), hash: try row.decode("hash"))
        }
        let head = try await fixture.database.queryOne("SELECT * FROM audit_heads WHERE writer = \(writer)")
        self.head = try head.map { (try $0.decode("sequence"), try $0.decode("hash"), try $0.decode("mac")) }
        self.spool = (try? Array(Data(contentsOf: URL(filePath: "\(fixture.folder)/\(writer).spool")))) ?? []
        self.headFile = try Array(Data(contentsOf: URL(filePath: "\(fixture.folder)/\(writer).head")))
    }

    /// Puts the trail there, whatever it says.
    func write(to fixture: AuditFixture) async throws {
        let picture = self
        try await fixture.database.transaction { connection in
            try connection.execute("DELETE FROM audit_journal WHERE writer = \(picture.writer)")
            try connection.execute("DELETE FROM audit_heads WHERE writer = \(picture.writer)")
            for row in picture.rows {
                try connection.execute(
                    """
                    INSERT INTO audit_journal
                        (writer, sequence, recorded_at, kind, request_id, event_id, body, previous_hash, hash)
                    VALUES (\(picture.writer), \(row.sequence), \(row.time), \(row.kind), \(row.requestID), \(row.eventID),
                        \(row.body), \(row.previous), \(row.hash))
                    """)
            }
            if let head = picture.head {
                try connection.execute(
                    """
                    INSERT INTO audit_heads (writer, sequence, hash, mac)
                    VALUES (\(picture.writer), \(head.sequence), \(head.hash), \(head.code))
                    """)
            }
        }
        try Data(self.spool).write(to: URL(filePath: "\(fixture.folder)/\(self.writer).spool"))
        try Data(self.headFile).write(to: URL(filePath: "\(fixture.folder)/\(self.writer).head"))
    }

    /// The frames of the spool.
    var frames: [[UInt8]] {
        get {
            var frames: [[UInt8]] = []
            var rest = self.spool[...]
            while case .entry(_, let count) = SpoolFrame.read(rest, writer: self.writer) {
                frames.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            return frames
        }
        set { self.spool = Array(newValue.joined()) }
    }

    func entry(in frame: [UInt8]) -> JournalEntry? {
        if case .entry(let entry, _) = SpoolFrame.read(frame[...], writer: self.writer) { entry } else { nil }
    }
}
