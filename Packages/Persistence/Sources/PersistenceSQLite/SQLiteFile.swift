import Foundation
import Persistence

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file of a database, before SQLite opens it.
enum SQLiteFile {
    /// Creates the file with mode 0600, and missing folders with mode 0700; what exists stays as it is.
    ///
    /// SQLite gives its log and its shared memory the mode of the file.
    static func prepare(path: String) throws(PersistenceError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw PersistenceError(.unavailable, message: "the path of the database file is empty or contains NUL")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw PersistenceError(
                .unavailable, message: "the folder of the database file cannot be created", detail: folder.path, cause: error)
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw PersistenceError(.unavailable, message: "the database file cannot be opened", detail: "\(path): \(reason)")
        }
        close(descriptor)
    }

    /// A path in a folder of its own, for a database that does not last.
    static func makeTemporaryPath() -> String {
        FileManager.default.temporaryDirectory
            .appendingPathComponent("sqlite-\(UUID().uuidString.lowercased())", isDirectory: true)
            .appendingPathComponent("memory.sqlite").path
    }

    /// Removes a folder made for ``makeTemporaryPath()`` with everything in it; a failure leaves files that the system clears.
    static func removeTemporary(path: String) {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent())
    }
}
