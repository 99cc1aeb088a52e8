public import Cryptography
public import Persistence

/// What the commands `audit verify`, `export`, `rebuild` and `archive` of a program do, without reading arguments and without
/// printing.
///
/// ```swift
/// let outcome = try await AuditCommands(database: database, keyring: ring).verify(folder: "var/audit")
/// for line in outcome.lines { print(line) }
/// throw ExitCode(outcome.exitCode)
/// ```
///
/// What is thrown is a failure to do the work at all: `AuditError`, `PersistenceError`, `CryptographyError` or
/// `CancellationError`.
public struct AuditCommands: Sendable {
    /// What a command found or did.
    public struct Outcome: Sendable, Hashable {
        /// Text for people, in lines without line feeds: faults first, each `KIND: PLACE`, then a summary.
        public let lines: [String]
        /// 0, or 1 when something was changed or is missing.
        public let exitCode: Int32
    }

    /// The form of an export.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// The journal, as ``JournalExport`` writes it; ``verifyExport(_:keyring:)`` finds any change.
        case jsonl
        /// The events, as ``EventExport`` writes them, for other tools.
        case ocsf
    }

    private let database: any Database
    private let keyring: SecretKeyring

    /// Creates the commands over a migrated database.
    public init(database: any Database, keyring: SecretKeyring) {
        self.database = database
        self.keyring = keyring
    }

    /// Verifies the database, and the folder of a spool.
    ///
    /// - Parameter folder: The folder; it is not read when nil. Its journal may be running.
    public func verify(folder: String? = nil) async throws -> Outcome {
        let report = try await JournalVerifier(database: self.database, folder: folder, keyring: self.keyring).verify()
        return Outcome(
            report,
            "\(report.writers) chains, \(report.records) records, \(report.segments) archived segments, "
                + "\(report.spooledRecords) records in the spool, \(report.events) events")
    }

    /// Verifies a file that ``export(_:since:until:toFile:)`` or ``archive(before:to:)`` wrote; it needs no database.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - keyring: The secrets of the server that wrote it, older ones included.
    /// - Throws: ``AuditError`` with code `archiveUnusable` when it cannot be read.
    public static func verifyExport(_ path: String, keyring: SecretKeyring) throws -> Outcome {
        do {
            let file = try LocalFile(readingFrom: path)
            guard try file.isRegular() else { throw AuditError(.archiveUnusable, message: "\(path) is no regular file") }
            var lines = LineReader(file)
            var journal = ExportVerifier(keyring: keyring)
            var events = EventExportCheck(keyring: keyring)
            var isOfEvents: Bool?
            while let line = try lines.next() {
                // Events have no blank behind a colon, and their keys another order.
                let isEvent = isOfEvents ?? (line.starts(with: #"{"action_id":"#.utf8) || line.starts(with: #"{"code":""#.utf8))
                isOfEvents = isEvent
                if isEvent { events.read(line) } else { journal.read(line) }
            }
            if isOfEvents == true {
                let report = events.finish()
                return Outcome(report, "\(report.records) events")
            }
            let report = journal.finish()
            return Outcome(report, "\(report.writers) sections, \(report.records) records")
        } catch let error as SystemFailure {
            throw AuditError(.archiveUnusable, message: "the file cannot be read: \(error)")
        }
    }

    /// Exports to wherever the lines are wanted, such as the standard output.
    ///
    /// - Parameters:
    ///   - format: The form.
    ///   - since: The first instant; from the beginning on when nil.
    ///   - until: The instant behind the last one; to the end when nil.
    ///   - sink: Gets each line with its line feed, in order, and is awaited.
    /// - Throws: ``AuditError`` with code `unreadable` when a chain is broken; what the sink throws.
    public func export(
        _ format: Format, since: Timestamp? = nil, until: Timestamp? = nil, to sink: ([UInt8]) async throws -> Void
    ) async throws -> Outcome {
        switch format {
        case .jsonl:
            let report = try await JournalExport(database: self.database, keyring: self.keyring)
                .write(since: since, until: until, to: sink)
            return Outcome(lines: ["exported \(report.records) records of \(report.writers) writers"], exitCode: 0)
        case .ocsf:
            let count = try await EventExport(database: self.database, keyring: self.keyring)
                .write(since: since, until: until, to: sink)
            return Outcome(lines: ["exported \(count) events"], exitCode: 0)
        }
    }

    /// Exports to a file of mode 0600, which is there whole and on the disk, or not at all.
    ///
    /// - Throws: As ``export(_:since:until:to:)``; ``AuditError`` with code `archiveUnusable` when something has that
    ///   name already, or when it cannot be written.
    public func export(
        _ format: Format, since: Timestamp? = nil, until: Timestamp? = nil, toFile path: String
    ) async throws -> Outcome {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let name = parts.last.flatMap({ String($0) }), !name.isEmpty else {
            throw AuditError(.archiveUnusable, message: "an export needs the path of a file")
        }
        let parent = String(path.dropLast(name.count + 1))
        let folder = ArchiveFolder(
            path: parts.count == 1 ? "." : parent.isEmpty ? "/" : parent, contents: "exported records")
        guard !folder.has(name) else {
            throw AuditError(.archiveUnusable, message: "\(path) is there already; an export replaces nothing")
        }
        var file = try folder.begin(name)
        do {
            let outcome = try await self.export(format, since: since, until: until) { try file.append($0) }
            try file.synchronize()
            try folder.name(file, replaces: false)
            return outcome
        } catch {
            folder.remove(file)
            throw error
        }
    }

    /// Makes `audit_events` anew from the journal; see ``ProjectionRebuild``.
    public func rebuild() async throws -> Outcome {
        let report = try await ProjectionRebuild(database: self.database).run()
        var lines = ["made \(report.rebuilt) events from the journal, kept \(report.older) that it does not speak of"]
        if report.untrusted > 0 { lines.append("left out \(report.untrusted) records that were changed; verify the journal") }
        return Outcome(lines: lines, exitCode: report.untrusted > 0 ? 1 : 0)
    }

    /// Moves records into files; see ``JournalArchive``.
    ///
    /// - Parameters:
    ///   - instant: Records from this instant on stay.
    ///   - folder: Where the files go; the same one for each run.
    public func archive(before instant: Timestamp, to folder: String) async throws -> Outcome {
        let archive = JournalArchive(database: self.database, folder: folder, keyring: self.keyring)
        let report = try await archive.run(before: instant)
        let files = report.segments.map { "wrote \($0.path)" }
        return Outcome(lines: files + ["dropped \(report.dropped) records"], exitCode: 0)
    }
}

extension AuditCommands.Outcome {
    fileprivate init(_ report: VerificationReport, _ summary: String) {
        var lines = report.faults.map(\.description)
        if report.furtherFaults > 0 { lines.append("and \(report.furtherFaults) more") }
        let count = report.faults.count + report.furtherFaults
        lines.append(summary + (count == 0 ? ": no fault" : count == 1 ? ": 1 fault" : ": \(count) faults"))
        self.init(lines: lines, exitCode: report.isClean ? 0 : 1)
    }
}
