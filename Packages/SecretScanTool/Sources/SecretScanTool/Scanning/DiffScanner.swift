internal import Cryptography
internal import SecretScanning

/// Scans what diffs add, file by file, in memory that grows only with the longest line and the number of hunks of one file.
struct DiffScanner: ~Copyable {
    /// A longer line cannot be kept.
    private static let maximumLine = 16 << 20

    private let scan: SecretScan
    private var reader = DiffReader()
    private var line: [UInt8] = []
    private var file: AddedText?
    private var sawText = false

    /// The added lines of one file.
    private struct AddedText {
        let path: [UInt8]
        var text: TextScan
        /// For each stretch of lines that follow each other its first line in the text and in the new version.
        var stretches: [(line: Int, number: Int)] = []
        /// The number of lines in the text.
        var lineCount = 0
        /// The number that the next line would have if it followed the last.
        var nextNumber = 0
    }

    init(_ scan: SecretScan) {
        self.scan = scan
    }

    /// Scans a diff to its end.
    ///
    /// - Parameters:
    ///   - diff: Where the diff comes from.
    ///   - path: The name of the diff, for what is wrong with it.
    ///   - output: Takes what is found.
    mutating func scanAll(of diff: borrowing OpenFile, _ path: [UInt8], into output: inout SourceScanner) {
        do {
            var part = [UInt8](repeating: 0, count: 65_536)
            while !self.scan.isStopped() {
                let count = try diff.read(into: &part, isStopped: self.scan.isStopped)
                if count == 0 { break }
                self.sawText = true
                self.scan.progress.add(bytes: count, files: 0)
                try self.take(part[..<count], into: &output)
                if count < part.count { break }
            }
            if !self.line.isEmpty { try self.takeLine(self.line[...], into: &output) }
            if !self.scan.isStopped() {
                try self.reader.finish()
                if self.sawText, !self.reader.sawChange {
                    throw ScanToolError(.invalidDiff, message: "there is no unified diff in it")
                }
            }
        } catch let error as SystemFailure {
            output.skip(SkippedFile(path: path, reason: "cannot be read: \(error.reason)"))
        } catch {
            output.skip(SkippedFile(path: path, reason: "not fully scanned: \(error)"))
        }
        self.endFile(into: &output)
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, into output: inout SourceScanner) throws {
        var rest = bytes
        while let end = rest.firstIndex(of: 10) {
            if self.line.isEmpty {
                try self.takeLine(rest[..<end], into: &output)
            } else {
                self.line += rest[..<end]
                try self.takeLine(self.line[...], into: &output)
                self.line.removeAll(keepingCapacity: true)
            }
            rest = rest[(end + 1)...]
        }
        self.line += rest
        guard self.line.count <= Self.maximumLine else {
            self.line = []
            throw ScanToolError(.invalidDiff, message: "a line of the diff is longer than \(Self.maximumLine) bytes")
        }
    }

    private mutating func takeLine(_ line: ArraySlice<UInt8>, into output: inout SourceScanner) throws(ScanToolError) {
        switch try self.reader.read(line) {
        case .binary(let path)?:
            output.skip(SkippedFile(path: path, reason: "binary, in a diff", isFailure: false))
        case .added(let path, let number, let text)?:
            if self.file?.path != path {
                self.endFile(into: &output)
                let text = TextScan(
                    self.scan.scanner(for: path), usesPragmas: self.scan.judge.usesPragmas, isYAML: SourceScanner.isYAML(path))
                self.file = AddedText(path: path, text: text)
            }
            self.add(text, number: number)
        case nil: break
        }
    }

    private mutating func add(_ text: [UInt8], number: Int) {
        if self.file?.nextNumber != number {
            // An empty line keeps apart what does not stand together.
            self.file?.text.feed([10])
            let line = (self.file?.lineCount ?? 0) + 1
            self.file?.lineCount = line
            self.file?.stretches.append((line: line + 1, number: number))
        }
        self.file?.text.feed(text)
        self.file?.text.feed([10])
        self.file?.lineCount += 1
        self.file?.nextNumber = number + 1
    }

    private mutating func endFile(into output: inout SourceScanner) {
        guard var file = self.file else { return }
        self.file = nil
        let placed = file.text.finish()
        if !file.text.isComplete { output.tellIncomplete(file.path) }
        output.add(placed.map { Self.renumbered($0, by: file.stretches) }, path: file.path)
        output.count(bytes: file.text.byteCount)
    }

    private static func renumbered(_ placed: PlacedFinding, by stretches: [(line: Int, number: Int)]) -> PlacedFinding {
        func number(_ line: Int) -> Int {
            var (low, high) = (0, stretches.count)
            while low < high {
                let middle = (low + high) / 2
                if stretches[middle].line <= line { low = middle + 1 } else { high = middle }
            }
            return low == 0 ? line : stretches[low - 1].number + line - stretches[low - 1].line
        }
        var placed = placed
        placed.start = ReportedFinding.Place(line: number(placed.start.line), column: placed.start.column)
        placed.end = ReportedFinding.Place(line: number(placed.end.line), column: placed.end.column)
        return placed
    }
}
