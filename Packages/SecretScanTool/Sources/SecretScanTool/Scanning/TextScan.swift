internal import SecretScanning

/// Scans a text that comes in parts, and places what is found, in memory that does not grow with the text.
struct TextScan {
    private var stream: StreamingScan
    private var places: PlaceFinder
    /// The text from the offset `origin` on, which findings may still be in.
    private var window: [UInt8] = []
    private var origin = 0
    private var placed: [PlacedFinding] = []

    /// Whether everything so far could be looked at.
    private(set) var isComplete = true
    /// How many bytes came.
    private(set) var byteCount = 0

    /// More findings in one text are a sign that it is none that people read; the rest is not looked at.
    static let maximumFindings = 10_000
    private static let partLength = 65_536

    init(_ scanner: Scanner, usesPragmas: Bool, isYAML: Bool) {
        self.stream = StreamingScan(scanner)
        self.places = PlaceFinder(usesPragmas: usesPragmas, isYAML: isYAML)
    }

    /// Takes the next part, of any length.
    mutating func feed(_ bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        while !rest.isEmpty, self.isComplete {
            let part = rest.prefix(Self.partLength)
            rest = rest.dropFirst(part.count)
            self.byteCount += part.count
            self.window += part
            self.stream.feed(part)
            let (findings, offset) = self.stream.takeSettled()
            self.isComplete = self.stream.isComplete && self.placed.count + findings.count < Self.maximumFindings
            self.place(findings, upTo: offset)
        }
    }

    /// Takes out what is placed so far.
    mutating func takePlaced() -> [PlacedFinding] {
        defer { self.placed.removeAll(keepingCapacity: true) }
        return self.placed
    }

    /// Ends the text and tells the rest.
    mutating func finish() -> [PlacedFinding] {
        let report = self.stream.finish()
        self.isComplete = self.isComplete && report.isComplete
        self.place(report.findings, upTo: self.origin + self.window.count)
        self.places.finish(into: &self.placed)
        return self.takePlaced()
    }

    private mutating func place(_ findings: [Finding], upTo offset: Int) {
        let count = min(max(offset - self.origin, 0), self.window.count)
        let placed = findings.map { finding in
            let bounds = 0..<self.window.count
            let span = (finding.secretSpan.lowerBound - self.origin)..<(finding.secretSpan.upperBound - self.origin)
            return PlacedFinding(finding: finding, value: Array(self.window[span.clamped(to: bounds)]))
        }
        self.window.withUnsafeBufferPointer { window in
            self.places.take(UnsafeBufferPointer(rebasing: window[..<count]), placed, into: &self.placed)
        }
        self.window.removeFirst(count)
        self.origin += count
    }
}
