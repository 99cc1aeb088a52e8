extension PinScanner {
    private static let conditionLimit = 8
    private static let versionLimit = 64
    private static let blankLimit = 8
    /// The interpreter itself, which no index of packages lists.
    private static let interpreter: Set<String> = ["python", "python-version", "python-requires", "python-full-version"]

    /// One condition as it was written.
    private struct Condition {
        var comparison: String
        var version: String

        var isLower: Bool { self.comparison == ">=" || self.comparison == ">" }
        var isUpper: Bool { self.comparison == "<=" || self.comparison == "<" }
        var isPin: Bool { self.comparison == "==" || self.comparison == "~=" }
        var hasPoint: Bool { self.version.utf8.contains(UInt8(ascii: ".")) }
    }

    /// Reads conditions behind the name of a Python package.
    ///
    /// - Returns: The pin if it is one, and where the conditions end; nil when there are none.
    mutating func requirement(_ name: Range<Int>, _ place: PinPlace) -> (pin: PackagePin?, end: Int)? {
        let start = self.extrasEnd(name.upperBound)
        let mayHaveBlanks = place.isAlone || place.quote != nil
        var (conditions, end) = self.conditions(from: start, withBlanks: mayHaveBlanks)
        guard !conditions.isEmpty else { return nil }
        var isWhole = place.isInstalling || self.isWhole(place, until: end)
        if !isWhole, mayHaveBlanks {
            (conditions, end) = self.conditions(from: start, withBlanks: false)
            guard !conditions.isEmpty else { return nil }
            isWhole = self.isWhole(place, until: end)
        }
        // Alone on a line it is an expression of a language that compares so.
        if conditions.contains(where: { $0.comparison == "===" }), !place.isInstalling, place.quote == nil { isWhole = false }
        guard isWhole || Self.isPin(conditions, nameBytes: name.count),
            let package = PythonPackageName(self.text.text(name)), !Self.interpreter.contains(package.description)
        else { return (nil, end) }
        let text = conditions.map { $0.comparison + $0.version }.joined(separator: ",")
        return (PackagePin.python(package, text, .text), end)
    }

    /// Whether conditions in running text are likely to be about a package rather than code.
    private static func isPin(_ conditions: [Condition], nameBytes: Int) -> Bool {
        guard nameBytes > 1, !conditions.contains(where: { $0.comparison == "===" }) else { return false }
        if conditions.contains(where: { $0.isPin && $0.hasPoint }) { return true }
        guard conditions.contains(where: \.isLower) else { return false }
        return conditions.contains(where: \.isUpper) || conditions.contains { $0.isLower && $0.hasPoint }
    }

    /// Whether the conditions are all that stands in the quotes or on the line.
    private mutating func isWhole(_ place: PinPlace, until end: Int) -> Bool {
        if let quote = place.quote, self.text.byte(at: end) == quote { return true }
        guard place.isAlone else { return false }
        var rest = self.text.end(of: end, limit: Self.blankLimit) { $0.isBlank || $0.isQuote || $0 == UInt8(ascii: ",") }
        if self.text.byte(at: rest) == UInt8(ascii: "\r") { rest += 1 }
        switch self.text.byte(at: rest) {
        case nil, UInt8(ascii: "\n"), UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: "\\"): return true
        default: return self.text.hasText("--hash", at: rest)
        }
    }

    /// The place behind `[socks,security]`, or the same place.
    private mutating func extrasEnd(_ start: Int) -> Int {
        guard self.text.byte(at: start) == UInt8(ascii: "[") else { return start }
        let end = self.text.end(of: start + 1, limit: 128) { $0.isTokenByte || $0 == UInt8(ascii: ",") || $0.isBlank }
        return self.text.byte(at: end) == UInt8(ascii: "]") ? end + 1 : start
    }

    /// The conditions from a place on, and where they end.
    private mutating func conditions(from start: Int, withBlanks: Bool) -> ([Condition], Int) {
        func blanksEnd(_ index: Int, _ scanner: inout PinScanner, _ mayBe: Bool) -> Int {
            mayBe ? scanner.text.end(of: index, limit: Self.blankLimit) { $0.isBlank } : index
        }
        var conditions: [Condition] = []
        var end = start
        while conditions.count < Self.conditionLimit {
            var place = end
            if !conditions.isEmpty {
                place = blanksEnd(place, &self, withBlanks)
                guard self.text.byte(at: place) == UInt8(ascii: ",") else { break }
                // Running text may have a blank behind its comma, too.
                place = blanksEnd(place + 1, &self, true)
            } else {
                place = blanksEnd(place, &self, withBlanks)
            }
            guard let comparison = self.comparison(at: place) else { break }
            place = blanksEnd(place + comparison.utf8.count, &self, withBlanks)
            var stop = self.text.end(of: place, limit: Self.versionLimit) { byte in
                byte.isTokenByte || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "!")
            }
            // So long a version is none.
            if stop - place == Self.versionLimit, self.text.byte(at: stop)?.isTokenByte == true { break }
            // The full stop of a sentence, or a dash behind the version.
            while stop > place, self.text.byte(at: stop - 1)?.isNameSeparator == true { stop -= 1 }
            guard stop > place else { break }
            conditions.append(Condition(comparison: comparison, version: self.text.text(place..<stop)))
            end = stop
        }
        return (conditions, end)
    }

    private mutating func comparison(at index: Int) -> String? {
        guard let first = self.text.byte(at: index) else { return nil }
        let hasEquals = self.text.byte(at: index + 1) == UInt8(ascii: "=")
        switch first {
        case UInt8(ascii: "="):
            guard hasEquals else { return nil }
            return self.text.byte(at: index + 2) == UInt8(ascii: "=") ? "===" : "=="
        case UInt8(ascii: "~"): return hasEquals ? "~=" : nil
        case UInt8(ascii: "!"): return hasEquals ? "!=" : nil
        case UInt8(ascii: "<"): return hasEquals ? "<=" : "<"
        case UInt8(ascii: ">"): return hasEquals ? ">=" : ">"
        default: return nil
        }
    }
}
