/// A payload after its secrets were replaced.
public struct Redaction: Hashable, Sendable {
    /// The payload with `[REDACTED:<type>]` in place of each secret.
    public let bytes: [UInt8]
    /// What was replaced, placed in the original payload; of finds that came to light only after a first replacement, in what that left.
    public let findings: [Finding]
    /// Whether everything could be looked at; if not, the payload may still hold secrets and must not be passed on.
    public let isComplete: Bool
}

extension Scanner {
    private static let rounds = 4
    private static let finderKeywordBytes = 32_768

    /// Replaces what was found by `[REDACTED:<type>]`, and every other occurrence of the same values, encoded ones too.
    ///
    /// JSON stays JSON: a number becomes a string. Doing it twice changes nothing more. A base64 run is replaced as a whole. Takes a few
    /// times as long as a scan, and some milliseconds more if anything is found.
    ///
    /// - Parameters:
    ///   - bytes: JSON or any text.
    ///   - groups: The groups whose finds are replaced; default all.
    ///   - minimumConfidence: Finds below it stay; default low, which replaces all.
    public func redact(
        _ bytes: [UInt8], groups: Set<Rule.Group> = Set(Rule.Group.allCases), minimumConfidence: Confidence = .low
    ) -> Redaction {
        var (current, findings, isComplete) = (bytes, [Finding](), true)
        for _ in 0..<Self.rounds {
            var scratch = ScanScratch()
            let report = current.withUnsafeBytes { self.scanAny($0, in: &scratch, keepsValues: true) }
            let chosen = report.findings.filter { groups.contains($0.group) && $0.confidence >= minimumConfidence }
            isComplete = isComplete && report.isComplete
            if chosen.isEmpty { break }
            findings += chosen
            var replacements = chosen.map { Replacement($0, confidence: $0.confidence) }
            let spans = Set(chosen.map(\.secretSpan))
            let secrets = scratch.state.found.filter { spans.contains($0.secret) }
            let others = self.occurrences(of: secrets, in: current)
            replacements += others.replacements
            isComplete = isComplete && others.isComplete
            current = Self.replace(replacements, in: current, atoms: self.tables.atoms)
        }
        return Redaction(bytes: current, findings: findings, isComplete: isComplete)
    }

    struct Replacement {
        var range: Range<Int>
        let type: String
        let confidence: Confidence
        /// Whether it stands in a text of UTF-16.
        let isWide: Bool

        init(_ finding: Finding, confidence: Confidence) {
            self.range = finding.secretSpan
            self.type = finding.type
            self.confidence = confidence
            self.isWide = finding.layers.first == .utf16
        }
    }

    private func scanAny(_ bytes: UnsafeRawBufferPointer, in scratch: inout ScanScratch, keepsValues: Bool) -> ScanReport {
        // Also what is JSON is looked through as text: a secret may reach over the border of a string.
        let isJSON = self.scanJSON(bytes, in: &scratch.state, keepsValues: keepsValues)
        let paths = isJSON ? { (_: Int) in "" } : nil
        return self.report(&scratch.state, keyPaths: paths)
    }

    /// Where the values of secrets stand elsewhere in the payload, in plain or encoded.
    private func occurrences(of secrets: [ScanState.Found], in bytes: [UInt8]) -> (replacements: [Replacement], isComplete: Bool)
    {
        var result = (replacements: [Replacement](), isComplete: true)
        var (rules, keywordBytes): ([Rule], Int) = ([], 0)
        func find() {
            if rules.isEmpty { return }
            let finder = Scanner(rules: RuleSet(rules: rules), configuration: self.finderConfiguration(byteCount: bytes.count))
            var scratch = ScanScratch()
            let report = bytes.withUnsafeBytes { finder.scanAny($0, in: &scratch, keepsValues: false) }
            result.replacements += report.findings.map { Replacement($0, confidence: .low) }
            result.isComplete = result.isComplete && report.isComplete
            (rules, keywordBytes) = ([], 0)
        }
        var seen: Set<[UInt8]> = []
        for secret in secrets {
            for form in SecretForms.all(of: secret.value, atoms: self.tables.atoms) where seen.insert(form.value).inserted {
                let rule = self.tables.rules[secret.rule]
                let shape = Shape.flat(form.patterns)
                rules.append(Rule("value-\(rules.count)", rule.type, .own, rule.severity, .low, shape, finds: [], passes: []))
                keywordBytes += form.patterns.lazy.flatMap(\.keywords).reduce(0) { $0 + $1.count }
                // An automaton takes memory in proportion to its keywords; several small ones keep that bounded.
                if keywordBytes >= Self.finderKeywordBytes { find() }
            }
        }
        find()
        return result
    }

    /// A value may stand in a payload more often than findings are told of one.
    private func finderConfiguration(byteCount: Int) -> ScannerConfiguration {
        var configuration = self.configuration
        configuration.maximumFindings = max(configuration.maximumFindings, byteCount / 4)
        return configuration
    }

    private static func replace(_ replacements: [Replacement], in bytes: [UInt8], atoms: UnsafePointer<UInt16>) -> [UInt8] {
        let (numbers, keys) = self.numbersAndKeys(of: bytes, atoms: atoms)
        let keyRanges = Coverage(keys)
        var namedKeys: [String: Int] = [:]
        let isLittleEndian = bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.flatMap { WideText.isLittleEndian(ByteText(base: $0, count: buffer.count, atoms: atoms)) }
        }
        let widened = replacements.map { replacement in
            var replacement = replacement
            if let number = numbers.range(touching: replacement.range) { replacement.range = number }
            return replacement
        }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var offset = 0
        let sorted = widened.sorted { ($0.range.lowerBound, $1.range.upperBound) < ($1.range.lowerBound, $0.range.upperBound) }
        var index = 0
        while index < sorted.count {
            var (range, name) = (sorted[index].range, sorted[index])
            index += 1
            while index < sorted.count, sorted[index].range.lowerBound < range.upperBound {
                range = range.lowerBound..<max(range.upperBound, sorted[index].range.upperBound)
                if sorted[index].confidence > name.confidence { name = sorted[index] }
                index += 1
            }
            output += bytes[offset..<range.lowerBound]
            let isNumber = numbers.range(touching: range) == range
            var marker = "[REDACTED:\(name.type)]"
            if keyRanges.touches(range) {
                // Two keys that were different stay so: the second gets a number.
                let count = namedKeys[name.type, default: 0] + 1
                namedKeys[name.type] = count
                if count > 1 { marker += " \(count)" }
            }
            if isNumber { marker = "\"\(marker)\"" }
            for byte in marker.utf8 {
                guard name.isWide, let isLittleEndian else {
                    output.append(byte)
                    continue
                }
                output += isLittleEndian ? [byte, 0] : [0, byte]
            }
            offset = range.upperBound
        }
        output += bytes[offset...]
        return output
    }

    /// The longer numbers of a JSON text, and the insides of its keys; none if it is no JSON.
    private static func numbersAndKeys(of bytes: [UInt8], atoms: UnsafePointer<UInt16>) -> (numbers: Coverage, keys: [Range<Int>])
    {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return (Coverage([]), []) }
            var strings = JSONStrings(ByteText(base: base, count: buffer.count, atoms: atoms))
            var numbers: [Range<Int>] = []
            var keys: [Range<Int>] = []
            while let token = strings.next() {
                switch token {
                case .number(let range): if range.count >= 6 { numbers.append(range) }
                case .key(let range, _): keys.append(range)
                default: break
                }
            }
            return strings.isBroken ? (Coverage([]), []) : (Coverage(numbers), keys)
        }
    }
}
