/// Recognises diffs that are not read, in the lines outside hunks, so that none of them passes for text between diffs.
struct DiffKind: Sendable {
    /// The number of a line such as `diff -r a b`, until its first hunk comes.
    private var openCommand: Int?
    /// Whether the last line was one such as `3a4`, which begins a change where `diff` is called without `-u`.
    private var sawEdit = false

    /// Takes a line outside hunks.
    ///
    /// - Throws: ``ScanToolError`` with code `invalidDiff` for what no unified diff has.
    mutating func check(_ line: ArraySlice<UInt8>, number: Int) throws(ScanToolError) {
        try Self.refuseColours(line, number: number)
        if Self.isHeaderOfGit(line) {
            try self.finish()
        } else if line.starts(with: "diff -".utf8) {
            try self.finish()
            self.openCommand = number
        }
        let isChange = self.sawEdit && (line.starts(with: "< ".utf8) || line.starts(with: "> ".utf8))
        guard !isChange, !Self.isContextRange(line) else { throw Self.otherKind(number) }
        self.sawEdit = Self.isEdit(line)
    }

    /// Tells that a unified hunk has come.
    mutating func beginHunk() {
        self.openCommand = nil
    }

    /// Tells that no more hunks come for the last file.
    func finish() throws(ScanToolError) {
        if let number = self.openCommand { throw Self.otherKind(number) }
    }

    /// Refuses a line that begins with an escape, as those of coloured diffs do: what they add would not be seen.
    static func refuseColours(_ line: ArraySlice<UInt8>, number: Int) throws(ScanToolError) {
        guard line.first == 0x1B else { return }
        throw ScanToolError(.invalidDiff, message: "line \(number) of the diff is coloured; colours must be off (--no-color)")
    }

    /// Whether git begins the change of a file with the line, also one without lines such as that of a mode.
    static func isHeaderOfGit(_ line: ArraySlice<UInt8>) -> Bool {
        ["diff --git ", "diff --cc ", "diff --combined "].contains { line.starts(with: $0.utf8) }
    }

    /// Whether a line is like `*** 1,3 ****`.
    private static func isContextRange(_ line: ArraySlice<UInt8>) -> Bool {
        let words = Self.withoutReturn(line).split(separator: 32, omittingEmptySubsequences: false)
        return words.count == 3 && words[0].elementsEqual("***".utf8) && words[2].elementsEqual("****".utf8)
            && Self.isRange(words[1])
    }

    /// Whether a line is like `3a4` or `1,2c1,5`.
    private static func isEdit(_ line: ArraySlice<UInt8>) -> Bool {
        let line = Self.withoutReturn(line)
        guard line.count <= 64, let letter = line.firstIndex(where: { "acd".utf8.contains($0) }) else { return false }
        return Self.isRange(line[..<letter]) && Self.isRange(line[(letter + 1)...])
    }

    private static func isRange(_ text: ArraySlice<UInt8>) -> Bool {
        text.first.map { $0 != UInt8(ascii: ",") } == true
            && text.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ",") }
    }

    private static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == 13 ? line.dropLast() : line
    }

    private static func otherKind(_ number: Int) -> ScanToolError {
        ScanToolError(
            .invalidDiff,
            message: "line \(number) of the diff is of another kind; only unified diffs are read (git diff, diff -u)")
    }
}
