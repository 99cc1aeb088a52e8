import Cryptography
import Persistence

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files behind a ``Spool``; every call blocks on the disk.
struct SpoolFiles: Sendable {
    /// A file with records.
    private struct File: Sendable {
        let writer: String
        let file: LocalFile
        /// Where the first record stands that the database does not have.
        var offset = 0
        /// Where the last acknowledged record ends.
        var end = 0
        var depth = 0
        var oldest: Timestamp?
        var isDamaged = false
        /// Whether bytes may stand behind `end` that nobody acknowledged.
        var hasRemains = false
    }

    /// Most records, and about as many bytes, that are taken at once.
    private static let partRecords = 512
    private static let partBytes = 8 << 20

    private let folder: SpoolFolder
    private var lock: LocalFile?
    private let writer: String
    private let keyring: SecretKeyring
    private let configuration: JournalConfiguration
    private let seams: JournalSeams
    private var own: File?
    private var left: [File] = []
    private var headFile: HeadFile?
    private var headStoredAt: Timestamp?
    private var isWritable = true
    private var isFull = false
    private var filesPutAside = 0
    /// Why records could not be brought to the database.
    var lastFailure: String?

    init(
        _ folder: SpoolFolder, writer: String, keyring: SecretKeyring, configuration: JournalConfiguration, seams: JournalSeams
    ) throws {
        self.folder = folder
        self.lock = try folder.lock()
        self.writer = writer
        self.keyring = keyring
        self.configuration = configuration
        self.seams = seams
        for ending in [".spool.damaged", ".spool.conflict"] {
            self.filesPutAside += try folder.writers(with: ending).count
        }
        for writer in try folder.writers(with: ".spool") {
            do {
                let file = try Self.survey(folder.spoolPath(of: writer), of: writer)
                if file.end > 0 { self.left.append(file) } else { unlink(file.file.path) }
            } catch {
                throw AuditError(.folderUnusable, message: "a file of audit records cannot be read: \(error)")
            }
        }
    }

    /// Counts the records of a file that an earlier process left. What is torn at its end was never acknowledged.
    private static func survey(_ path: String, of writer: String) throws -> File {
        let file = try LocalFile(path: path, creating: false)
        var found = File(writer: writer, file: file)
        let size = try file.size()
        found.end = size
        var reader = SpoolReader(file, writer: writer, from: 0, to: size)
        while let item = try reader.next() {
            switch item {
            case .entry(let entry, _, _):
                if found.oldest == nil { found.oldest = entry.time }
                found.depth += 1
            case .torn(let offset): found.end = offset
            case .changed, .unreadable: found.isDamaged = true
            }
        }
        return found
    }

    /// Lets another process have the folder; nothing is written any more.
    mutating func close() {
        if let own = self.own, own.depth == 0 { unlink(own.file.path) }
        self.lock?.unlock()
        self.lock = nil
    }

    private var files: [File] { self.left + (self.own.map { [$0] } ?? []) }

    var ownDepth: Int { self.own?.depth ?? 0 }

    var state: SpoolState {
        var state = SpoolState()
        state.depth = self.files.reduce(0) { $0 + $1.depth }
        state.bytes = self.files.reduce(0) { $0 + ($1.depth > 0 ? $1.end : 0) }
        state.oldest = self.files.compactMap { $0.depth > 0 ? $0.oldest : nil }.min()
        state.isWritable = self.isWritable
        state.isFull = self.isFull
        state.headStoredAt = self.headStoredAt
        state.filesPutAside = self.filesPutAside
        state.lastFailure = self.lastFailure
        return state
    }

    mutating func append(_ entries: [JournalEntry]) -> RefusalReason? {
        self.isFull = self.ownDepth + entries.count > self.configuration.maximumSpoolRecords
        if self.isFull { return .spoolFull }
        var bytes: [UInt8] = []
        for entry in entries { SpoolFrame.append(entry, to: &bytes) }
        let present = self.files.reduce(0) { $0 + $1.end }
        self.isFull = present + bytes.count > self.configuration.maximumSpoolBytes
        if self.isFull { return .spoolFull }
        self.seams.reached(.beforeSpooling)
        do {
            try self.write(bytes)
        } catch {
            self.isWritable = false
            return .unavailable
        }
        self.isWritable = true
        self.own?.end += bytes.count
        self.own?.depth += entries.count
        if self.own?.oldest == nil { self.own?.oldest = entries.first?.time }
        self.seams.reached(.spooled)
        return nil
    }

    /// Writes behind the last acknowledged record; after a failure the file is cut there again before anything else is written.
    private mutating func write(_ bytes: [UInt8]) throws(SystemFailure) {
        if self.own == nil {
            self.own = File(writer: self.writer, file: try LocalFile(path: self.folder.spoolPath(of: self.writer)))
            self.folder.synchronize(self.seams.synchronize)
        }
        guard let own = self.own else { return }
        if own.hasRemains { try self.cutRemains() }
        do throws(SystemFailure) {
            self.own?.hasRemains = true
            try own.file.write(bytes, at: own.end)
            self.seams.reached(.spoolWritten)
            guard self.seams.synchronize(own.file.descriptor) == 0 else { throw SystemFailure("fsync") }
            self.own?.hasRemains = false
        } catch {
            try? self.cutRemains()
            throw error
        }
    }

    private mutating func cutRemains() throws(SystemFailure) {
        guard let own = self.own else { return }
        try own.file.truncate(to: own.end)
        guard self.seams.synchronize(own.file.descriptor) == 0 else { throw SystemFailure("fsync") }
        self.own?.hasRemains = false
    }

    mutating func store(_ head: JournalHead) {
        do {
            var file: HeadFile
            if let headFile = self.headFile {
                file = headFile
            } else {
                file = HeadFile(try LocalFile(path: self.folder.headPath(of: self.writer)))
                self.folder.synchronize(self.seams.synchronize)
            }
            try file.store(head, by: self.keyring, self.seams.synchronize)
            self.headFile = file
            self.headStoredAt = self.seams.now()
        } catch {
            // The head in the database stands; this one is a second witness, and a missing one is told by verification.
            self.headFile = nil
            self.headStoredAt = nil
        }
    }

    mutating func synchronizeHead() {
        do {
            let wait = self.seams.synchronize
            try self.headFile?.synchronize(wait)
        } catch {
            self.headFile = nil
            self.headStoredAt = nil
        }
    }

    /// Earlier writers of this folder; those whose names cannot be read are passed over until another process looks.
    var predecessors: [String] {
        ((try? self.folder.writers(with: ".head")) ?? []).filter { $0 != self.writer }
    }

    func nextPart() throws(SystemFailure) -> SpoolPart? {
        guard let file = self.files.first(where: { $0.offset < $0.end }) else { return nil }
        var reader = SpoolReader(file.file, writer: file.writer, from: file.offset, to: file.end)
        var entries: [JournalEntry] = []
        var bytes = 0
        var end = file.offset
        while entries.count < Self.partRecords, bytes < Self.partBytes {
            guard let item = try reader.next() else {
                end = file.end
                break
            }
            guard case .entry(let entry, _, let next) = item else { continue }
            end = next
            bytes += entry.body.count
            // What was changed since it was hashed does not get into the chain; the gap tells.
            if entry.isIntact { entries.append(entry) }
        }
        return SpoolPart(writer: file.writer, entries: entries, end: end, isLast: end >= file.end)
    }

    mutating func forget(_ part: SpoolPart) {
        self.isFull = false
        if part.writer == self.writer {
            self.forgetOwn(part)
        } else if let index = self.left.firstIndex(where: { $0.writer == part.writer }) {
            self.left[index].offset = part.end
            self.left[index].depth -= min(part.entries.count, self.left[index].depth)
            self.left[index].oldest = Self.oldest(of: self.left[index])
            if part.isLast {
                let file = self.left.remove(at: index)
                if file.isDamaged { self.rename(file, "damaged") } else { unlink(file.file.path) }
            }
        }
    }

    private mutating func forgetOwn(_ part: SpoolPart) {
        guard var own = self.own else { return }
        own.offset = part.end
        own.depth -= min(part.entries.count, own.depth)
        own.oldest = Self.oldest(of: own)
        // If the file cannot be emptied, it goes on behind what the database has; that is harmless.
        if own.offset >= own.end, (try? own.file.truncate(to: 0)) != nil {
            own = File(writer: own.writer, file: own.file)
            _ = self.seams.synchronize(own.file.descriptor)
        }
        self.own = own
    }

    private static func oldest(of file: File) -> Timestamp? {
        var reader = SpoolReader(file.file, writer: file.writer, from: file.offset, to: file.end)
        while let item = try? reader.next() {
            if case .entry(let entry, _, _) = item { return entry.time }
        }
        return nil
    }

    mutating func putAside(_ part: SpoolPart) {
        guard let index = self.left.firstIndex(where: { $0.writer == part.writer }) else { return }
        self.rename(self.left.remove(at: index), "conflict")
    }

    private mutating func rename(_ file: File, _ ending: String) {
        _ = Self.renameFile(file.file.path, "\(file.file.path).\(ending)")
        self.filesPutAside += 1
    }

    /// The method of the same name hides the system's call.
    private static func renameFile(_ old: String, _ new: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.rename(old, new)
        #elseif canImport(Musl)
            Musl.rename(old, new)
        #else
            Darwin.rename(old, new)
        #endif
    }
}
