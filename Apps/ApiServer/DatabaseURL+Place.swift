import Persistence

extension DatabaseURL {
    /// Where the server keeps something on the disk that nobody set a place for: beside a SQLite file, else in `var`.
    ///
    /// - Parameter name: The name of the file or folder.
    func place(named name: String) -> String {
        guard case .sqliteFile(let path) = self.location else { return "var/\(name)" }
        return (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "") + name
    }
}
