import Cryptography
import Persistence

/// Follows the chain of one writer, record by record.
struct ChainCheck {
    private let writer: String
    private let spool: SpoolPicture.Chain?
    private let headFile: JournalHead?
    /// Where the archive ends; 0 and the beginning of the chain, if nothing is archived.
    private let archived: JournalHead
    /// The newest sequence that was seen; 0 before the first.
    private(set) var last: Int64
    private var isBegun = false
    /// The hash of the record before; nil when that record is missing or broken, so that nothing can be said.
    private var previous: SHA256Digest?
    /// Records whose hash is another than they say.
    private var broken: [JournalEntry] = []
    private static let maximumBroken = 256

    /// Begins behind the archive; of records that the archive holds as well, any may be there still.
    init(archived: JournalHead, spool: SpoolPicture.Chain?, headFile: JournalHead?) {
        let writer = archived.writer
        self.archived = archived
        self.writer = writer
        self.spool = spool
        self.headFile = headFile
        self.last = archived.sequence
        self.previous = archived.hash
    }

    /// The sequence that comes next. Nobody gets to the greatest number, except with a row that was put there.
    var next: Int64 { self.last == .max ? .max : self.last + 1 }

    mutating func take(_ row: Row, _ sequence: Int64, _ page: inout EventPage, _ report: inout VerificationReport) {
        report.records += 1
        if sequence > 0, sequence <= self.archived.sequence, !self.isBegun || sequence > self.next {
            // The archive drops the oldest records first, perhaps just now.
            self.last = sequence - 1
            self.previous = nil
        } else if self.isBegun, self.last < self.archived.sequence, sequence > self.archived.sequence {
            self.last = self.archived.sequence
            self.previous = self.archived.hash
        }
        self.isBegun = true
        if sequence != self.next {
            // Sequences ascend, so one that is too small is below 1.
            report.add(sequence > self.next ? .gap : .forked, .journal(writer: self.writer, sequence: min(self.next, sequence)))
            self.previous = nil
        }
        let place = AuditFault.Place.journal(writer: self.writer, sequence: sequence)
        defer { self.last = max(sequence, self.last) }
        guard let entry = JournalEntry(row, writer: self.writer, sequence: sequence) else {
            report.add(.unreadable, place)
            self.previous = nil
            return
        }
        guard entry.isIntact else {
            self.breakAt(entry, &report)
            return
        }
        if let previous, entry.previous != previous {
            report.add(.forked, .journal(writer: self.writer, sequence: sequence - 1))
        }
        self.previous = entry.hash
        let witnesses = [
            self.spool?.hashes[sequence], self.headFile?.sequence == sequence ? self.headFile?.hash : nil,
            self.archived.sequence == sequence ? self.archived.hash : nil,
        ]
        for other in witnesses {
            if let other, other != entry.hash { report.add(.forked, place) }
        }
        self.checkColumns(of: row, entry, place, &page, &report)
    }

    private mutating func breakAt(_ entry: JournalEntry, _ report: inout VerificationReport) {
        self.previous = nil
        if self.broken.count < Self.maximumBroken {
            self.broken.append(entry)
        } else {
            report.add(.changed, .journal(writer: self.writer, sequence: entry.sequence))
        }
    }

    /// Columns beside the body only repeat what is in it.
    private func checkColumns(
        of row: Row, _ entry: JournalEntry, _ place: AuditFault.Place, _ page: inout EventPage,
        _ report: inout VerificationReport
    ) {
        guard let record = try? AuditRecord(body: entry.body) else {
            report.add(.unreadable, place)
            return
        }
        let requestID = try? row.decode("request_id", as: String?.self)
        let eventID = (try? row.decode("event_id", as: String?.self)) ?? nil
        var allowed: [String?] = [nil]
        if let event = record.event {
            let other = DrainCommit.otherID(of: event.requestID, entry.writer, entry.sequence)
            allowed += [event.requestID.text, other.text]
        }
        guard requestID == .some(record.requestID?.text), record.kind.rawValue == entry.kind, allowed.contains(eventID) else {
            report.add(.changed, place)
            return
        }
        guard let event = record.event else { return }
        if let eventID {
            page.expect(event.asRow(named: AuditRequestID(unchecked: eventID)))
        } else {
            report.add(.gap, .event(requestID: event.requestID.text))
        }
    }

    /// Tells records that stand in each other's places from changed ones.
    mutating func end(_ report: inout VerificationReport) {
        for entry in self.broken {
            let isElsewhere = self.broken.contains { other in
                var moved = entry
                moved.sequence = other.sequence
                return other.sequence != entry.sequence && moved.isIntact
            }
            report.add(isElsewhere ? .reordered : .changed, .journal(writer: self.writer, sequence: entry.sequence))
        }
    }

    /// Holds the end of the chain against the head, the spool and the head beside it.
    func compare(with stored: StoredHead, isInRoll: Bool, _ report: inout VerificationReport) {
        let nextPlace = AuditFault.Place.journal(writer: self.writer, sequence: self.next)
        var isCut = self.spool?.isDamaged ?? false
        switch stored {
        case .missing: if self.last > 0 || isInRoll { report.add(.truncated, .head(writer: self.writer)) }
        case .unreadable: report.add(.unreadable, .head(writer: self.writer))
        case .changed: report.add(.changed, .head(writer: self.writer))
        case .attested(let head):
            if head.sequence > self.last {
                isCut = true
                report.add(.truncated, nextPlace)
            } else if head.sequence < self.last || self.previous.map({ $0 != head.hash }) ?? false {
                report.add(.forked, .journal(writer: self.writer, sequence: self.last))
            }
        }
        if let first = self.spool?.first, !isCut {
            if first.sequence > self.next {
                isCut = true
                report.add(.gap, nextPlace)
            } else if first.sequence == self.next, let previous, first.previous != previous {
                report.add(.forked, .spoolRecord(writer: self.writer, sequence: first.sequence))
            }
        }
        let reach = max(self.last, self.spool?.last?.sequence ?? 0)
        if let headFile, headFile.sequence > reach, !isCut {
            let place: AuditFault.Place =
                self.spool?.last == nil ? nextPlace : .spoolRecord(writer: self.writer, sequence: reach + 1)
            report.add(.truncated, place)
        }
        if let end = self.spool?.last, let headFile, headFile.sequence == end.sequence, headFile.hash != end.hash {
            report.add(.forked, .spoolRecord(writer: self.writer, sequence: end.sequence))
        }
    }
}

extension JournalEntry {
    /// Reads a row of `audit_journal`; nil when a column holds something else than a record has.
    init?(_ row: Row, writer: String, sequence: Int64) {
        guard let time = try? row.decode("recorded_at", as: Timestamp.self), let kind = try? row.decode("kind", as: String.self),
            let body = try? row.decode("body", as: String.self),
            let previous = (try? row.decode("previous_hash", as: [UInt8].self)).flatMap({ SHA256Digest(bytes: $0) }),
            let hash = (try? row.decode("hash", as: [UInt8].self)).flatMap({ SHA256Digest(bytes: $0) })
        else { return nil }
        self.init(
            writer: writer, sequence: sequence, time: time, kind: kind, body: Array(body.utf8), previous: previous, hash: hash)
    }
}
