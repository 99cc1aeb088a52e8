#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file that keeps the server's secrets where no setting names them, `var/secret.key`.
///
/// One secret a line as base64 (44 characters), the current one first; empty lines are ignored. Nobody but its owner has any
/// right to the file, mode 0600. To rotate, write a new secret above the old one (`openssl rand -base64 32`) and restart.
public enum SecretKeyFile {
    private static let maximumBytes = 64 * 1024

    /// Reads the file, or makes it with one random secret if there is none.
    ///
    /// Several servers may start at once: the file appears whole or not at all, the first one wins, and all return its secret.
    /// A file that is there is never changed. The folder is made (mode 0700) if only the last component is missing.
    /// Blocks on the disk; meant for the start of a program.
    ///
    /// - Throws: ``CryptographyError`` with code `exposedKeyFile` when others than the owner have any right to the file;
    ///   `invalidKeyFile` when it is no regular file, is empty, or holds anything but secrets;
    ///   `fileAccess` when the system refuses; `randomUnavailable`.
    public static func loadOrCreate(path: String) throws(CryptographyError) -> SecretKeyring {
        if let ring = try self.load(path: path) { return ring }
        try self.create(path: path)
        guard let ring = try self.load(path: path) else {
            throw CryptographyError(.fileAccess, message: "the key file \(path) vanished while it was made")
        }
        return ring
    }

    /// Reads the file; nil if there is none.
    ///
    /// - Throws: ``CryptographyError`` as ``loadOrCreate(path:)``.
    public static func load(path: String) throws(CryptographyError) -> SecretKeyring? {
        // Without O_NONBLOCK, opening a pipe would wait for its other end.
        guard let file = try FileDescriptor(path: path, flags: O_RDONLY | O_NONBLOCK) else { return nil }
        try self.checkRights(of: file, path: path)
        var text = try file.read(upTo: self.maximumBytes + 1)
        defer { text.wipe() }
        guard text.count <= self.maximumBytes, text.contains(where: { $0 > 0x20 }) else {
            throw CryptographyError(
                .invalidKeyFile, message: "the key file \(path) is \(text.count > self.maximumBytes ? "too long" : "empty")")
        }
        let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
        do throws(CryptographyError) {
            return try SecretKeyring(parsing: lines.filter { !$0.trimmingASCIIWhitespace().isEmpty })
        } catch {
            throw CryptographyError(.invalidKeyFile, message: "the key file \(path) is damaged: \(error.message)", cause: error)
        }
    }

    private static func checkRights(of file: borrowing FileDescriptor, path: String) throws(CryptographyError) {
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CryptographyError(.invalidKeyFile, message: "the key file \(path) is no regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw CryptographyError(
                .exposedKeyFile, message: "the key file \(path) has mode \(mode), so others can use it; run: chmod 600 \(path)")
        }
    }

    /// Writes a complete file beside the place and links it there, which fails if another starter was faster.
    private static func create(path: String) throws(CryptographyError) {
        let folder = self.folder(of: path)
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw .file("cannot make the folder \(folder)") }
        var secret = try Random.bytes(count: 32)
        defer { secret.wipe() }
        var text = Array((Base64.encode(secret) + "\n").utf8)
        defer { text.wipe() }
        let draft = "\(path).\(Hex.encode(try Random.bytes(count: 8)))"
        do {
            guard let file = try FileDescriptor(path: draft, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600) else {
                throw CryptographyError.file("cannot make \(draft)")
            }
            defer { unlink(draft) }
            try file.write(text)
            try file.synchronize()
            if link(draft, path) != 0, errno != EEXIST { throw CryptographyError.file("cannot make the key file \(path)") }
        } catch let error as CryptographyError {
            throw error
        } catch {
            throw CryptographyError(.fileAccess, message: "cannot make the key file \(path)", cause: error)
        }
        guard let folderFile = try FileDescriptor(path: folder, flags: O_RDONLY) else { throw .file("cannot open \(folder)") }
        try folderFile.synchronize()
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }
}
