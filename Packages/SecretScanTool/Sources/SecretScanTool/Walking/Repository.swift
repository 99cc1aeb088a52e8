#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Finds the ignore files of a git repository.
enum Repository {
    private static let maximumIgnoreFile = 4 << 20

    /// The rules that hold for a folder by what lies above it, and its path relative to the top of its repository.
    ///
    /// A folder in no repository is its own top.
    static func rules(above path: [UInt8]) -> (rules: IgnoreRules, rulePath: [UInt8]) {
        guard let whole = self.resolved(ScanPath.opening(path)) else { return (IgnoreRules(), []) }
        var top = whole
        while !self.exists(ScanPath.joined(top, Array(".git".utf8))) {
            guard let parent = ScanPath.parent(top) else { return (IgnoreRules(), []) }
            top = parent
        }
        var rules = self.ownRules(of: top)
        if top == whole { return (rules, []) }
        let rulePath = Array(whole.dropFirst(top.count).drop { $0 == UInt8(ascii: "/") })
        // The folder's own file comes when it is entered.
        var folder: [UInt8] = []
        for part in rulePath.split(separator: UInt8(ascii: "/")) {
            let file = ScanPath.joined(ScanPath.joined(top, folder), Array(".gitignore".utf8))
            if let file = self.ignoreFile(folder.isEmpty ? ScanPath.joined(top, Array(".gitignore".utf8)) : file, folder: folder)
            {
                rules.add(file)
            }
            folder = ScanPath.joined(folder, Array(part))
        }
        return (rules, rulePath)
    }

    /// What `.git/info/exclude` of a repository says; of a linked work tree that of the repository it belongs to.
    static func ownRules(of top: [UInt8]) -> IgnoreRules {
        var rules = IgnoreRules()
        var folder = ScanPath.joined(top, Array(".git".utf8))
        if let text = self.contents(folder), let target = self.line(text, after: "gitdir: ") {
            folder = self.path(target, from: top)
            if let text = self.contents(ScanPath.joined(folder, Array("commondir".utf8))), let common = self.line(text, after: "")
            {
                folder = self.path(common, from: folder)
            }
        }
        if let file = self.ignoreFile(ScanPath.joined(folder, Array("info/exclude".utf8)), folder: [], followsLinks: true) {
            rules.add(file)
        }
        return rules
    }

    /// Reads an ignore file; nil if there is none that can be read.
    static func ignoreFile(_ path: [UInt8], folder: [UInt8], followsLinks: Bool = false) -> IgnoreFile? {
        self.contents(path, followsLinks: followsLinks).map { IgnoreFile($0, folder: folder) }
    }

    private static func contents(_ path: [UInt8], followsLinks: Bool = false) -> [UInt8]? {
        // A FIFO of this name would never end.
        guard let facts = try? FileFacts(path, followsLinks: followsLinks), facts.kind == .regular else { return nil }
        return try? OpenFile.contents(of: path, followsLinks: followsLinks, limit: self.maximumIgnoreFile)
    }

    private static func line(_ text: [UInt8], after start: String) -> [UInt8]? {
        guard text.starts(with: start.utf8) else { return nil }
        let line = text.dropFirst(start.utf8.count).prefix { $0 != 10 && $0 != 13 }
        return line.isEmpty ? nil : Array(line)
    }

    private static func path(_ path: [UInt8], from folder: [UInt8]) -> [UInt8] {
        path.first == UInt8(ascii: "/") ? path : ScanPath.joined(folder, path)
    }

    private static func exists(_ path: [UInt8]) -> Bool { (try? FileFacts(path, followsLinks: false)) != nil }

    private static func resolved(_ path: [UInt8]) -> [UInt8]? {
        withCString(path) { name -> [UInt8]? in
            guard let whole = realpath(name, nil) else { return nil }
            defer { free(whole) }
            return Array(UnsafeRawBufferPointer(start: whole, count: strlen(whole)))
        }
    }
}
