public import Cryptography

/// Checks what ``JournalExport`` wrote, line by line, and names what does not fit and in which line.
///
/// ```swift
/// var verifier = ExportVerifier(keyring: keyring)
/// for try await line in file.lines { verifier.read(Array(line.utf8)) }
/// let report = verifier.finish()
/// ```
public struct ExportVerifier {
    private let keyring: SecretKeyring
    private var report = VerificationReport()
    private var hash = SHA256()
    private var line = 0
    private var section: ExportSection?
    private var isClosed = false
    /// Where the last section starts and ends, as the server attests.
    private(set) var bounds: (start: JournalHead, end: JournalHead?)?

    /// Creates a verifier.
    ///
    /// - Parameter keyring: The secrets of the server that exported, older ones included.
    public init(keyring: SecretKeyring) {
        self.keyring = keyring
    }

    /// Takes the next line, with or without its line feed.
    public mutating func read(_ bytes: [UInt8]) {
        self.line += 1
        let place = AuditFault.Place.exportLine(self.line)
        let text = bytes.last == UInt8(ascii: "\n") ? Array(bytes.dropLast()) : bytes
        if self.isClosed {
            self.report.add(.unreadable, place)
            return
        }
        guard let content = ExportLine(text, writer: self.section?.writer, self.keyring) else {
            self.report.add(.unreadable, place)
            self.section?.passOver()
            self.hash.update(text + [UInt8(ascii: "\n")])
            return
        }
        switch content {
        case .start(let head, let isAttested):
            self.endSection()
            if !isAttested { self.report.add(.changed, place) }
            self.report.writers += 1
            self.bounds = isAttested ? (head, nil) : nil
            self.section = ExportSection(after: head)
        case .record(let entry):
            self.report.records += 1
            if self.section == nil { self.section = ExportSection(after: nil) }
            self.section?.take(entry, line: self.line, &self.report)
        case .end(let head, let records, let isAttested):
            if !isAttested { self.report.add(.changed, place) }
            self.section?.close(at: head, records: records, isAttested: isAttested, line: self.line, &self.report)
            self.section = nil
            if isAttested { self.bounds?.end = head }
        case .trailer(let digest, let records, let writers, let isAttested):
            self.endSection()
            self.isClosed = true
            if !isAttested {
                self.report.add(.changed, place)
            } else if self.report.isClean, digest != self.hash.finalize() {
                // Whole sections can go without a trace in the others.
                self.report.add(self.report.records < records || self.report.writers < writers ? .gap : .changed, place)
            }
        }
        self.hash.update(text + [UInt8(ascii: "\n")])
    }

    /// Says what was found, when there are no more lines.
    public mutating func finish() -> VerificationReport {
        self.endSection()
        if !self.isClosed {
            self.report.add(.truncated, .exportLine(self.line + 1))
            self.isClosed = true
        }
        return self.report
    }

    /// A section that goes on without its end.
    private mutating func endSection() {
        guard var section = self.section else { return }
        self.report.add(.truncated, .exportLine(self.line))
        section.settle(&self.report)
        self.section = nil
    }
}
