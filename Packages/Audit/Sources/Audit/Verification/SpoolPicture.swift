import Cryptography

/// What the files of a spool hold, without the bodies, and what is wrong within them.
struct SpoolPicture {
    /// A place in a chain.
    struct Link {
        let sequence: Int64
        let previous: SHA256Digest
        let hash: SHA256Digest
    }

    /// The records of one file.
    struct Chain {
        /// The record with the smallest sequence.
        var first: Link?
        /// The record with the greatest sequence.
        var last: Link?
        var hashes: [Int64: SHA256Digest] = [:]
        /// Whether there are bytes that are no record any more, so that a missing record is told already.
        var isDamaged = false
    }

    private(set) var spools: [String: Chain] = [:]
    private(set) var heads: [String: JournalHead] = [:]
    /// What was found in the files.
    private(set) var report = VerificationReport()

    /// No files.
    init() {}

    /// Reads the files of a folder. A journal may be writing them, so what looks like damage is looked at again.
    ///
    /// - Throws: ``AuditError`` with code `folderUnusable`; `CancellationError`.
    static func steady(_ folder: SpoolFolder, _ keyring: SecretKeyring) async throws -> SpoolPicture {
        var picture = try SpoolPicture(folder, keyring)
        var attempts = 1
        while !picture.report.isClean, attempts < Self.attempts {
            try await Task.sleep(for: .milliseconds(5 * attempts))
            picture = try SpoolPicture(folder, keyring)
            attempts += 1
        }
        return picture
    }

    private static let attempts = 4

    private init(_ folder: SpoolFolder, _ keyring: SecretKeyring) throws {
        var report = VerificationReport()
        defer { self.report = report }
        do {
            for writer in try folder.writers(with: ".head") {
                let contents = try HeadFile.read(LocalFile(path: folder.headPath(of: writer), creating: false), by: keyring)
                // A process that ended between making the file and its first head has left nothing to compare.
                if contents.isEmpty { continue }
                if contents.isDamaged || contents.head.map({ $0.writer != writer }) ?? true {
                    report.add(.changed, .headFile(writer: writer))
                }
                if let head = contents.head, head.writer == writer { self.heads[writer] = head }
            }
            for writer in try folder.writers(with: ".spool") {
                let file = try LocalFile(path: folder.spoolPath(of: writer), creating: false)
                self.spools[writer] = try Self.chain(of: file, writer, &report)
            }
        } catch let error as SystemFailure {
            throw AuditError(.folderUnusable, message: "a file of audit records cannot be read: \(error)")
        }
    }

    private static func chain(
        of file: LocalFile, _ writer: String, _ report: inout VerificationReport
    ) throws(SystemFailure) -> Chain {
        var links: [Link] = []
        var broken: [JournalEntry] = []
        var reader = SpoolReader(file, writer: writer, from: 0, to: try file.size())
        var isDamaged = false
        while let item = try reader.next() {
            switch item {
            case .entry(let entry, _, _):
                report.spooledRecords += 1
                links.append(Link(sequence: entry.sequence, previous: entry.previous, hash: entry.hash))
                if !entry.isIntact { broken.append(entry) }
            case .changed(let offset):
                report.add(.changed, .spoolByte(writer: writer, offset: offset))
                isDamaged = true
            case .unreadable(let offset):
                report.add(.unreadable, .spoolByte(writer: writer, offset: offset))
                isDamaged = true
            case .torn(let offset):
                report.add(.truncated, .spoolByte(writer: writer, offset: offset))
            }
        }
        for entry in broken.prefix(256) {
            let isElsewhere = broken.prefix(256).contains { other in
                var moved = entry
                moved.sequence = other.sequence
                return other.sequence != entry.sequence && moved.isIntact
            }
            report.add(isElsewhere ? .reordered : .changed, .spoolRecord(writer: writer, sequence: entry.sequence))
        }
        Self.checkOrder(of: links, writer, isDamaged: isDamaged, hasBroken: !broken.isEmpty, &report)
        var chain = Chain(isDamaged: isDamaged)
        for link in links {
            chain.hashes[link.sequence] = link.hash
            if link.sequence < chain.first?.sequence ?? .max { chain.first = link }
            if link.sequence > chain.last?.sequence ?? .min { chain.last = link }
        }
        return chain
    }

    /// Looks at neighbours; a frame that was damaged leaves a gap that is told already.
    private static func checkOrder(
        of links: [Link], _ writer: String, isDamaged: Bool, hasBroken: Bool, _ report: inout VerificationReport
    ) {
        let present = Set(links.map(\.sequence))
        for (before, link) in zip(links, links.dropFirst()) {
            let expected = before.sequence &+ 1
            if link.sequence == expected {
                if link.previous != before.hash, !hasBroken {
                    report.add(.forked, .spoolRecord(writer: writer, sequence: before.sequence))
                }
            } else if link.sequence <= before.sequence || present.contains(expected) {
                report.add(.reordered, .spoolRecord(writer: writer, sequence: link.sequence))
            } else if !isDamaged {
                report.add(.gap, .spoolRecord(writer: writer, sequence: expected))
            }
        }
    }
}
