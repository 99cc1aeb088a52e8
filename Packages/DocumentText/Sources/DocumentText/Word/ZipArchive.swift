import CLibzip

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A ZIP archive whose entries are unpacked in pieces; nothing that it says of their sizes is believed.
final class ZipArchive {
    private let archive: OpaquePointer
    private let limits: ExtractionLimits
    private let fileBytes: Int
    private var places: [String: UInt64] = [:]
    private var repeated: Set<String> = []
    private var unpackedBytes = 0

    /// Opens the archive and reads the list of its entries.
    ///
    /// - Throws: ``DocumentTextError``: `broken`, `tooLarge` for too many entries.
    init(_ file: DocumentFile, limits: ExtractionLimits) throws(DocumentTextError) {
        // The archive closes its descriptor.
        let descriptor = dup(file.descriptor)
        guard descriptor >= 0 else { throw .system(.unavailable, "The document cannot be read now", "dup") }
        _ = lseek(descriptor, 0, SEEK_SET)
        var failure: Int32 = 0
        guard let archive = zip_fdopen(descriptor, 0, &failure) else {
            close(descriptor)
            throw DocumentTextError(.broken, message: "The ZIP archive of the document is damaged", detail: "libzip: \(failure)")
        }
        self.archive = archive
        self.limits = limits
        self.fileBytes = file.size
        let count = zip_get_num_entries(archive, 0)
        guard count <= limits.archiveEntries else {
            throw DocumentTextError(
                .tooLarge, message: "The ZIP archive of the document should have at most \(limits.archiveEntries) entries")
        }
        for index in 0..<UInt64(max(0, count)) {
            guard let bytes = zip_get_name(archive, index, zip_flags_t(ZIP_FL_ENC_RAW)) else { continue }
            let name = String(cString: bytes)
            if self.places.updateValue(index, forKey: name) != nil { self.repeated.insert(name) }
        }
    }

    deinit { zip_discard(self.archive) }

    /// The names of all entries, in no order.
    var names: some Sequence<String> { self.places.keys }

    func contains(_ name: String) -> Bool { self.places[name] != nil }

    /// Opens an entry that is there.
    ///
    /// - Throws: ``DocumentTextError``: `broken`, also for a name that stands twice; `encrypted`.
    func open(_ name: String) throws(DocumentTextError) -> ZipEntry {
        guard let place = self.places[name], !self.repeated.contains(name) else {
            throw DocumentTextError(.broken, message: "The Word document should have each of its parts once")
        }
        var status = zip_stat_t()
        guard zip_stat_index(self.archive, place, 0, &status) == 0 else { throw self.failure }
        if status.valid & UInt64(ZIP_STAT_ENCRYPTION_METHOD) != 0, status.encryption_method != UInt16(ZIP_EM_NONE) {
            throw DocumentTextError(.encrypted, message: "The ZIP archive of the document is protected by a password")
        }
        guard let entry = zip_fopen_index(self.archive, place, 0) else { throw self.failure }
        return ZipEntry(entry, of: self)
    }

    private var failure: DocumentTextError {
        DocumentTextError(
            .broken, message: "The ZIP archive of the document is damaged",
            detail: "libzip: \(zip_strerror(self.archive).map { String(cString: $0) } ?? "")")
    }

    /// Counts bytes that were unpacked.
    ///
    /// - Throws: ``DocumentTextError`` with code `tooLarge`.
    fileprivate func count(_ bytes: Int) throws(DocumentTextError) {
        self.unpackedBytes += bytes
        let (allowed, isOver) = self.fileBytes.multipliedReportingOverflow(by: self.limits.archiveRatio)
        guard self.unpackedBytes <= self.limits.archiveBytes,
            isOver || self.unpackedBytes <= 1_048_576 || self.unpackedBytes - 1_048_576 <= allowed
        else { throw Self.bomb }
    }

    fileprivate static let bomb = DocumentTextError(
        .tooLarge, message: "The ZIP archive of the document unpacks to too many bytes")
    fileprivate var entryBytes: Int { self.limits.entryBytes }
}

/// An entry that is being unpacked.
final class ZipEntry {
    private let entry: OpaquePointer
    private let archive: ZipArchive
    private var unpackedBytes = 0
    private var tail: [UInt8] = []
    /// Why reading ended early.
    private(set) var failure: DocumentTextError?

    /// What begins a document type, whose entities could be made to grow or to point elsewhere; no part of a Word document has one
    /// (ECMA-376-2 §8).
    private static let forbidden = Array("<!DOCTYPE".utf8)

    fileprivate init(_ entry: OpaquePointer, of archive: ZipArchive) {
        self.entry = entry
        self.archive = archive
    }

    deinit { zip_fclose(self.entry) }

    /// Unpacks further bytes of a part.
    ///
    /// - Returns: How many there are: 0 at the end, -1 with a ``failure``.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard self.failure == nil else { return -1 }
        let count = Int(zip_fread(self.entry, buffer.baseAddress, UInt64(buffer.count)))
        do throws(DocumentTextError) {
            guard count >= 0 else {
                let reason = zip_error_strerror(zip_file_get_error(self.entry)).map { String(cString: $0) } ?? ""
                throw DocumentTextError(
                    .broken, message: "A part of the Word document cannot be unpacked", detail: "libzip: \(reason)")
            }
            self.unpackedBytes += count
            guard self.unpackedBytes <= self.archive.entryBytes else { throw ZipArchive.bomb }
            try self.archive.count(count)
            try self.look(at: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return count
        } catch {
            self.failure = error
            return -1
        }
    }

    private func look(at bytes: UnsafeRawBufferPointer) throws(DocumentTextError) {
        let window = self.tail + bytes
        self.tail = Array(window.suffix(Self.forbidden.count - 1))
        if window.firstPlace(of: Self.forbidden) != nil { throw WordPart.typed }
    }
}
