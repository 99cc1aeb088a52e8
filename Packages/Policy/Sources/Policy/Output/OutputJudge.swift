import Patterns
import SecretScanning
import StrictJSON

/// Judges outputs by the output rules of a policy.
struct OutputJudge: Sendable {
    private let rules: [OutputRule]
    private let revision: PolicyRevision
    private let scanner: Scanner?

    init(_ definition: PolicyDefinition) {
        self.rules = definition.outputRules
        self.revision = definition.revision
        self.scanner = self.rules.contains { $0.detectsCredentials || $0.detectsPersonalData } ? Scanner.forPolicies : nil
    }

    func judge(_ output: JSONValue, of call: ToolCall) -> OutputDecision {
        let view = CallView(call)
        let texts = OutputTexts(output)
        for rule in self.rules {
            guard rule.selector.matchesTool(view), rule.selector.mismatchBesidesTool(call, view) == nil else { continue }
            do {
                guard let match = try self.match(rule, output, texts) else { continue }
                return try self.decision(rule, match, output)
            } catch {
                return OutputDecision(
                    verdict: .deny, rule: "evaluation-error", rationale: "The output could not be judged: \(error.message)",
                    output: nil, labels: [], revision: self.revision)
            }
        }
        return OutputDecision(verdict: .allow, rule: nil, rationale: nil, output: output, labels: [], revision: self.revision)
    }

    /// What a rule found.
    private struct Match {
        var labels: Set<String> = []
        var isTooLong = false
    }

    private func match(_ rule: OutputRule, _ output: JSONValue, _ texts: OutputTexts) throws(EvaluationFailure) -> Match? {
        if rule.isUnconditional { return Match() }
        var match = Match()
        if let limit = rule.maximumLength, texts.length > limit {
            match.isTooLong = true
            match.labels.insert("output-too-large")
        }
        for entry in rule.patterns where try texts.isFound(entry) { match.labels.insert(entry.pattern.label) }
        if rule.detectsCredentials || rule.detectsPersonalData, let scanner = self.scanner {
            for report in texts.reports(scanner) {
                guard report.isComplete else { throw EvaluationFailure(message: "the scan for secrets could not be finished") }
                for finding in report.findings where finding.confidence >= .medium && rule.detects(finding.group) {
                    match.labels.insert(finding.type)
                }
            }
        }
        return match.isTooLong || !match.labels.isEmpty ? match : nil
    }

    private func decision(_ rule: OutputRule, _ match: Match, _ output: JSONValue) throws(EvaluationFailure) -> OutputDecision {
        var released: JSONValue?
        switch rule.verdict {
        case .allow: released = output
        case .redact:
            released =
                try match.isTooLong
                ? ["_redacted": "[OUTPUT_TOO_LARGE]"] : OutputRedaction(rule, scanner: self.scanner).redacted(output)
        case .approvalRequired, .deny: released = nil
        }
        return OutputDecision(
            verdict: rule.verdict, rule: rule.name, rationale: rule.rationale, output: released, labels: match.labels.sorted(),
            revision: self.revision)
    }
}

extension OutputRule {
    func detects(_ group: Rule.Group) -> Bool {
        switch group {
        case .compatible, .further, .own: self.detectsCredentials
        case .pii: self.detectsPersonalData
        case .generic: false
        }
    }
}

extension Scanner {
    /// The scanner for arguments and outputs; its tables take some milliseconds, so they are made once.
    static let forPolicies = Scanner()
}

/// The texts of an output in all forms, made when they are first asked for.
final class OutputTexts {
    private let output: JSONValue
    private lazy var everything: Result<[TextForms], EvaluationFailure> = {
        var texts: [String] = []
        self.output.visitTexts(takesCards: true) { texts.append($0) }
        // A secret may be cut into several items of content, which their reader joins again.
        texts += self.joined
        return Self.forms(of: texts)
    }()
    private var formsByField: [FieldPath: Result<[TextForms], EvaluationFailure>] = [:]
    private lazy var joined: [String] = Self.joinedItems(self.output)
    private lazy var bytes: [UInt8] = self.output.compactBytes()
    private var scanned: [ScanReport]?

    init(_ output: JSONValue) {
        self.output = output
    }

    /// Characters of the output in the sorted form, which is ASCII.
    private(set) lazy var length: Int = self.output.sortedBytes().count

    func isFound(_ entry: OutputRule.FieldPattern) throws(EvaluationFailure) -> Bool {
        let texts = try (entry.field.isEverything ? self.everything : self.forms(at: entry.field)).get()
        do throws(PatternError) {
            for text in texts where try entry.pattern.isFound(in: text) { return true }
            return false
        } catch {
            throw EvaluationFailure(message: "a search for the pattern \(entry.pattern.label) gave no answer: \(error)")
        }
    }

    private func forms(at field: FieldPath) -> Result<[TextForms], EvaluationFailure> {
        if let forms = self.formsByField[field] { return forms }
        var texts: [String] = []
        for value in field.values(in: self.output) { value.visitTexts(takesCards: true) { texts.append($0) } }
        let forms = Self.forms(of: texts)
        self.formsByField[field] = forms
        return forms
    }

    private static func forms(of texts: [String]) -> Result<[TextForms], EvaluationFailure> {
        Result { () throws(EvaluationFailure) in
            var budget = FormBudget(forBytes: texts.reduce(0) { $0 + $1.utf8.count })
            var forms: [TextForms] = []
            forms.reserveCapacity(texts.count)
            for text in texts { forms.append(try TextForms(text, &budget)) }
            return forms
        }
    }

    /// What the scanner finds in the output, and in the texts of items joined.
    func reports(_ scanner: Scanner) -> [ScanReport] {
        if let scanned = self.scanned { return scanned }
        let reports = [scanner.scanJSON(self.bytes)] + self.joined.map { scanner.scan($0) }
        self.scanned = reports
        return reports
    }

    /// The joined texts of arrays whose elements are objects with a string `text`, at most eight levels down.
    static func joinedItems(_ value: JSONValue, depth: Int = 0) -> [String] {
        guard depth < 8 else { return [] }
        switch value {
        case .object(let object): return object.flatMap { self.joinedItems($0.value, depth: depth + 1) }
        case .array(let elements):
            let parts = elements.compactMap { $0["text"]?.stringValue }
            return (parts.count > 1 ? [parts.joined()] : []) + elements.flatMap { self.joinedItems($0, depth: depth + 1) }
        default: return []
        }
    }
}
