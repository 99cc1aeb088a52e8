import Cryptography

/// Follows the records of one writer in an export, whatever order they come in.
struct ExportSection {
    /// The writer; empty when the line that names it is missing.
    let writer: String
    private var next: Int64?
    /// The hash of the line before; nil when nothing can be said of it.
    private var previous: SHA256Digest?
    /// Sequences that were passed over and may still come, each with the line at which they were missed.
    private var missing: [(range: ClosedRange<Int64>, line: Int)] = []
    private var broken: [(entry: JournalEntry, line: Int)] = []
    private var count = 0
    private var isDamaged = false
    private static let maximumKept = 256

    init(after head: JournalHead?) {
        self.writer = head?.writer ?? ""
        self.next = head.map { $0.sequence &+ 1 }
        self.previous = head?.hash
    }

    /// A line was here that cannot be read; it is taken for the next record.
    mutating func passOver() {
        self.next = self.next.map { $0 &+ 1 }
        self.previous = nil
        self.count += 1
        self.isDamaged = true
    }

    mutating func take(_ entry: JournalEntry, line: Int, _ report: inout VerificationReport) {
        self.count += 1
        guard entry.isIntact else {
            if self.broken.count < Self.maximumKept {
                self.broken.append((entry, line))
            } else {
                report.add(.changed, .exportLine(line))
            }
            self.next = (self.next ?? entry.sequence) &+ 1
            self.previous = nil
            return
        }
        let expected = self.next ?? entry.sequence
        if entry.sequence == expected {
            if let previous, entry.previous != previous { report.add(.forked, .exportLine(line - 1)) }
        } else if entry.sequence > expected {
            if self.missing.count < Self.maximumKept {
                self.missing.append((expected...entry.sequence - 1, line))
            } else {
                report.add(.gap, .exportLine(line))
            }
        } else {
            report.add(.reordered, .exportLine(line))
            self.find(entry.sequence)
            self.previous = nil
            return
        }
        self.next = entry.sequence &+ 1
        self.previous = entry.hash
    }

    /// Notes that a sequence which was passed over has come.
    private mutating func find(_ sequence: Int64) {
        guard let index = self.missing.firstIndex(where: { $0.range.contains(sequence) }) else { return }
        let (range, line) = self.missing.remove(at: index)
        if range.lowerBound < sequence { self.missing.append((range.lowerBound...sequence - 1, line)) }
        if sequence < range.upperBound { self.missing.append((sequence + 1...range.upperBound, line)) }
    }

    /// Tells what was missed and never came, and what was changed or stands in another's place.
    mutating func settle(_ report: inout VerificationReport) {
        for (_, line) in self.missing { report.add(.gap, .exportLine(line)) }
        for (entry, line) in self.broken {
            let isElsewhere = self.broken.contains { other in
                var moved = entry
                moved.sequence = other.entry.sequence
                return other.entry.sequence != entry.sequence && moved.isIntact
            }
            report.add(isElsewhere ? .reordered : .changed, .exportLine(line))
        }
        self.missing = []
        self.broken = []
    }

    mutating func close(
        at head: JournalHead, records: Int, isAttested: Bool, line: Int, _ report: inout VerificationReport
    ) {
        let isWhole = self.missing.isEmpty && self.broken.isEmpty && !self.isDamaged
        self.settle(&report)
        guard isAttested, isWhole, let next = self.next else { return }
        let last = next &- 1
        if head.writer != self.writer || head.sequence < last {
            report.add(.forked, .exportLine(line))
        } else if head.sequence > last {
            report.add(.truncated, .exportLine(line))
        } else if let previous, previous != head.hash {
            report.add(.forked, .exportLine(line - 1))
        } else if records != self.count, self.previous != nil {
            report.add(.changed, .exportLine(line))
        }
    }
}
