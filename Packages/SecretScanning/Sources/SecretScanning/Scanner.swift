/// Finds credentials and personal data in bytes.
///
/// A scanner is made once, at start, and shared: it never changes, and each scan has its own state. Time grows in proportion to the
/// payload; a budget ends a scan that would take much longer, and the report says so.
public struct Scanner: Sendable {
    let tables: ScanTables

    /// How findings are judged, and how much work is done.
    public let configuration: ScannerConfiguration

    /// Builds the automaton of all rules, which takes a few milliseconds.
    public init(rules: RuleSet = .builtIn, configuration: ScannerConfiguration = ScannerConfiguration()) {
        self.tables = ScanTables(rules.rules)
        self.configuration = configuration
    }

    /// The rules that are looked for.
    public var rules: [Rule] { self.tables.rules }

    /// Looks through text of any kind: prose, code, configuration, JSON that nobody parsed.
    ///
    /// Text in UTF-16, with a mark or plainly so by its zeros, is looked at as what it stands for, too.
    ///
    /// - Parameters:
    ///   - bytes: The text; it need not be UTF-8.
    ///   - scratch: Memory to reuse.
    public func scan(_ bytes: UnsafeRawBufferPointer, in scratch: inout ScanScratch) -> ScanReport {
        self.scan(bytes, in: &scratch.state, keepsValues: false)
        return self.report(&scratch.state, keyPaths: nil)
    }

    /// Looks through text of any kind.
    public func scan(_ bytes: [UInt8]) -> ScanReport {
        var scratch = ScanScratch()
        return bytes.withUnsafeBytes { self.scan($0, in: &scratch) }
    }

    /// Looks through a string; offsets in the report count its UTF-8 bytes.
    public func scan(_ text: String) -> ScanReport {
        var text = text
        var scratch = ScanScratch()
        return text.withUTF8 { self.scan(UnsafeRawBufferPointer($0), in: &scratch) }
    }

    func scan(_ bytes: UnsafeRawBufferPointer, in state: inout ScanState, keepsValues: Bool) {
        self.begin(&state, byteCount: bytes.count, keepsValues: keepsValues)
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            let start = bytes.baseAddress ?? UnsafePointer(base.assumingMemoryBound(to: UInt8.self))
            let text = ByteText(base: start, count: bytes.count, atoms: self.tables.atoms)
            state.frames.append(ScanState.Frame(kind: .source(0), layer: nil, outer: text))
            var offset = 0
            while offset < text.count, state.isComplete {
                let end = min(offset + ScanTables.blockLength, text.count)
                // As much as the part up to here may cost, so that a stream, which knows no more, is judged alike.
                state.workLimit = self.configuration.workLimit(byteCount: end)
                self.tables.scanBlock(text, offset..<end, &state)
                offset = end
            }
            if state.isComplete, let isLittleEndian = WideText.isLittleEndian(text) {
                self.tables.scanWide(text, isLittleEndian: isLittleEndian, &state)
            }
        }
    }

    func begin(_ state: inout ScanState, byteCount: Int, keepsValues: Bool) {
        state.reset()
        state.workLimit = self.configuration.workLimit(byteCount: byteCount)
        state.findingLimit = max(self.configuration.maximumFindings, 0)
        state.keepsValues = keepsValues
    }

    /// Turns what was found into a report: each find once, a generic one only where nothing else was found.
    func report(_ state: inout ScanState, keyPaths: ((Int) -> String)?) -> ScanReport {
        if state.found.isEmpty { return ScanReport(findings: [], isComplete: state.isComplete) }
        let (rules, facts, all) = (self.tables.rules, self.tables.facts, state.found)
        let best = self.withoutParts(self.withoutRepetitions(all), all)
        let specific = Coverage(best.lazy.filter { facts[all[$0].rule].group != .generic }.map { all[$0].secret })
        // Numbers are sorted in place of the findings, which are much larger.
        let kept = best.filter { facts[all[$0].rule].group != .generic || !specific.touches(all[$0].secret) }.sorted {
            left, right in
            if all[left].secret.lowerBound != all[right].secret.lowerBound {
                return all[left].secret.lowerBound < all[right].secret.lowerBound
            }
            if all[left].confidence != all[right].confidence { return all[left].confidence > all[right].confidence }
            if all[left].secret.upperBound != all[right].secret.upperBound {
                return all[left].secret.upperBound > all[right].secret.upperBound
            }
            return rules[all[left].rule].id < rules[all[right].rule].id
        }
        let findings = kept.map { number in
            let (rule, secret) = (all[number].rule, all[number].secret)
            return Finding(
                rule: rules[rule].id, type: rules[rule].type, group: rules[rule].group, confidence: all[number].confidence,
                severity: rules[rule].severity, checksum: all[number].checksum, span: all[number].span, secretSpan: secret,
                keyPath: keyPaths?(secret.lowerBound), layers: all[number].layers,
                hasFixedPrefix: rules[rule].hasFixedPrefix && !all[number].isPlaceholder)
        }
        return ScanReport(findings: findings, isComplete: state.isComplete)
    }

    /// The numbers of the finds by their place, wider ones first; of several of one type and place the one that is decoded least.
    private func withoutRepetitions(_ found: [ScanState.Found]) -> [Int] {
        let facts = self.tables.facts
        // They come nearly in this order.
        let order = found.indices.sorted { left, right in
            if found[left].secret.lowerBound != found[right].secret.lowerBound {
                return found[left].secret.lowerBound < found[right].secret.lowerBound
            }
            if found[left].secret.upperBound != found[right].secret.upperBound {
                return found[left].secret.upperBound > found[right].secret.upperBound
            }
            let types = (facts[found[left].rule].type, facts[found[right].rule].type)
            if types.0 != types.1 { return types.0 < types.1 }
            return (found[left].layers.count, left) < (found[right].layers.count, right)
        }
        var (best, last): ([Int], Int?) = ([], nil)
        best.reserveCapacity(order.count)
        for index in order {
            if let last, found[last].secret == found[index].secret, facts[found[last].rule].type == facts[found[index].rule].type
            {
                continue
            }
            best.append(index)
            last = index
        }
        return best
    }

    /// Drops a find that is only a part of another of the same type, as the older form of a token may be the beginning of a newer one.
    ///
    /// - Parameter order: The numbers of finds by their place, wider ones first.
    private func withoutParts(_ order: [Int], _ found: [ScanState.Found]) -> [Int] {
        let facts = self.tables.facts
        var widest = [Int](repeating: -1, count: self.tables.typeCount)
        return order.filter { index in
            let type = facts[found[index].rule].type
            let outer = widest[type]
            guard outer >= 0, found[outer].secret.upperBound >= found[index].secret.upperBound else {
                widest[type] = index
                return true
            }
            let isRelated =
                facts[found[outer].rule].group == facts[found[index].rule].group
                || self.tables.rules[found[outer].rule].hasFixedPrefix
            return !isRelated || found[outer].confidence < found[index].confidence
                || found[outer].layers.count > found[index].layers.count
        }
    }
}
