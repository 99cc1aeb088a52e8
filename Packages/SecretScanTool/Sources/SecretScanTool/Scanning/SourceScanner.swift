internal import Cryptography
internal import SecretScanning

/// Scans files and streams, one after the other, and gathers what is found. Each worker has its own, with its memory.
struct SourceScanner: ~Copyable {
    /// Larger files are scanned in parts.
    static let wholeLimit = 1 << 20

    private let scan: SecretScan
    private var scratch = ScanScratch()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.wholeLimit, alignment: 64)

    private(set) var outcome = ScanOutcome()

    init(_ scan: SecretScan) {
        self.scan = scan
    }

    deinit { self.buffer.deallocate() }

    /// Adds something that is not scanned.
    mutating func skip(_ file: SkippedFile) {
        self.outcome.skipped.append(file)
    }

    /// Scans a file.
    ///
    /// - Parameter isNamed: Whether the caller named it, so that it may be named by a link.
    mutating func scanFile(_ path: [UInt8], isNamed: Bool) {
        do {
            let file = try OpenFile(ScanPath.opening(path), followsLinks: isNamed)
            let facts = try file.facts()
            if self.scan.passedOver.contains(facts.id) { return }
            guard facts.kind == .regular else {
                return self.skip(SkippedFile(path: path, reason: facts.kind.name))
            }
            if let limit = self.scan.options.maximumFileBytes, facts.size > limit {
                return self.skip(SkippedFile(path: path, reason: "larger than \(limit) bytes"))
            }
            let byteCount = try self.scanContents(of: file, path, size: facts.size)
            guard let byteCount, !self.scan.isStopped() else { return }
            let later = try file.facts()
            // Files of the system, such as those in /proc, say that they are empty.
            if later != facts || (facts.size > 0 && byteCount != facts.size) {
                self.skip(SkippedFile(path: path, reason: "changed while it was read"))
            }
        } catch {
            self.skip(SkippedFile(path: path, reason: "cannot be read: \(error.reason)"))
        }
    }

    /// Scans standard input.
    mutating func scanStandardInput(_ path: [UInt8]) {
        do {
            _ = try self.scanContents(of: OpenFile(lent: 0), path, size: 0)
        } catch {
            self.skip(SkippedFile(path: path, reason: "cannot be read: \(error.reason)"))
        }
    }

    /// Adds a text that somebody else has scanned, such as one that a diff adds.
    mutating func add(_ placed: [PlacedFinding], path: [UInt8]) {
        for placed in placed { self.report(placed, path) }
    }

    /// Counts a file.
    mutating func count(bytes: Int) {
        self.outcome.totals.files += 1
        self.outcome.totals.bytes += bytes
        self.scan.progress.add(bytes: bytes, files: 1)
    }

    /// - Parameter size: What the file holds as the system says; one that grows is not followed. 0 if that is not known.
    /// - Returns: How many bytes were read; nil if what was read need not be the whole file.
    private mutating func scanContents(
        of file: borrowing OpenFile, _ path: [UInt8], size: Int
    ) throws(SystemFailure) -> Int? {
        let count = try file.read(into: self.buffer, isStopped: self.scan.isStopped)
        if self.scan.isStopped() { return nil }
        let (encoding, markLength) = TextEncoding.detect(UnsafeRawBufferPointer(rebasing: self.buffer[..<count]))
        if encoding == .binary, !self.scan.options.scansBinaryFiles {
            self.skip(SkippedFile(path: path, reason: "binary", isFailure: false))
            return nil
        }
        let first = UnsafeRawBufferPointer(rebasing: self.buffer[..<count])
        if count < self.buffer.count, encoding == .bytes || encoding == .binary {
            self.scanWhole(UnsafeRawBufferPointer(rebasing: first[min(markLength, count)...]), path)
            self.count(bytes: count)
            return count
        }
        return try self.scanParts(
            of: file, path, size: size, encoding: encoding, markLength: markLength, firstCount: count)
    }

    private mutating func scanWhole(_ bytes: UnsafeRawBufferPointer, _ path: [UInt8]) {
        let report = self.scan.scanner(for: path).scan(bytes, in: &self.scratch)
        if !report.isComplete { self.tellIncomplete(path) }
        let findings = report.findings.filter { self.scan.judge.isLikely($0, path: path, by: self.scan.scanner) }
        if findings.isEmpty { return }
        var places = PlaceFinder(usesPragmas: self.scan.judge.usesPragmas, isYAML: Self.isYAML(path))
        var placed: [PlacedFinding] = []
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            let wanted = findings.map { finding in
                PlacedFinding(finding: finding, value: Array(bytes[finding.secretSpan.clamped(to: 0..<bytes.count)]))
            }
            places.take(bytes, wanted, into: &placed)
        }
        places.finish(into: &placed)
        self.add(placed, path: path)
    }

    private mutating func scanParts(
        of file: borrowing OpenFile, _ path: [UInt8], size: Int, encoding: TextEncoding, markLength: Int, firstCount: Int
    ) throws(SystemFailure) -> Int? {
        var text = TextScan(
            self.scan.scanner(for: path), usesPragmas: self.scan.judge.usesPragmas, isYAML: Self.isYAML(path))
        var transcoder = Transcoder(encoding)
        var decoded: [UInt8] = []
        var (start, count, total) = (markLength, firstCount, 0)
        while count > 0 {
            let part = UnsafeRawBufferPointer(rebasing: self.buffer[start..<count])
            if transcoder == nil {
                text.feed(part)
            } else {
                decoded.removeAll(keepingCapacity: true)
                transcoder?.take(part, into: &decoded)
                text.feed(decoded)
            }
            total += count
            self.scan.progress.add(bytes: count, files: 0)
            self.add(text.takePlaced(), path: path)
            if !text.isComplete || self.scan.isStopped() || (size > 0 && total > size) { break }
            // The first part fills the buffer; a last one that does not is known to be the last.
            count = try file.read(into: self.buffer, isStopped: self.scan.isStopped)
            start = 0
        }
        decoded.removeAll()
        transcoder?.finish(into: &decoded)
        text.feed(decoded)
        self.add(text.finish(), path: path)
        self.outcome.totals.files += 1
        self.outcome.totals.bytes += total
        self.scan.progress.add(bytes: 0, files: 1)
        if !text.isComplete {
            self.tellIncomplete(path)
            return nil
        }
        return self.scan.isStopped() ? nil : total
    }

    /// Tells that a file holds what would take too long, or too many findings.
    mutating func tellIncomplete(_ path: [UInt8]) {
        self.skip(SkippedFile(path: path, reason: "not fully scanned: it would take too much work, or holds too many findings"))
    }

    private mutating func report(_ placed: PlacedFinding, _ path: [UInt8]) {
        do {
            if let finding = try self.scan.judge.judge(placed, path: path, by: self.scan.scanner, totals: &self.outcome.totals) {
                self.outcome.findings.append(finding)
            }
        } catch {
            self.skip(SkippedFile(path: path, reason: "not fully scanned: \(error)"))
        }
    }

    /// Whether comments begin with `#` alone.
    static func isYAML(_ path: [UInt8]) -> Bool {
        [".yaml", ".yml"].contains { path.suffix($0.utf8.count).elementsEqual($0.utf8) }
    }
}
