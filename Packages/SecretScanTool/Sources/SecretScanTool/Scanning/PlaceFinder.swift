internal import SecretScanning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Finds the lines and columns of findings, and the pragmas on their lines, in a text that comes in parts.
///
/// A part must come together with all findings that begin in it. At most two lines are held, and of long ones only the start.
struct PlaceFinder: Sendable {
    /// Longer lines have no pragma, so their rest is not kept.
    private static let maximumLine = 16_385

    private let usesPragmas: Bool
    private let isYAML: Bool
    /// The offset in the text of the next byte.
    private var offset = 0
    private var line = 1
    private var columns = ColumnCounter()
    /// The start of the present line, as far as it came in earlier parts.
    private var lineStart: [UInt8] = []
    private var previousLine: [UInt8]?
    /// Findings whose end, or end of line, has not come.
    private var open: [PlacedFinding] = []

    init(usesPragmas: Bool, isYAML: Bool) {
        self.usesPragmas = usesPragmas
        self.isYAML = isYAML
    }

    private struct Event {
        let offset: Int
        let index: Int
        let isEnd: Bool
    }

    /// Takes the next part.
    ///
    /// - Parameters:
    ///   - bytes: The part.
    ///   - findings: What begins in it.
    ///   - output: Findings that are placed now.
    mutating func take(
        _ bytes: UnsafeBufferPointer<UInt8>, _ findings: [PlacedFinding], into output: inout [PlacedFinding]
    ) {
        // Ends that are still to come, and all that begins here, in the order of their places.
        var events: [Event] = []
        for (index, placed) in self.open.enumerated() where placed.finding.secretSpan.upperBound > self.offset {
            events.append(Event(offset: placed.finding.secretSpan.upperBound, index: index, isEnd: true))
        }
        for placed in findings {
            events.append(Event(offset: placed.finding.secretSpan.lowerBound, index: self.open.count, isEnd: false))
            events.append(Event(offset: placed.finding.secretSpan.upperBound, index: self.open.count, isEnd: true))
            self.open.append(placed)
        }
        events.sort { ($0.offset, $0.isEnd ? 1 : 0, $0.index) < ($1.offset, $1.isEnd ? 1 : 0, $1.index) }
        var nextEvent = 0
        var previous = self.previousLine.map { $0[...] }
        var start = 0
        while let base = bytes.baseAddress, start < bytes.count {
            let newline = memchr(base + start, 10, bytes.count - start)
            let end = newline.map { $0 - UnsafeMutableRawPointer(mutating: base) } ?? bytes.count
            var counted = start
            while nextEvent < events.count, events[nextEvent].offset <= self.offset + end {
                let event = events[nextEvent]
                // What is behind already, which the scanner promises not to happen, is put where we are.
                let place = min(max(event.offset - self.offset, counted), end)
                self.columns.count(UnsafeBufferPointer(rebasing: bytes[counted..<place]))
                counted = place
                self.note(event)
                nextEvent += 1
            }
            if newline == nil {
                self.columns.count(UnsafeBufferPointer(rebasing: bytes[counted..<end]))
                self.lineStart += bytes[start..<end].prefix(Self.maximumLine - min(self.lineStart.count, Self.maximumLine))
                break
            }
            if !self.open.isEmpty || memchr(base + end + 1, 10, bytes.count - end - 1) == nil {
                // The line itself is needed only if something is open, or as the one before the last.
                let room = Self.maximumLine - min(self.lineStart.count, Self.maximumLine)
                let line = (self.lineStart + bytes[start..<end].prefix(room))[...]
                self.endLine(line, previous: previous)
                previous = line
            }
            self.lineStart.removeAll(keepingCapacity: true)
            self.line += 1
            self.columns = ColumnCounter()
            start = end + 1
        }
        self.previousLine = previous.map { Array($0) }
        self.offset += bytes.count
        let (offset, line) = (self.offset, self.line)
        let isPlaced = { (placed: PlacedFinding) in placed.finding.secretSpan.upperBound < offset && placed.start.line < line }
        output += self.open.filter(isPlaced)
        self.open.removeAll(where: isPlaced)
    }

    /// Ends the text, and with it the last line.
    mutating func finish(into output: inout [PlacedFinding]) {
        let end = ReportedFinding.Place(line: self.line, column: self.columns.column)
        for index in self.open.indices where self.open[index].finding.secretSpan.upperBound >= self.offset {
            self.open[index].end = end
        }
        self.endLine(self.lineStart[...], previous: self.previousLine.map { $0[...] })
        output += self.open
        self.open = []
    }

    private mutating func note(_ event: Event) {
        guard self.open.indices.contains(event.index) else { return }
        let place = ReportedFinding.Place(line: self.line, column: self.columns.column)
        if event.isEnd {
            self.open[event.index].end = place
        } else {
            self.open[event.index].start = place
        }
    }

    /// Looks for a pragma for all that begins in the line that ends.
    private mutating func endLine(_ line: ArraySlice<UInt8>, previous: ArraySlice<UInt8>?) {
        guard self.usesPragmas, self.open.contains(where: { $0.start.line == self.line }) else { return }
        guard AllowPragma.allows(line, previous: previous, isYAML: self.isYAML) else { return }
        for index in self.open.indices where self.open[index].start.line == self.line { self.open[index].isAllowed = true }
    }
}
