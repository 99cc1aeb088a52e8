import Patterns

/// Reads rules about outputs.
///
/// ```yaml
/// - name: redact-addresses
///   tools: ["*"]
///   decision: REDACT
///   constraints:
///     patterns: [{field: "*", pattern: '…', label: email, replacement: '[REDACTED_EMAIL]'}]
///     max_output_length: 20000
///     detect: [credentials, personal]     # by the scanner for secrets
/// ```
///
/// A rule matches when a pattern is found, the output is too long, or the scanner finds something; without constraints, always.
struct OutputRuleReader {
    private let rules: RuleReader

    init(_ rules: RuleReader) {
        self.rules = rules
    }

    func rule(_ node: PolicyNode) -> OutputRule? {
        guard let (reader, name) = self.rules.named(node, "output rule", RuleReader.selectorFields) else { return nil }
        let selector = self.rules.selector(reader)
        var verdict: OutputVerdict?
        if let word = reader.string("decision", isRequired: true) {
            verdict = OutputVerdict(rawValue: word)
            if verdict == nil { reader.fault("decision", "must be one of ALLOW, REDACT, APPROVAL_REQUIRED, DENY") }
        }
        var patterns: [OutputRule.FieldPattern] = []
        var limit: Int?
        var detected: [String] = []
        if reader.isEmptyMap("constraints") {
            reader.fault("constraints", "is empty; leave it out if nothing is asked of the output")
        } else if let node = reader.node("constraints"),
            let constraints = FieldReader(
                node, "the constraints of \(reader.what)", allowing: ["patterns", "max_output_length", "detect"],
                in: self.rules.problems)
        {
            patterns = (constraints.list("patterns") ?? []).compactMap { self.pattern($0, reader.what) }
            limit = constraints.integer("max_output_length", in: 0...Int(Int32.max))
            for (text, place) in constraints.strings("detect") ?? [] {
                if text != "credentials" && text != "personal" {
                    self.rules.problems.add(place, "an entry of detect of \(reader.what) must be credentials or personal")
                }
                detected.append(text)
            }
        }
        let priority = reader.integer("priority", in: -1_000_000...1_000_000) ?? 0
        let description = reader.string("description") ?? ""
        guard let selector, let verdict else { return nil }
        let rule = OutputRule(
            name: name, priority: priority, selector: selector, verdict: verdict, patterns: patterns, maximumLength: limit,
            detectsCredentials: detected.contains("credentials"), detectsPersonalData: detected.contains("personal"),
            rationale: "Matched rule '\(name)' (priority=\(priority)): \(description)", origin: self.rules.origin(reader.place))
        if verdict == .redact, rule.isUnconditional {
            reader.fault("decision", "is REDACT, but no pattern says what is to be replaced")
        }
        return rule
    }

    private func pattern(_ node: PolicyNode, _ outer: String) -> OutputRule.FieldPattern? {
        let what = "an entry of patterns of \(outer)"
        guard
            let reader = FieldReader(
                node, what, allowing: ["field", "pattern", "label", "replacement"], in: self.rules.problems),
            let text = reader.string("pattern", isRequired: true), let place = reader.node("pattern")?.place,
            let pattern = self.rules.compiler.pattern(text, .search, place: place, what)
        else { return nil }
        guard let field = FieldPath(reader.string("field") ?? "*") else {
            reader.fault("field", "must be \"*\" or a path such as rows.*.email or rows[0].email")
            return nil
        }
        let replacement = reader.string("replacement") ?? "[REDACTED]"
        do {
            guard try !pattern.isFound(in: replacement) else {
                reader.fault("replacement", "is itself found by the pattern")
                return nil
            }
        } catch {
            reader.fault("pattern", "gave no answer for its own replacement: \(error.message)")
            return nil
        }
        return OutputRule.FieldPattern(
            field: field, pattern: TextPattern(pattern, label: reader.string("label") ?? text), replacement: replacement)
    }
}
