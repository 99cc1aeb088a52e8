/// Files whose name says that they configure something: values stand there without quotes, and are no expressions.
enum ConfigurationFile {
    private static let endings = [
        ".yaml", ".yml", ".env", ".envrc", ".ini", ".conf", ".cfg", ".properties", ".toml", ".sh", ".dockerfile",
    ]
    /// Names alone or with a dot and more behind, such as `.env.production` and `Dockerfile.web`.
    private static let names = [".env", "dockerfile", "containerfile"]

    /// Whether a path names such a file.
    static func isNamed(_ path: [UInt8]) -> Bool {
        let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        // Longer names than these are none of them.
        guard path.count - start <= 255 else { return false }
        let name = path[start...].map { (65...90).contains($0) ? $0 | 32 : $0 }
        if Self.endings.contains(where: { name.suffix($0.utf8.count).elementsEqual($0.utf8) }) { return true }
        return Self.names.contains { known in
            name.starts(with: known.utf8) && (name.count == known.utf8.count || name[known.utf8.count] == UInt8(ascii: "."))
        }
    }
}
