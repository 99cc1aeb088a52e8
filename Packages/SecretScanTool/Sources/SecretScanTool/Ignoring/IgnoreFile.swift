/// The patterns of one `.gitignore`, read as git 2.39 does (gitignore(5)).
public struct IgnoreFile: Sendable {
    /// One line of the file.
    struct Line: Sendable {
        let pattern: [UInt8]
        let isNegated: Bool
        let needsDirectory: Bool
        /// Whether the pattern has no slash and so matches a name at any depth.
        let matchesName: Bool
        /// How much of the pattern is plain text.
        let plainCount: Int
        /// Whether the pattern is a star and plain text.
        let isEnding: Bool
    }

    /// The folder of the file, relative to the top of the tree, without a slash at its end; empty at the top.
    public let folder: [UInt8]
    let lines: [Line]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: What the file contains; any bytes are accepted.
    ///   - folder: Its folder, relative to the top of the tree, such as `Sources/App`; empty at the top.
    public init(_ bytes: some Collection<UInt8>, folder: [UInt8] = []) {
        self.folder = folder
        var rest = Array(bytes)[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        self.lines = rest.split(separator: 10).compactMap { Self.line($0) }
    }

    private static func line(_ text: ArraySlice<UInt8>) -> Line? {
        guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
        var text = text
        if text.last == 13 { text = text.dropLast() }
        // To git a line ends at a NUL.
        text = self.withoutTrailingBlanks(text.prefix { $0 != 0 })
        let isNegated = text.first == UInt8(ascii: "!")
        if isNegated { text = text.dropFirst() }
        let needsDirectory = text.last == UInt8(ascii: "/")
        // What is plain is counted with the slash still there.
        let plainCount = text.prefix { !Self.isSpecial($0) }.count
        let isEnding = text.first == UInt8(ascii: "*") && !text.dropFirst().contains(where: Self.isSpecial)
        if needsDirectory { text = text.dropLast() }
        return Line(
            pattern: Array(text), isNegated: isNegated, needsDirectory: needsDirectory,
            matchesName: !text.contains(UInt8(ascii: "/")), plainCount: min(plainCount, text.count), isEnding: isEnding)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\\")
    }

    /// Cuts blanks at the end, except those behind a backslash.
    private static func withoutTrailingBlanks(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var end = text.startIndex
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "\\") {
                index += 1
                guard index < text.endIndex else { return text }
                end = index + 1
            } else if text[index] != 32 {
                end = index + 1
            }
            index += 1
        }
        return text[..<end]
    }

    /// The last line that matches, or nil; `path` is relative to the top and does not end in a slash.
    func lastMatch(_ path: [UInt8], isDirectory: Bool) -> Line? {
        var name = path[...]
        if !self.folder.isEmpty {
            guard path.count > self.folder.count + 1, path.starts(with: self.folder), path[self.folder.count] == UInt8(ascii: "/")
            else { return nil }
            name = path[(self.folder.count + 1)...]
        }
        let lastName = name[(name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? name.startIndex)...]
        return self.lines.last { line in
            guard isDirectory || !line.needsDirectory else { return false }
            return line.matchesName ? line.matches(name: lastName) : line.matches(path: name)
        }
    }
}

extension IgnoreFile.Line {
    fileprivate func matches(name: ArraySlice<UInt8>) -> Bool {
        if self.plainCount == self.pattern.count { return name.elementsEqual(self.pattern) }
        if self.isEnding {
            let ending = self.pattern.dropFirst()
            return ending.count <= name.count && name.suffix(ending.count).elementsEqual(ending)
        }
        return GlobMatcher.matches(self.pattern[...], name, separatesNames: false)
    }

    fileprivate func matches(path: ArraySlice<UInt8>) -> Bool {
        var pattern = self.pattern[...]
        var plainCount = self.plainCount
        if pattern.first == UInt8(ascii: "/") {
            pattern = pattern.dropFirst()
            plainCount -= 1
        }
        var rest = path
        if plainCount > 0 {
            guard plainCount <= path.count, path.prefix(plainCount).elementsEqual(pattern.prefix(plainCount)) else {
                return false
            }
            pattern = pattern.dropFirst(plainCount)
            rest = rest.dropFirst(plainCount)
            if pattern.isEmpty, rest.isEmpty { return true }
        }
        return GlobMatcher.matches(pattern, rest, separatesNames: true)
    }
}
