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
        let rules = self.tables.rules
        var best: [ScanState.Found] = []
        var seen: [Place: Int] = [:]
        for found in state.found {
            let place = Place(type: rules[found.rule].type, lower: found.secret.lowerBound, upper: found.secret.upperBound)
            if let index = seen[place] {
                if found.layers.count < best[index].layers.count { best[index] = found }
            } else {
                seen[place] = best.count
                best.append(found)
            }
        }
        self.dropParts(&best)
        let specific = Coverage(best.lazy.filter { rules[$0.rule].group != .generic }.map(\.secret))
        let kept = best.filter { rules[$0.rule].group != .generic || !specific.touches($0.secret) }
        let findings = kept.map { found in
            let rule = rules[found.rule]
            return Finding(
                rule: rule.id, type: rule.type, group: rule.group, confidence: found.confidence, severity: rule.severity,
                checksum: found.checksum, span: found.span, secretSpan: found.secret, keyPath: keyPaths?(found.secret.lowerBound),
                layers: found.layers, hasFixedPrefix: rule.hasFixedPrefix && !found.isPlaceholder)
        }
        return ScanReport(
            findings: findings.sorted { left, right in
                if left.secretSpan.lowerBound != right.secretSpan.lowerBound {
                    return left.secretSpan.lowerBound < right.secretSpan.lowerBound
                }
                if left.confidence != right.confidence { return left.confidence > right.confidence }
                if left.secretSpan.upperBound != right.secretSpan.upperBound {
                    return left.secretSpan.upperBound > right.secretSpan.upperBound
                }
                return left.rule < right.rule
            }, isComplete: state.isComplete)
    }

    /// Drops a find that is only a part of another of the same type, as the older form of a token may be the beginning of a newer one.
    private func dropParts(_ found: inout [ScanState.Found]) {
        if found.count < 2 { return }
        let rules = self.tables.rules
        let order = found.indices.sorted {
            (found[$0].secret.lowerBound, found[$1].secret.upperBound) < (
                found[$1].secret.lowerBound, found[$0].secret.upperBound
            )
        }
        var widest: [String: Int] = [:]
        var parts: Set<Int> = []
        for index in order {
            let type = rules[found[index].rule].type
            if let outer = widest[type], found[outer].secret.upperBound >= found[index].secret.upperBound {
                let (rule, inner) = (rules[found[outer].rule], rules[found[index].rule])
                if rule.group == inner.group || rule.hasFixedPrefix, found[outer].confidence >= found[index].confidence,
                    found[outer].layers.count <= found[index].layers.count
                {
                    parts.insert(index)
                }
            } else {
                widest[type] = index
            }
        }
        if !parts.isEmpty { found = found.indices.filter { !parts.contains($0) }.map { found[$0] } }
    }

    private struct Place: Hashable {
        let type: String
        let lower: Int
        let upper: Int
    }
}
