import Patterns

/// Cleans one string: every rule, until none finds anything, neither in the string as it is nor behind its disguises.
struct StringSanitizer: Sendable {
    private struct Step: Sendable {
        let pattern: TextPattern
        let reason: RedactionFlag.Reason
        let replacement: String
    }

    private let steps: [Step]

    /// How often all rules are gone over; what is not clean then is replaced as a whole.
    private static let rounds = 8

    init() throws(PatternError) {
        func step(_ text: String, _ reason: RedactionFlag.Reason, _ replacement: String) throws(PatternError) -> Step {
            let options = PatternOptions(ignoresCase: true, usesUnicodeClasses: false)
            let limits = PatternLimits(stepsPerByte: 48)
            return Step(
                pattern: TextPattern(try Pattern(text, options: options, limits: limits), label: reason.rawValue), reason: reason,
                replacement: replacement)
        }
        self.steps = [
            try step(
                #"(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,256}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,24}"#, .email,
                "[REDACTED_EMAIL]"),
            try step(#"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"#, .socialSecurity, "[REDACTED_SSN]"),
            try step(#"(?<!\d)\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?!\d)"#, .card, "[REDACTED_CC]"),
            try step(#"\bsk-[a-z0-9_-]{10,512}"#, .secret, "[REDACTED_SECRET]"),
            try step(#"\bbearer\s{1,8}[a-z0-9._~+/=-]{10,4096}"#, .secret, "[REDACTED_SECRET]"),
            try step(#"\bapi[_-]?key\s{0,8}[=:]\s{0,8}["']?[a-z0-9._~+/=-]{10,512}"#, .secret, "[REDACTED_SECRET]"),
        ]
    }

    /// What cleaning has come to.
    struct Result {
        var text: String
        var reasons: [RedactionFlag.Reason] = []
        var isComplete = true
    }

    func cleaned(_ text: String) -> Result {
        var result = Result(text: text)
        for _ in 0..<Self.rounds {
            let before = result.text
            do {
                for step in self.steps {
                    self.take(try result.text.replacing(step.pattern, with: step.replacement), step.reason, &result)
                }
                try self.uncover(&result)
            } catch {
                // A string that costs too much to look through is not passed on.
                result.isComplete = false
                self.take("[REDACTED_SENSITIVE]", .sensitive, &result)
                return result
            }
            if let kept = TraversalRemoval.removing(from: Array(result.text.utf8)) {
                self.take(String(decoding: kept, as: UTF8.self), .traversal, &result)
            }
            if result.text.hasSameBytes(as: before) { return result }
        }
        self.take("[REDACTED_SENSITIVE]", .sensitive, &result)
        return result
    }

    /// Replaces what the rules find once disguises are taken off, where it stands.
    private func uncover(_ result: inout Result) throws {
        guard let aligned = try AlignedText(result.text) else { return }
        let plain = aligned.text
        var parts: [(range: Range<Int>, text: String)] = []
        for step in self.steps {
            let found = try plain.parts(found: step.pattern, in: aligned, replacement: step.replacement)
            guard !found.isEmpty else { continue }
            parts += found
            if !result.reasons.contains(step.reason) { result.reasons.append(step.reason) }
        }
        if !parts.isEmpty { result.text = result.text.replacing(parts) }
    }

    private func take(_ text: String, _ reason: RedactionFlag.Reason, _ result: inout Result) {
        guard !text.hasSameBytes(as: result.text) else { return }
        result.text = text
        if !result.reasons.contains(reason) { result.reasons.append(reason) }
    }
}

extension String {
    /// So many finds are replaced at once; more are met by going over the text again.
    private static let batch = 100_000

    /// The parts of a text as sent in which a pattern is found once its disguises are taken off, with what to put there.
    ///
    /// - Parameter aligned: The text without its disguises, whose text this is.
    func parts(
        found pattern: TextPattern, in aligned: AlignedText, replacement: String
    ) throws(PatternError) -> [(range: Range<Int>, text: String)] {
        guard try pattern.isFound(in: self) else { return [] }
        return try pattern.pattern.matches(in: self, atMost: Self.batch).compactMap { match in
            aligned.source(of: match.range).map { ($0, replacement) }
        }
    }
}
