/// Goes through files and folders in the order of their names, and tells which files are to be scanned.
///
/// Links are not followed, except one that the caller names. Folders called `.git` are not entered. Memory grows with the depth
/// of the tree and the size of one folder.
public struct TreeWalker: Sendable {
    /// What is come to.
    public enum Step: Hashable, Sendable {
        /// A file to scan; its path is both its name in reports and what opens it. `isNamed` says that the caller named it.
        case file(path: [UInt8], isNamed: Bool)
        /// Standard input.
        case standardInput
        /// Something that is not scanned.
        case skipped(SkippedFile)
    }

    private struct Frame {
        /// As in reports; empty for the folder where the scan began.
        let path: [UInt8]
        /// The folder relative to the top of its repository.
        let rulePath: [UInt8]
        let rules: IgnoreRules
        var entries: ArraySlice<DirectoryEntry>
    }

    private var roots: ArraySlice<[UInt8]>
    private var frames: [Frame] = []
    private let respectsIgnoreFiles: Bool

    /// How many files and folders the ignore files have kept out so far.
    public private(set) var ignoredCount = 0

    /// Begins a walk.
    ///
    /// - Parameters:
    ///   - roots: Files and folders, in the bytes of their names; `-` is standard input.
    ///   - respectsIgnoreFiles: Whether `.gitignore` and `.git/info/exclude` are heeded. What `roots` name is scanned in any case.
    public init(roots: [[UInt8]], respectsIgnoreFiles: Bool = true) {
        self.roots = roots[...]
        self.respectsIgnoreFiles = respectsIgnoreFiles
    }

    /// The next file, or thing that is none; nil at the end.
    public mutating func next() -> Step? {
        while true {
            guard let entry = self.frames.last?.entries.first else {
                if self.frames.popLast() != nil { continue }
                guard let root = self.roots.popFirst() else { return nil }
                if let step = self.begin(root) { return step }
                continue
            }
            self.frames[self.frames.count - 1].entries.removeFirst()
            if let step = self.visit(entry) { return step }
        }
    }

    /// Starts with something that the caller named.
    private mutating func begin(_ root: [UInt8]) -> Step? {
        if root == [UInt8(ascii: "-")] { return .standardInput }
        // Once it is normal, the empty path stands for the working folder, which an empty argument does not mean.
        guard !root.isEmpty else { return .skipped(SkippedFile(path: [], reason: "cannot be read: a path is empty")) }
        let path = ScanPath.normal(root)
        do {
            switch try FileFacts(ScanPath.opening(path), followsLinks: true).kind {
            case .regular: return .file(path: path, isNamed: true)
            case .directory:
                let (rules, rulePath) = self.respectsIgnoreFiles ? Repository.rules(above: path) : (IgnoreRules(), [])
                return self.enter(path, rulePath: rulePath, rules: rules, isNamed: true)
            case let kind: return .skipped(SkippedFile(path: path, reason: kind.name))
            }
        } catch {
            return .skipped(SkippedFile(path: path, reason: "cannot be read: \(error.reason)"))
        }
    }

    private mutating func visit(_ entry: DirectoryEntry) -> Step? {
        guard let frame = self.frames.last, entry.name != Array(".git".utf8) else { return nil }
        let path = ScanPath.joined(frame.path, entry.name)
        let rulePath = frame.rulePath.isEmpty ? entry.name : ScanPath.joined(frame.rulePath, entry.name)
        if self.respectsIgnoreFiles, frame.rules.isExcluded(rulePath, isDirectory: entry.kind == .directory) {
            self.ignoredCount += 1
            return nil
        }
        switch entry.kind {
        case .regular: return .file(path: path, isNamed: false)
        case .directory: return self.enter(path, rulePath: rulePath, rules: frame.rules, isNamed: false)
        case .link: return .skipped(SkippedFile(path: path, reason: "symbolic link, not followed", isFailure: false))
        case let kind: return .skipped(SkippedFile(path: path, reason: kind.name, isFailure: false))
        }
    }

    private mutating func enter(_ path: [UInt8], rulePath: [UInt8], rules: IgnoreRules, isNamed: Bool) -> Step? {
        let entries: [DirectoryEntry]
        do {
            entries = try DirectoryListing.entries(of: ScanPath.opening(path), followsLinks: isNamed)
        } catch {
            return .skipped(SkippedFile(path: path, reason: "cannot be read: \(error.reason)"))
        }
        var (rules, rulePath) = (rules, rulePath)
        if self.respectsIgnoreFiles {
            // A repository within another has rules of its own.
            if !isNamed, entries.contains(where: { $0.name == Array(".git".utf8) }) {
                (rules, rulePath) = (Repository.ownRules(of: path), [])
            }
            let name = Array(".gitignore".utf8)
            // Git does not follow a link of this name either. One that cannot be read is told when it is to be scanned.
            if entries.contains(where: { $0.name == name && $0.kind == .regular }),
                let file = Repository.ignoreFile(ScanPath.joined(path, name), folder: rulePath)
            {
                rules.add(file)
            }
        }
        self.frames.append(Frame(path: path, rulePath: rulePath, rules: rules, entries: entries[...]))
        return nil
    }
}
