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

/// The folder of one process: `lock`, and for each writer `WRITER.spool` and `WRITER.head`.
///
/// The lock is an advisory `flock(2)`, which ends with the process. Whoever holds it knows that the writers of all files in
/// the folder have ended, and takes their records to the database.
struct SpoolFolder: Sendable {
    let path: String

    init(path: String) {
        self.path = path
    }

    /// Makes the folder (mode 0700) with those above it, and locks it for as long as the file is kept.
    ///
    /// - Throws: ``AuditError`` with code `folderInUse` or `folderUnusable`.
    func lock() throws(AuditError) -> LocalFile {
        do {
            try FileManager.default.createDirectory(
                atPath: self.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let file = try LocalFile(path: "\(self.path)/lock")
            while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
                if errno == EINTR { continue }
                if errno == EWOULDBLOCK {
                    throw AuditError(.folderInUse, message: "another process keeps its audit records in the folder")
                }
                throw SystemFailure("flock")
            }
            return file
        } catch let error as AuditError {
            throw error
        } catch {
            throw AuditError(.folderUnusable, message: "the folder for audit records cannot be used: \(error)")
        }
    }

    func spoolPath(of writer: String) -> String { "\(self.path)/\(writer).spool" }

    func headPath(of writer: String) -> String { "\(self.path)/\(writer).head" }

    /// The writers that have a file with an ending, such as `.spool`, in order of their names.
    ///
    /// - Throws: ``AuditError`` with code `folderUnusable`.
    func writers(with ending: String) throws(AuditError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: self.path).filter { $0.hasSuffix(ending) }
                .map { String($0.dropLast(ending.count)) }.filter(Self.isWriter).sorted()
        } catch {
            throw AuditError(.folderUnusable, message: "the folder for audit records cannot be read")
        }
    }

    /// Waits until names in the folder are on the disk, where the system can do that.
    func synchronize(_ wait: (Int32) -> Int32) {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = wait(descriptor)
        close(descriptor)
    }

    /// Whether a text is 32 lower-case hexadecimal digits.
    static func isWriter(_ text: String) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
