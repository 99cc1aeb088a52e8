import Patterns

/// Compiles the patterns of a policy and notes those that are refused.
final class PatternCompiler {
    /// How a pattern is used, which decides how it is read.
    enum Use: Hashable {
        /// Searched without regard to case: argument, global and output patterns.
        case search
        /// Searched with regard to case: paths.
        case exactSearch
        /// Must match a whole value, with regard to case: schemas and allowed patterns.
        case whole

        var options: PatternOptions {
            switch self {
            case .search: PatternOptions(ignoresCase: true)
            case .exactSearch: PatternOptions()
            case .whole: PatternOptions(matchesWholeText: true)
            }
        }
    }

    private struct Key: Hashable {
        let text: [UInt8]
        let use: Use
    }

    /// So many different patterns a policy may have; each takes some kilobytes when it is compiled.
    static let maximumPatterns = 4_096

    private var compiled: [Key: Pattern] = [:]
    private let problems: ProblemList

    init(_ problems: ProblemList) {
        self.problems = problems
    }

    /// - Returns: nil when the pattern is refused, which is noted at its place.
    func pattern(_ text: String, _ use: Use, place: PolicyPlace, _ what: String) -> Pattern? {
        let key = Key(text: Array(text.utf8), use: use)
        if let pattern = self.compiled[key] { return pattern }
        guard !text.isEmpty else {
            self.problems.add(place, "the pattern of \(what) is empty and would match everything")
            return nil
        }
        guard self.compiled.count < Self.maximumPatterns else {
            self.problems.add(place, "a policy has up to \(Self.maximumPatterns) patterns")
            return nil
        }
        do {
            let pattern = try Pattern(text, options: use.options)
            if use != .whole, try pattern.isFound(in: "") {
                self.problems.add(place, "the pattern of \(what) matches the empty text, so it would match everything")
                return nil
            }
            self.compiled[key] = pattern
            return pattern
        } catch {
            self.problems.add(place, "the pattern of \(what) is refused (\(error.code)): \(error)")
            return nil
        }
    }
}
