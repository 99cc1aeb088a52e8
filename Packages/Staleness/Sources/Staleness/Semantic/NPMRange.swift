/// A range of versions as npm writes it: `^1.2.3`, `~0.4 || 1.x`, `>=2.0.0-rc.1 <3`, `1.2 - 2.3`.
///
/// A pre-release lies in a range only where a condition of the same alternative names one with the same three numbers. Source: the grammar and the rules of npm's `semver` 7.
public struct NPMRange: Sendable, Hashable, CustomStringConvertible {
    struct Condition: Sendable, Hashable {
        enum Comparison: String, Sendable { case less = "<", atMost = "<=", greater = ">", atLeast = ">=", equal = "=" }

        let comparison: Comparison
        let version: SemanticVersion

        func isMet(by candidate: SemanticVersion) -> Bool {
            switch self.comparison {
            case .less: candidate < self.version
            case .atMost: candidate <= self.version
            case .greater: candidate > self.version
            case .atLeast: candidate >= self.version
            case .equal: candidate == self.version
            }
        }
    }

    /// Of which one has to hold, each with conditions that all have to.
    let alternatives: [[Condition]]
    /// The range as it was written.
    public let description: String

    /// Reads a range; empty text is any release.
    ///
    /// - Throws: ``VersionError`` with code `tooLong` or `invalidSpecifier`.
    public init(_ text: String) throws(VersionError) {
        guard text.utf8.count <= VersionError.longestText else { throw .tooLong }
        var alternatives: [[Condition]] = []
        for part in text.split(separator: "||", omittingEmptySubsequences: false) {
            guard let conditions = NPMRangeReader.conditions(part) else {
                throw VersionError(.invalidSpecifier, "it is no range of npm")
            }
            alternatives.append(conditions)
        }
        self.alternatives = alternatives
        self.description = text
    }

    /// Whether a version lies in the range.
    public func contains(_ candidate: SemanticVersion) -> Bool {
        self.alternatives.contains { conditions in
            guard conditions.allSatisfy({ $0.isMet(by: candidate) }) else { return false }
            guard candidate.isPrerelease else { return true }
            return conditions.contains { $0.version.isPrerelease && $0.version.hasNumbers(of: candidate) }
        }
    }
}

/// Reads one alternative of a range.
private struct NPMRangeReader {
    /// A version of which numbers may be missing or written as `x`, `X` or `*`.
    struct Partial {
        var numbers: [VersionNumber] = []
        var prerelease: [SemanticVersion.Identifier] = []

        /// The first release that it means, with its pre-release where all numbers are there.
        var lowest: SemanticVersion {
            SemanticVersion(self[0], self[1], self[2], prerelease: self.isWhole ? self.prerelease : [])
        }

        var isWhole: Bool { self.numbers.count == 3 }

        subscript(index: Int) -> VersionNumber { index < self.numbers.count ? self.numbers[index] : 0 }

        /// What comes right behind all that it means.
        var next: SemanticVersion? {
            switch self.numbers.count {
            case 1: .first(self[0].successor)
            case 2: .first(self[0], self[1].successor)
            default: nil
            }
        }
    }

    private var reader: SemanticReader

    static func conditions(_ text: some StringProtocol) -> [NPMRange.Condition]? {
        var range = NPMRangeReader(reader: SemanticReader(text.trimmed))
        return range.conditions()
    }

    private mutating func conditions() -> [NPMRange.Condition]? {
        if let hyphenated = self.hyphenated() { return hyphenated }
        var all: [NPMRange.Condition] = []
        self.reader.skipBlanks()
        while !self.reader.isAtEnd {
            guard let conditions = self.simple() else { return nil }
            all += conditions
            let end = self.reader.index
            self.reader.skipBlanks()
            guard self.reader.isAtEnd || self.reader.index > end else { return nil }
        }
        return all
    }

    /// `1.2 - 2.3`: both ends belong to it.
    private mutating func hyphenated() -> [NPMRange.Condition]? {
        let start = self.reader
        guard let low = self.partial() else { return self.back(to: start) }
        let end = self.reader.index
        self.reader.skipBlanks()
        guard self.reader.index > end, self.reader.take("-") else { return self.back(to: start) }
        let hyphen = self.reader.index
        self.reader.skipBlanks()
        guard self.reader.index > hyphen, let high = self.partial(), self.reader.isAtEnd else { return self.back(to: start) }
        var conditions: [NPMRange.Condition] = []
        if !low.numbers.isEmpty { conditions.append(.init(comparison: .atLeast, version: low.lowest)) }
        if high.isWhole {
            conditions.append(.init(comparison: .atMost, version: high.lowest))
        } else if let next = high.next {
            conditions.append(.init(comparison: .less, version: next))
        }
        return conditions
    }

    private mutating func back(to start: SemanticReader) -> [NPMRange.Condition]? {
        self.reader = start
        return nil
    }

    private mutating func simple() -> [NPMRange.Condition]? {
        if self.reader.take("^") { return self.behind { Self.caret($0) } }
        if self.reader.take("~") {
            self.reader.skipBlanks()
            _ = self.reader.take(">")
            return self.behind { Self.tilde($0) }
        }
        guard let comparison = self.comparison() else { return self.behind { Self.plain($0) } }
        return self.behind { Self.compared(comparison, $0) }
    }

    private mutating func behind(_ make: (Partial) -> [NPMRange.Condition]) -> [NPMRange.Condition]? {
        self.reader.skipBlanks()
        return self.partial().map(make)
    }

    private mutating func comparison() -> NPMRange.Condition.Comparison? {
        if self.reader.take("<") { return self.reader.take("=") ? .atMost : .less }
        if self.reader.take(">") { return self.reader.take("=") ? .atLeast : .greater }
        return self.reader.take("=") ? .equal : nil
    }

    private mutating func partial() -> Partial? {
        while self.reader.take("v") || self.reader.take("=") { self.reader.skipBlanks() }
        var partial = Partial()
        var isOpen = false
        for place in 0..<3 {
            if place > 0, !self.reader.take(".") { return partial }
            if self.reader.take("x") || self.reader.take("X") || self.reader.take("*") {
                isOpen = true
            } else {
                guard let number = self.reader.number() else { return nil }
                if !isOpen { partial.numbers.append(number) }
            }
        }
        guard let (prerelease, _) = self.reader.qualifiers() else { return nil }
        partial.prerelease = prerelease
        return partial
    }

    // MARK: - Meaning

    /// Met by nothing.
    private static let nothing = [NPMRange.Condition(comparison: .less, version: .first(0))]

    private static func span(_ low: SemanticVersion, _ high: SemanticVersion) -> [NPMRange.Condition] {
        [.init(comparison: .atLeast, version: low), .init(comparison: .less, version: high)]
    }

    private static func plain(_ partial: Partial) -> [NPMRange.Condition] {
        if partial.isWhole { return [.init(comparison: .equal, version: partial.lowest)] }
        return partial.next.map { Self.span(partial.lowest, $0) } ?? []
    }

    private static func tilde(_ partial: Partial) -> [NPMRange.Condition] {
        guard !partial.numbers.isEmpty else { return [] }
        if partial.numbers.count == 1 { return Self.plain(partial) }
        return Self.span(partial.lowest, .first(partial[0], partial[1].successor))
    }

    private static func caret(_ partial: Partial) -> [NPMRange.Condition] {
        guard !partial.numbers.isEmpty else { return [] }
        let high: SemanticVersion =
            if !partial[0].isZero || partial.numbers.count == 1 {
                .first(partial[0].successor)
            } else if !partial[1].isZero || partial.numbers.count == 2 {
                .first(0, partial[1].successor)
            } else {
                .first(0, 0, partial[2].successor)
            }
        return Self.span(partial.lowest, high)
    }

    private static func compared(_ comparison: NPMRange.Condition.Comparison, _ partial: Partial) -> [NPMRange.Condition] {
        if partial.isWhole { return [.init(comparison: comparison, version: partial.lowest)] }
        guard let next = partial.next else { return comparison == .less || comparison == .greater ? Self.nothing : [] }
        switch comparison {
        case .equal: return Self.plain(partial)
        case .greater: return [.init(comparison: .atLeast, version: SemanticVersion(next.major, next.minor, next.patch))]
        case .atLeast: return [.init(comparison: .atLeast, version: partial.lowest)]
        case .less: return [.init(comparison: .less, version: .first(partial[0], partial[1]))]
        case .atMost: return [.init(comparison: .less, version: next)]
        }
    }
}
