import Cryptography

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder in which files of records get their names only when they are whole: archived segments, or an export.
struct ArchiveFolder: Sendable {
    let path: String
    /// What the files hold, for messages.
    let contents: String

    init(path: String, contents: String = "archived records") {
        self.path = path
        self.contents = contents
    }

    func path(of name: String) -> String { "\(self.path)/\(name)" }

    /// Begins a file anew, under its name with `.partial` behind it.
    func begin(_ name: String) throws(AuditError) -> ArchiveFile {
        try self.telling {
            let path = self.path(of: name + ".partial")
            // What an earlier run left goes, and is not written over: its mode may be another.
            guard unlink(path) == 0 || errno == ENOENT else { throw SystemFailure("unlink") }
            return ArchiveFile(name: name, contents: self.contents, file: try LocalFile(path: path))
        }
    }

    /// Whether a name is taken, also by something that is no file.
    func has(_ name: String) -> Bool {
        var status = stat()
        return lstat(self.path(of: name), &status) == 0
    }

    /// Takes away what ``begin(_:)`` began.
    func remove(_ file: ArchiveFile) {
        // It is under a name that nothing else has; if it cannot go, the next run takes it away.
        _ = unlink(file.file.path)
    }

    /// Gives a file its name, so that it is there whole or not at all.
    ///
    /// - Parameter replaces: Whether a file that has the name goes; otherwise it is an error.
    func name(_ file: ArchiveFile, replaces: Bool) throws(AuditError) {
        try self.telling {
            let path = self.path(of: file.name)
            if replaces {
                guard rename(file.file.path, path) == 0 else { throw SystemFailure("rename") }
            } else {
                // A rename would replace one that came meanwhile.
                guard link(file.file.path, path) == 0 else { throw SystemFailure("link") }
                guard unlink(file.file.path) == 0 else { throw SystemFailure("unlink") }
            }
            let folder = open(self.path, O_RDONLY | O_CLOEXEC)
            guard folder >= 0 else { throw SystemFailure("open") }
            defer { close(folder) }
            guard fsync(folder) == 0 else { throw SystemFailure("fsync") }
        }
    }

    /// What a file says when it is read again.
    struct Check {
        let report: VerificationReport
        let digest: SHA256Digest
        /// Where its only section starts and ends.
        let start: JournalHead?
        let end: JournalHead?
    }

    /// Reads a file again, as somebody does who has nothing else.
    func check(_ file: ArchiveFile, _ keyring: SecretKeyring) throws(AuditError) -> Check {
        try self.telling {
            var verifier = ExportVerifier(keyring: keyring)
            var hash = SHA256()
            var lines = LineReader(file.file)
            while let line = try lines.next() {
                hash.update(line)
                verifier.read(line)
            }
            let bounds = verifier.bounds
            return Check(report: verifier.finish(), digest: hash.finalize(), start: bounds?.start, end: bounds?.end)
        }
    }

    /// SHA-256 of a file; nil when there is none.
    func digest(of name: String) throws(AuditError) -> SHA256Digest? {
        guard FileManager.default.fileExists(atPath: self.path(of: name)) else { return nil }
        return try self.telling {
            let file = try LocalFile(path: self.path(of: name), creating: false)
            var hash = SHA256()
            var offset = 0
            while true {
                let bytes = try file.read(at: offset, count: LineReader.partBytes)
                if bytes.isEmpty { return hash.finalize() }
                hash.update(bytes)
                offset += bytes.count
            }
        }
    }

    private func telling<Value>(_ body: () throws -> Value) throws(AuditError) -> Value {
        do {
            return try body()
        } catch {
            throw AuditError(.archiveUnusable, message: "a file of \(self.contents) cannot be used: \(error)")
        }
    }
}

/// A file of records that has no name yet.
struct ArchiveFile {
    let name: String
    private let contents: String
    let file: LocalFile
    private var buffer: [UInt8] = []
    private var end = 0

    init(name: String, contents: String, file: LocalFile) {
        self.name = name
        self.contents = contents
        self.file = file
    }

    mutating func append(_ line: [UInt8]) throws(AuditError) {
        self.buffer.append(contentsOf: line)
        if self.buffer.count >= 1 << 18 { try self.flush() }
    }

    /// Brings everything to the disk.
    mutating func synchronize() throws(AuditError) {
        try self.flush()
        guard fsync(self.file.descriptor) == 0 else {
            throw AuditError(.archiveUnusable, message: "\(self.contents) do not get to the disk: \(SystemFailure("fsync"))")
        }
    }

    private mutating func flush() throws(AuditError) {
        do {
            try self.file.write(self.buffer, at: self.end)
        } catch {
            throw AuditError(.archiveUnusable, message: "\(self.contents) cannot be written: \(error)")
        }
        self.end += self.buffer.count
        self.buffer.removeAll(keepingCapacity: true)
    }
}
