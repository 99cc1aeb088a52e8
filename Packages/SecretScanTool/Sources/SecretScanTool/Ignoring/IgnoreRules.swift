/// Which paths of a tree git would not look at, by all its `.gitignore` files.
///
/// Whoever walks the tree adds the file of a folder on entering it, asks ``isExcluded(_:isDirectory:)`` for each entry, and does
/// not enter what is excluded, as nothing below can be included again. What git tracks although it is excluded cannot be
/// known here.
public struct IgnoreRules: Sendable {
    private var files: [IgnoreFile] = []

    /// Begins with no rules.
    public init() {}

    /// Adds a file that goes before all those added so far: first the user's own, then `.git/info/exclude`, then the
    /// `.gitignore` files from the top downwards.
    public mutating func add(_ file: IgnoreFile) {
        self.files.append(file)
    }

    /// Removes the files that were added last, on leaving a folder.
    public mutating func removeLast(_ count: Int = 1) {
        self.files.removeLast(min(max(count, 0), self.files.count))
    }

    /// Whether the rules exclude an entry of a folder that itself is not excluded.
    ///
    /// - Parameters:
    ///   - path: Relative to the top, without a slash at either end.
    ///   - isDirectory: Whether it is a folder; a link to one is not.
    public func isExcluded(_ path: [UInt8], isDirectory: Bool) -> Bool {
        for file in self.files.reversed() {
            if let line = file.lastMatch(path, isDirectory: isDirectory) { return !line.isNegated }
        }
        return false
    }

    /// Whether the rules exclude a path or a folder above it; needs the files of all folders on the way.
    ///
    /// - Parameters:
    ///   - path: Relative to the top, without a slash at either end.
    ///   - isDirectory: Whether it is a folder.
    public func isExcludedWithParents(_ path: [UInt8], isDirectory: Bool) -> Bool {
        for index in path.indices where path[index] == UInt8(ascii: "/") {
            if self.isExcluded(Array(path[..<index]), isDirectory: true) { return true }
        }
        return self.isExcluded(path, isDirectory: isDirectory)
    }
}
