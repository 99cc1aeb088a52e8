import Patterns
public import StrictJSON

/// Looks through arguments for what is known to be risky, by the table of CONTRACTS §4.7.
///
/// | category | label | score |
/// | --- | --- | --- |
/// | instructions to a model | `PROMPT_INJECTION_SUSPECT` | 0.95 |
/// | shell commands | `HIGH_DESTRUCTIVE` | 0.95 |
/// | traversal | `MEDIUM_DATA_EXFIL` | 0.85 |
/// | personal data | `PII_SENSITIVE` | 0.5 |
///
/// Strings and keys are looked at in every form in which policies judge them. What cannot be looked at whole counts as found: a text
/// whose search gave no answer for its category, one with too many forms as an instruction that hides.
public struct RiskHeuristics: Sendable {
    private struct Category: Sendable {
        let label: RiskAssessment.Label
        let score: Double
        let patterns: PatternGroup
    }

    private let categories: [Category]

    /// Makes the heuristics, which takes some milliseconds; they never change and are shared.
    ///
    /// - Throws: `PatternError` when a pattern of ours does not compile, which tests rule out.
    public init() throws {
        func category(_ label: RiskAssessment.Label, _ score: Double, _ texts: [String]) throws -> Category {
            let patterns = try texts.map { text in
                TextPattern(try Pattern(text, options: PatternOptions(ignoresCase: true)), label: label.rawValue)
            }
            return Category(label: label, score: score, patterns: PatternGroup(patterns))
        }
        self.categories = [
            try category(.promptInjectionSuspect, 0.95, Self.injection),
            try category(.highDestructive, 0.95, Self.shell),
            try category(.mediumDataExfil, 0.85, Self.traversal),
            try category(.piiSensitive, 0.5, Self.personal),
        ]
    }

    static let injection = [
        #"ignore\s+(?:\w+\s+){0,3}?(?:prior|previous|all)\b\s*(?:\w+\s+){0,3}?instructions"#, #"system\s+prompt"#, "jailbreak",
        #"you\s+are\s+now\s"#, #"disregard\s+(?:your|all|prior)"#, #"forget\s+your\s+instructions"#,
        #"bypass\s+(?:\w+\s+){0,3}?(?:safety|filter|restriction)"#, #"act\s+as\s+(?:if\s+you\s+are|an?\s)"#, #"new\s+persona"#,
        #"<\|[^|<>]{1,64}\|>"#,
    ]
    static let shell = [
        #";\s*rm\s+-"#, #"\|\s*(?:ba)?sh\b"#, #"\$\("#, #"`[^`\n]{1,512}`"#, #">\s*/dev/"#, #"curl\b[^\n|]{0,512}\|"#,
        #"wget\b[^\n|]{0,512}\|"#, #"\bnc\s+-[el]"#,
    ]
    static let traversal = [
        #"\.\./"#, #"\.\.\\"#, "%2e%2e%2f", "%2e%2e/", #"\.\.%2f"#, "%252e%252e",
    ]
    static let personal = [
        #"(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,256}@[a-z0-9.-]{1,253}\.[a-z]{2,24}"#, #"\b\d{3}-\d{2}-\d{4}\b"#,
        #"\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}\b"#,
    ]

    /// Looks through arguments; time is linear in their size.
    public func assess(_ arguments: JSONObject) -> RiskAssessment {
        let texts: [TextForms]
        do throws(EvaluationFailure) {
            texts = try CallView.forms(of: arguments).get()
        } catch {
            return RiskAssessment(labels: [.promptInjectionSuspect], score: 0.95)
        }
        var labels: [RiskAssessment.Label] = []
        var score = 0.0
        for category in self.categories {
            var outcome = PatternGroup.Outcome()
            for text in texts { category.patterns.search(text, &outcome) }
            guard outcome.found != nil || outcome.failure != nil else { continue }
            labels.append(category.label)
            score = max(score, category.score)
        }
        return RiskAssessment(labels: labels, score: score)
    }
}
