#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A name in a folder, and what it names.
struct DirectoryEntry: Sendable {
    let name: [UInt8]
    let kind: FileFacts.Kind
}

/// Lists folders.
enum DirectoryListing {
    /// The entries of a folder in the order of their bytes, without the folder itself and its parent.
    ///
    /// - Parameter followsLinks: Whether the folder may be named by a link.
    /// - Throws: ``SystemFailure``.
    static func entries(of path: [UInt8], followsLinks: Bool) throws(SystemFailure) -> [DirectoryEntry] {
        // The stream of `opendir` owns its descriptor, so this one is a second one.
        let folder = try OpenFile(path, followsLinks: followsLinks, isDirectory: true)
        let number = dup(folder.number)
        guard number >= 0 else { throw SystemFailure(number: errno) }
        guard let stream = fdopendir(number) else {
            let failure = SystemFailure(number: errno)
            close(number)
            throw failure
        }
        defer { closedir(stream) }
        var entries: [DirectoryEntry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw SystemFailure(number: errno) }
                break
            }
            let name = self.name(of: entry)
            if name == [46] || name == [46, 46] { continue }
            guard let kind = self.kind(of: entry, name: name, in: number) else { continue }
            entries.append(DirectoryEntry(name: name, kind: kind))
        }
        return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
        let start = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: UInt8.self)
        return Array(
            UnsafeBufferPointer(start: start, count: strlen(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))))
    }

    /// What an entry is; nil if it has vanished meanwhile.
    private static func kind(of entry: UnsafeMutablePointer<dirent>, name: [UInt8], in folder: Int32) -> FileFacts.Kind? {
        switch Int32(entry.pointee.d_type) {
        case Int32(DT_REG): return .regular
        case Int32(DT_DIR): return .directory
        case Int32(DT_LNK): return .link
        default:
            // Not every file system tells the kind in the listing.
            var status = stat()
            let result = withCString(name) { fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW) }
            return result == 0 ? FileFacts(status).kind : nil
        }
    }
}
