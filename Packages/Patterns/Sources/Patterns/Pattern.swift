internal import Synchronization

/// A pattern that somebody wrote, compiled once and searched for within limits.
///
/// The dialect is what Python's `re` and PCRE2 share, with the meaning that it has in Python; <doc:Dialect> names the
/// differences. Searches are of the kind of `re.search`: a match may stand anywhere, unless the options ask for the whole
/// text. A search that would cost more than its ``PatternLimits`` is an error, never "no match". A pattern is immutable and
/// may be used by any number of threads at once; the work of a search is synchronous.
public struct Pattern: Sendable {
    /// The pattern as it was written.
    public let text: String
    /// How it was read.
    public let options: PatternOptions
    /// What one search may cost.
    public let limits: PatternLimits
    /// Literals of which every match contains at least one, or nil if none are known.
    public let requiredLiterals: [RequiredLiteral]?
    /// How many bytes a match has at most, or nil if there is no bound or none is known.
    public let maximumLength: Int?
    /// The numbers of the groups that have names.
    public let groupNumbers: [String: Int]

    private let isInterpreted: Bool
    private let code: EngineCode
    private let wholeCode: WholeCode

    /// Checks and compiles a pattern; takes up to some milliseconds and 8 MiB.
    ///
    /// - Parameters:
    ///   - text: The pattern, up to ``PatternCheck/maximumCharacters`` characters.
    ///   - options: How it is read.
    ///   - limits: What one search may cost.
    /// - Throws: ``PatternError`` with code `malformed`, `tooLong`, `refusedConstruct` or `nestedUnboundedRepeat`.
    public init(
        _ text: String, options: PatternOptions = PatternOptions(), limits: PatternLimits = PatternLimits()
    ) throws(PatternError) {
        try self.init(text, options: options, limits: limits, isInterpreted: false)
    }

    /// Compiles a pattern to be interpreted, as on machines for which the engine makes no machine code.
    package init(interpreting text: String, options: PatternOptions, limits: PatternLimits) throws(PatternError) {
        try self.init(text, options: options, limits: limits, isInterpreted: true)
    }

    private init(
        _ text: String, options: PatternOptions, limits: PatternLimits, isInterpreted: Bool
    ) throws(PatternError) {
        let syntax = try PatternCheck.syntax(of: text, options: options)
        self.text = text
        self.options = options
        self.limits = limits
        self.requiredLiterals = LiteralFinder.literals(of: syntax.root)
        self.maximumLength = LengthBound.maximum(of: syntax.root)
        self.groupNumbers = syntax.groupNumbers
        self.isInterpreted = isInterpreted
        self.code = try EngineCode(
            syntax, options: options, isWhole: options.matchesWholeText, isInterpreted: isInterpreted)
        self.wholeCode = WholeCode()
    }

    /// Whether the engine has made machine code of the pattern.
    package var isMachineCode: Bool { self.code.isMachineCode }

    func firstMatch(
        in text: UnsafeRawBufferPointer, _ request: EngineCode.Request
    ) throws(PatternError) -> PatternMatch? {
        var steps = self.limits.steps(bytes: text.count)
        return try self.code.firstMatch(in: text, request, limits: self.limits, steps: &steps)
    }

    /// All matches from left to right; together they may cost what one search may.
    func matches(
        in text: UnsafeRawBufferPointer, atMost limit: Int, isValidText: Bool
    ) throws(PatternError) -> [PatternMatch] {
        var steps = self.limits.steps(bytes: text.count)
        var request = EngineCode.Request(isValidText: isValidText)
        var matches: [PatternMatch] = []
        while matches.count < limit {
            guard let match = try self.code.firstMatch(in: text, request, limits: self.limits, steps: &steps) else { break }
            matches.append(match)
            request.start = match.range.upperBound
            request.refusesEmptyAtStart = match.range.isEmpty
            // The engine has looked at the whole rest by now.
            request.isValidText = true
        }
        return matches
    }

    func matchesWhole(_ text: UnsafeRawBufferPointer, isValidText: Bool) throws(PatternError) -> Bool {
        let request = EngineCode.Request(isValidText: isValidText)
        if self.options.matchesWholeText { return try self.firstMatch(in: text, request) != nil }
        var steps = self.limits.steps(bytes: text.count)
        let code = try self.wholeCode.code(for: self)
        return try code.firstMatch(in: text, request, limits: self.limits, steps: &steps) != nil
    }
}

extension Pattern {
    /// The pattern compiled once more, to match whole texts; made when it is first asked for.
    private final class WholeCode: Sendable {
        private let made = Mutex<EngineCode?>(nil)

        func code(for pattern: Pattern) throws(PatternError) -> EngineCode {
            if let code = self.made.withLock({ $0 }) { return code }
            let syntax = try PatternCheck.syntax(of: pattern.text, options: pattern.options)
            let code = try EngineCode(syntax, options: pattern.options, isWhole: true, isInterpreted: pattern.isInterpreted)
            self.made.withLock { $0 = code }
            return code
        }
    }
}
