import Patterns

/// Cleans one string: every rule, until none finds anything.
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
            for step in self.steps {
                do {
                    let replaced = try result.text.replacing(step.pattern, with: step.replacement)
                    self.take(replaced, step.reason, &result)
                } catch {
                    // A string that costs too much to look through is not passed on.
                    result.isComplete = false
                    self.take("[REDACTED_SENSITIVE]", .sensitive, &result)
                    return result
                }
            }
            if let kept = TraversalRemoval.removing(from: Array(result.text.utf8)) {
                self.take(String(decoding: kept, as: UTF8.self), .traversal, &result)
            }
            if result.text.hasSameBytes(as: before) { return result }
        }
        self.take("[REDACTED_SENSITIVE]", .sensitive, &result)
        return result
    }

    private func take(_ text: String, _ reason: RedactionFlag.Reason, _ result: inout Result) {
        guard !text.hasSameBytes(as: result.text) else { return }
        result.text = text
        if !result.reasons.contains(reason) { result.reasons.append(reason) }
    }
}
