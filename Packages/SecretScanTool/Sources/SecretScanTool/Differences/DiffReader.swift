/// Reads unified diffs as `git diff`, `git log -p` and `diff -u` print them, line by line, and finds what they add.
///
/// It counts the lines of each hunk, so a line that is added and looks like a header is still an added line. Text between
/// diffs, such as the messages of commits, is passed over. Combined diffs of merges (`@@@`) are understood.
public struct DiffReader: Sendable {
    /// Something that a line of a diff tells.
    public enum Event: Hashable, Sendable {
        /// A line that the new version of a file has and the old has not; `number` counts from 1 in the new version.
        case added(path: [UInt8], number: Int, text: [UInt8])
        /// A file whose change is not shown as text, so that nothing of it can be scanned.
        case binary(path: [UInt8])
    }

    private var names = DiffNames()
    private var kind = DiffKind()
    private var hunk: Hunk?
    private var lineNumber = 0

    /// Whether the change of any file has come, with its lines or without; text in which none has is no diff at all.
    public private(set) var sawChange = false

    /// Begins before the first line.
    public init() {}

    /// Takes the next line.
    ///
    /// - Parameter line: The line without its line feed; a carriage return before it is part of the text.
    /// - Returns: What it tells, or nil for all lines that add nothing.
    /// - Throws: ``ScanToolError`` with code `invalidDiff` if a hunk is not as long as its header says, or the diff is coloured
    ///   or no unified one; what follows cannot be trusted then.
    public mutating func read(_ line: ArraySlice<UInt8>) throws(ScanToolError) -> Event? {
        self.lineNumber += 1
        if var hunk = self.hunk {
            guard let isAdded = hunk.take(line) else {
                try DiffKind.refuseColours(line, number: self.lineNumber)
                throw ScanToolError(.invalidDiff, message: "line \(self.lineNumber) of the diff is no line of its hunk")
            }
            let number = hunk.newLine - 1
            self.hunk = hunk.isOver ? nil : hunk
            return isAdded ? .added(path: self.names.new ?? [], number: number, text: Array(line.dropFirst(hunk.columns))) : nil
        }
        try self.kind.check(line, number: self.lineNumber)
        if DiffKind.isHeaderOfGit(line) { self.sawChange = true }
        if line.starts(with: "@@".utf8) {
            guard let hunk = Hunk(header: line) else {
                // Outside a diff this is text like any other.
                guard self.names.new != nil else { return nil }
                throw ScanToolError(.invalidDiff, message: "line \(self.lineNumber) of the diff is no header of a hunk")
            }
            guard self.names.new != nil else {
                throw ScanToolError(.invalidDiff, message: "line \(self.lineNumber) of the diff begins a hunk of no file")
            }
            self.hunk = hunk.isOver ? nil : hunk
            self.kind.beginHunk()
            self.sawChange = true
            return nil
        }
        guard let path = self.names.take(line) else { return nil }
        self.sawChange = true
        return .binary(path: path)
    }

    /// Tells that there are no more lines.
    ///
    /// - Throws: ``ScanToolError`` with code `invalidDiff` if the last hunk is not whole, or was announced and did not come.
    public func finish() throws(ScanToolError) {
        guard self.hunk == nil else { throw ScanToolError(.invalidDiff, message: "the diff ends in the middle of a hunk") }
        try self.kind.finish()
    }
}

/// A hunk, and how much of it is still to come.
private struct Hunk: Sendable {
    /// How many columns of signs lines have: one for each old version.
    let columns: Int
    /// Lines still to come of each old version.
    private var old: [Int]
    /// Lines still to come of the new version.
    private var new: Int
    /// The number of the next line of the new version.
    private(set) var newLine: Int

    /// The most parents that git lets a merge have, and some more.
    private static let maximumColumns = 64

    var isOver: Bool { self.new == 0 && self.old.allSatisfy { $0 == 0 } }

    /// Reads `@@ -1,3 +2,4 @@` and `@@@ -1,3 -1,3 +2,4 @@@`.
    init?(header: ArraySlice<UInt8>) {
        let signs = header.prefix { $0 == UInt8(ascii: "@") }.count
        let fields = header.split(separator: 32, maxSplits: signs + 1, omittingEmptySubsequences: false)
        self.columns = signs - 1
        guard (1...Self.maximumColumns).contains(self.columns), fields.count >= self.columns + 3 else { return nil }
        guard fields[self.columns + 2].starts(with: repeatElement(UInt8(ascii: "@"), count: signs)) else { return nil }
        self.old = []
        for field in fields[1...self.columns] {
            guard let range = Self.range(field, sign: UInt8(ascii: "-")) else { return nil }
            self.old.append(range.count)
        }
        guard let range = Self.range(fields[self.columns + 1], sign: UInt8(ascii: "+")) else { return nil }
        self.new = range.count
        self.newLine = range.start
    }

    /// Reads `-12,3`, or `-12` for one line.
    private static func range(_ field: ArraySlice<UInt8>, sign: UInt8) -> (start: Int, count: Int)? {
        guard field.first == sign else { return nil }
        let parts = field.dropFirst().split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let start = Self.number(first) else { return nil }
        guard parts.count == 2 else { return (start, 1) }
        return Self.number(parts[1]).map { (start, $0) }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...12).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    /// Takes a line; true if it is added, nil if it is none of a hunk.
    mutating func take(_ line: ArraySlice<UInt8>) -> Bool? {
        // "\ No newline at end of file" belongs to the line before and counts as none.
        if line.first == UInt8(ascii: "\\") { return false }
        var signs = line.prefix(self.columns)
        // Some programs cut blanks at the end, and with them the sign of an empty line.
        if signs.isEmpty || signs == [13] { signs = ArraySlice(repeating: 32, count: self.columns) }
        guard signs.count == self.columns else { return nil }
        let isRemoved = signs.contains(UInt8(ascii: "-"))
        var isAdded = false
        for (column, sign) in signs.enumerated() {
            switch sign {
            case UInt8(ascii: "+"):
                guard !isRemoved else { return nil }
                isAdded = true
            case UInt8(ascii: "-"):
                self.old[column] -= 1
            case 32:
                // In a removed line, a blank says that this old version has not had it either.
                if !isRemoved { self.old[column] -= 1 }
            default:
                return nil
            }
        }
        if !isRemoved {
            self.new -= 1
            self.newLine += 1
        }
        return self.new >= 0 && self.old.allSatisfy { $0 >= 0 } ? isAdded : nil
    }
}
