/// The passes over a text: keywords, numbers, encoded runs.
extension ScanTables {
    /// The length of a block, to which all three passes are done before the next.
    ///
    /// Blocks are counted from the start of the text, so the order of all steps, and with it the point at which a budget ends, does
    /// not depend on how a stream was cut.
    static let blockLength = 4_096
    /// How far before a hit a matcher may look.
    static let lookBehind = 2_048
    /// How far behind a hit a matcher may look.
    static let lookAhead = 20_480
    /// How many decodings are followed.
    static let maximumDepth = 2

    /// Looks through a whole text.
    func scan(_ text: ByteText, _ state: inout ScanState) {
        var start = 0
        while start < text.count, state.isComplete {
            let end = min(start &+ Self.blockLength, text.count)
            self.scanBlock(text, start..<end, &state)
            start = end
        }
    }

    /// Looks at everything that has its anchor in a block; matches may reach out of it.
    func scanBlock(_ text: ByteText, _ block: Range<Int>, _ state: inout ScanState) {
        state.charge(block.count)
        self.scanKeywords(text, block, &state)
        if self.looksAtNumbers { self.scanNumbers(text, block, &state) }
        if self.looksAtIdentifiers { self.scanIdentifiers(text, block, &state) }
        if state.depth < Self.maximumDepth, block.count >= 8 { self.scanBase64(text, block, &state) }
        if state.isComplete { self.scanFolded(text, block, &state) }
    }

    private func scanKeywords(_ text: ByteText, _ block: Range<Int>, _ state: inout ScanState) {
        let (table, classes, firstAccepting) = (self.automaton.table, self.automaton.classes, self.automaton.firstAccepting)
        var row = state.progress.row
        var offset = block.lowerBound
        while offset < block.upperBound {
            row = table[Int(row) &+ Int(classes[Int(text.base[offset])])]
            offset &+= 1
            if row >= firstAccepting {
                self.dispatch(row, endingAt: offset, text, &state)
                if !state.isComplete { return }
            }
        }
        state.progress.row = row
    }

    // Kept out of the loop over bytes, which needs all registers for itself.
    @inline(never) private func dispatch(_ row: UInt32, endingAt end: Int, _ text: ByteText, _ state: inout ScanState) {
        for index in self.automaton.outputRange(of: row) {
            let output = self.automaton.outputs[index]
            let start = end &- output.length
            guard start >= state.progress.markerEnd else { continue }
            if let probe = Probe(rawValue: output.target) {
                self.probe(probe, text, start..<end, &state)
            } else {
                self.match(output.target &- Probe.allCases.count, text, start..<end, &state)
            }
        }
    }

    @inline(never) private func match(_ target: Int, _ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        state.charge(8)
        switch self.targets[target] {
        case .flat(let rule, let pattern):
            // Within a match the same rule has nothing new to tell: a run of prefixes is one token.
            if rule == state.progress.matchedRule, hit.lowerBound < state.progress.matchEnd { return }
            guard let match = pattern.match(text, anchorAt: hit.lowerBound, length: hit.count) else { return }
            (state.progress.matchedRule, state.progress.matchEnd) = (rule, match.whole.upperBound)
            self.report(rule, text, whole: match.whole, secret: match.secret, &state)
        case .own(let own, let rule, let number):
            self.matchOwn(own, rule: rule, number: number, text, at: hit, &state)
        }
    }

    private func scanNumbers(_ text: ByteText, _ block: Range<Int>, _ state: inout ScanState) {
        // Whatever is looked for has four digits in a row, one of them at a multiple of four; only addresses have less.
        let step = self.rule(.ipAddress) == nil ? 4 : 1
        var offset = block.lowerBound &+ (step &- (block.lowerBound &+ state.progress.origin) & (step &- 1)) & (step &- 1)
        while offset < block.upperBound {
            if text.has(.digit, at: offset), offset >= state.progress.numberEnd {
                self.numbers(text, around: offset, &state)
                if !state.isComplete { return }
            }
            offset &+= step
        }
    }

    private func scanBase64(_ text: ByteText, _ block: Range<Int>, _ state: inout ScanState) {
        // A run of 24 digits holds a whole group of eight that begins at a multiple of eight.
        var offset = block.lowerBound &+ (8 &- (block.lowerBound &+ state.progress.origin) & 7) & 7
        while offset < block.upperBound {
            if text.has(.base64Either, at: offset &+ 7), text.has(.base64Either, at: offset &+ 3),
                text.has(.base64Either, at: offset), offset >= state.progress.base64End
            {
                self.decodeBase64(text, around: offset, &state)
                if !state.isComplete { return }
            }
            offset &+= 8
        }
    }
}
