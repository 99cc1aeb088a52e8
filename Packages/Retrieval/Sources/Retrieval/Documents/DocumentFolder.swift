import Dispatch

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

/// The folder in which uploaded files wait until their text is taken out.
///
/// A file has the id of its document for a name, is written under another name, brought to the disk, and then renamed. The folder
/// also holds the id of the server that uses it, by which other servers of a cluster know whose file it is; servers that share the
/// folder share the id. All work on files is done by a queue of its own, so that no caller's thread waits for the disk.
public final class DocumentFolder: Sendable {
    private static let ending = ".document"
    private static let partEnding = ".part"
    private static let serverFile = "server-id"
    /// What is younger may belong to an upload that is still coming.
    private static let youngestOrphan = 3_600

    let path: String
    /// The server whose files are here.
    let server: UUID
    private let queue = DispatchQueue(label: "gatehouse.retrieval.files", attributes: .concurrent)

    private init(path: String, server: UUID) {
        self.path = path
        self.server = server
    }

    /// Opens a folder; makes it, for this user alone, if there is none.
    ///
    /// - Parameter path: Where it is; the folder above must exist.
    /// - Throws: ``RetrievalError`` with code `folderUnusable`.
    public static func open(path: String) async throws -> DocumentFolder {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        if mkdir(path, 0o700) != 0, errno != EEXIST { throw self.failure("mkdir") }
                        return DocumentFolder(path: path, server: try self.server(in: path))
                    })
            }
        }
    }

    /// Reads the id of the server, or makes one; of several servers that make one, all use the first.
    private static func server(in folder: String) throws(RetrievalError) -> UUID {
        let path = "\(folder)/\(Self.serverFile)"
        let part = "\(folder)/\(UUID().uuidString).id"
        let descriptor = creat(part, 0o600)
        guard descriptor >= 0 else { throw self.failure("creat") }
        defer { unlink(part) }
        do {
            defer { close(descriptor) }
            try Self.write(Array(UUID().uuidString.utf8), to: descriptor)
            guard fsync(descriptor) == 0 else { throw self.failure("fsync") }
        }
        // A link takes no place that is taken.
        if link(part, path) != 0, errno != EEXIST { throw self.failure("link") }
        guard let file = fopen(path, "re") else { throw self.failure("open") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = fread(&bytes, 1, bytes.count, file)
        guard let id = UUID(uuidString: String(decoding: bytes.prefix(count), as: UTF8.self)) else {
            throw RetrievalError(.folderUnusable, message: "the file \(Self.serverFile) in the folder of uploads is damaged")
        }
        return id
    }

    /// A file that is being written.
    struct NewFile: Sendable {
        let id: UUID
        fileprivate let path: String
        fileprivate let descriptor: Int32
    }

    /// Begins a file; it is ended by ``keep(_:)`` or by ``discard(_:)``, and by nothing else.
    func begin(_ id: UUID) async throws -> NewFile {
        let path = self.path(of: id, ending: Self.partEnding)
        return try await self.perform {
            let descriptor = Self.openNew(path)
            guard descriptor >= 0 else { throw Self.failure("open") }
            return NewFile(id: id, path: path, descriptor: descriptor)
        }
    }

    func append(_ bytes: [UInt8], to file: NewFile) async throws {
        try await self.perform { try Self.write(bytes, to: file.descriptor) }
    }

    /// Gives a file its name, once all of it is on the disk.
    func keep(_ file: NewFile) async throws {
        let (folder, path) = (self.path, self.path(of: file.id))
        try await self.perform {
            let isStored = fsync(file.descriptor) == 0
            close(file.descriptor)
            guard isStored else {
                unlink(file.path)
                throw Self.failure("fsync")
            }
            guard rename(file.path, path) == 0 else {
                unlink(file.path)
                throw Self.failure("rename")
            }
            let directory = Self.openFolder(folder)
            guard directory >= 0 else { throw Self.failure("open") }
            defer { close(directory) }
            guard fsync(directory) == 0 else { throw Self.failure("fsync") }
        }
    }

    /// Gives a file up.
    func discard(_ file: NewFile) async {
        await self.perform {
            close(file.descriptor)
            unlink(file.path)
        }
    }

    /// Removes a file that was kept; nothing happens if there is none.
    func remove(_ id: UUID) async {
        let path = self.path(of: id)
        await self.perform { _ = unlink(path) }
    }

    /// Where the file of a document is.
    func path(of id: UUID) -> String { self.path(of: id, ending: Self.ending) }

    private func path(of id: UUID, ending: String) -> String {
        "\(self.path)/\(id.uuidString.lowercased())\(ending)"
    }

    /// The documents that have had a file here for an hour; unfinished files as old as that are removed.
    ///
    /// - Parameter age: How old a file must be, in seconds.
    func oldFiles(olderThan age: Int = DocumentFolder.youngestOrphan) async throws -> [UUID] {
        let folder = self.path
        return try await self.perform {
            guard let directory = opendir(folder) else { throw Self.failure("opendir") }
            defer { closedir(directory) }
            let now = time(nil)
            var ids: [UUID] = []
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                var status = stat()
                guard stat("\(folder)/\(name)", &status) == 0, now - Self.modified(status) >= age else { continue }
                if name.hasSuffix(Self.partEnding) {
                    unlink("\(folder)/\(name)")
                } else if name.hasSuffix(Self.ending), let id = UUID(uuidString: String(name.dropLast(Self.ending.count))) {
                    ids.append(id)
                }
            }
            return ids
        }
    }

    private static func modified(_ status: stat) -> Int {
        #if canImport(Darwin)
            status.st_mtimespec.tv_sec
        #else
            status.st_mtim.tv_sec
        #endif
    }

    private static func openNew(_ path: String) -> Int32 { Self.openFile(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC) }

    private static func openFolder(_ path: String) -> Int32 { Self.openFile(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }

    /// The method ``DocumentFolder/open(path:)`` hides the system's call.
    private static func openFile(_ path: String, _ flags: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, flags, 0o600)
        #elseif canImport(Musl)
            Musl.open(path, flags, 0o600)
        #else
            Darwin.open(path, flags, 0o600)
        #endif
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(RetrievalError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let done = rest.withUnsafeBytes { Self.writeSome($0, to: descriptor) }
            if done > 0 {
                rest = rest.dropFirst(done)
            } else if done == 0 || errno != EINTR {
                throw Self.failure("write")
            }
        }
    }

    private static func writeSome(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func failure(_ call: String) -> RetrievalError {
        RetrievalError(
            .folderUnusable, message: "the folder of uploads cannot be used",
            detail: "\(call): \(String(cString: strerror(errno)))")
    }

    private func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    private func perform(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            self.queue.async {
                body()
                continuation.resume()
            }
        }
    }
}
