/// A scan of text that comes in parts; the findings are the same however it is cut.
///
/// It holds at most about 30 KB of text, and the findings. Blocks are counted from the start of the text, and one is looked at
/// only when everything that its matchers may look at has come. Text in UTF-16 is not decoded here: its report is incomplete.
public struct StreamingScan: Sendable {
    private let scanner: Scanner
    private var state = ScanState()
    private var held: [UInt8] = []
    /// How many bytes of the text lie before the held ones.
    private var origin = 0
    /// The offset in the text up to which blocks are done.
    private var done = 0
    private var received = 0

    /// Begins a text.
    public init(_ scanner: Scanner) {
        self.scanner = scanner
        scanner.begin(&self.state, byteCount: 0, keepsValues: false)
        self.state.workLimit = .max
    }

    /// Takes the next part, of any length.
    public mutating func feed(_ bytes: some Collection<UInt8>) {
        // The held text stays small also when a part is large.
        var rest = bytes[...]
        while !rest.isEmpty, self.state.isComplete {
            let part = rest.prefix(65_536)
            rest = rest.dropFirst(part.count)
            self.held.append(contentsOf: part)
            self.received += part.count
            self.advance(isLast: false)
        }
    }

    /// Ends the text and tells what was found in it.
    public mutating func finish() -> ScanReport {
        self.advance(isLast: true)
        return self.scanner.report(&self.state, keyPaths: nil)
    }

    /// Whether everything so far could be looked at; once false, what follows is not looked at any more.
    public var isComplete: Bool { self.state.isComplete }

    /// Takes out the findings that nothing which follows can change, so that a text without end needs no memory without end.
    ///
    /// ``finish()`` tells the rest. All of them together are those that ``finish()`` alone would tell.
    ///
    /// - Returns: The findings by their place, and an offset before which no further finding begins.
    public mutating func takeSettled() -> (findings: [Finding], offset: Int) {
        let bound = max(self.done - ScanTables.lookBehind, 0)
        let isSettled = { (found: ScanState.Found) in found.secret.upperBound <= bound }
        guard self.state.found.contains(where: isSettled) else {
            return ([], self.state.found.reduce(bound) { min($0, $1.secret.lowerBound) })
        }
        let pending = self.state.found.filter { !isSettled($0) }
        self.state.found.removeAll(where: { !isSettled($0) })
        let findings = self.scanner.report(&self.state, keyPaths: nil).findings
        self.state.found = pending
        self.state.repetitions = 0
        return (findings, pending.reduce(bound) { min($0, $1.secret.lowerBound) })
    }

    private mutating func advance(isLast: Bool) {
        let tables = self.scanner.tables
        while self.state.isComplete, self.done < self.received {
            let end = self.done + ScanTables.blockLength
            guard isLast || end + ScanTables.lookAhead <= self.received else { return }
            // The budget of a block is known once it has come, and does not depend on what follows.
            self.state.workLimit = self.scanner.configuration.workLimit(byteCount: min(end, self.received))
            let block = (self.done - self.origin)..<(min(end, self.received) - self.origin)
            if self.done == 0, self.isWide() {
                self.state.isComplete = false
                return
            }
            self.state.frames = []
            let origin = self.origin
            self.held.withUnsafeBufferPointer { [held = self.held.count] bytes in
                guard let base = bytes.baseAddress else { return }
                let text = ByteText(base: base, count: held, atoms: tables.atoms)
                self.state.frames.append(ScanState.Frame(kind: .source(origin), layer: nil, outer: text))
                tables.scanBlock(text, block, &self.state)
            }
            self.done = min(end, self.received)
            self.forget()
        }
    }

    /// Whether the text is UTF-16, which has to be decoded before it comes here.
    private func isWide() -> Bool {
        self.held.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return false }
            return WideText.isLittleEndian(ByteText(base: base, count: bytes.count, atoms: self.scanner.tables.atoms)) != nil
        }
    }

    /// Drops what no matcher will look at again.
    private mutating func forget() {
        let surplus = self.done - self.origin - ScanTables.lookBehind
        guard surplus >= 32_768 else { return }
        self.held.removeFirst(surplus)
        self.origin += surplus
        self.state.move(by: surplus)
    }
}

extension ScanState {
    /// Counts offsets from a later start.
    mutating func move(by count: Int) {
        self.progress.origin += count
        self.progress.numberEnd = max(self.progress.numberEnd - count, 0)
        self.progress.base64End = max(self.progress.base64End - count, 0)
        self.progress.percentEnd = max(self.progress.percentEnd - count, 0)
        self.progress.foldEnd = max(self.progress.foldEnd - count, 0)
        self.progress.escapeEnd = max(self.progress.escapeEnd - count, 0)
        for number in self.progress.ownEnds.indices {
            self.progress.ownEnds[number] = max(self.progress.ownEnds[number] - count, 0)
        }
        self.progress.cookieEnd = max(self.progress.cookieEnd - count, 0)
        self.progress.curlEnd = max(self.progress.curlEnd - count, 0)
        self.progress.pairEnd = max(self.progress.pairEnd - count, 0)
        self.progress.kubernetesEnd = max(self.progress.kubernetesEnd - count, 0)
        self.progress.accountEnd = max(self.progress.accountEnd - count, 0)
        self.progress.lineEnd = max(self.progress.lineEnd - count, 0)
        self.progress.signEnd = max(self.progress.signEnd - count, 0)
        self.progress.signStart = max(self.progress.signStart - count, -1)
        self.progress.identifierEnd = max(self.progress.identifierEnd - count, 0)
        self.progress.matchEnd = max(self.progress.matchEnd - count, 0)
        self.progress.markerEnd = max(self.progress.markerEnd - count, 0)
    }
}
