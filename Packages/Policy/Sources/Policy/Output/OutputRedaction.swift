import Patterns
import SecretScanning
import StrictJSON

/// Replaces what a rule finds in an output.
struct OutputRedaction {
    private let rule: OutputRule
    private let scanner: Scanner?

    /// How often the patterns of a rule are gone over, as one may find what another has left.
    private static let rounds = 8

    init(_ rule: OutputRule, scanner: Scanner?) {
        self.rule = rule
        self.scanner = scanner
    }

    func redacted(_ output: JSONValue) throws(EvaluationFailure) -> JSONValue {
        var output = output
        for _ in 0..<Self.rounds {
            let before = output
            for entry in self.rule.patterns {
                let redactor = TextRedactor(entry)
                output = entry.field.replacing(in: output) { redactor.redacted($0) }
                if let failure = redactor.failure { throw failure }
            }
            output = try self.withoutSecrets(output)
            if output == before { return try self.withoutSplitFinds(output) }
        }
        throw EvaluationFailure(message: "replacing what is found in it came to no end")
    }

    private func withoutSecrets(_ output: JSONValue) throws(EvaluationFailure) -> JSONValue {
        guard let scanner = self.scanner, self.rule.detectsCredentials || self.rule.detectsPersonalData else { return output }
        let groups = Set(Rule.Group.allCases.filter { self.rule.detects($0) })
        let redaction = scanner.redact(output.compactBytes(), groups: groups, minimumConfidence: .medium)
        guard redaction.isComplete, let value = try? JSONValue(parsing: redaction.bytes) else {
            throw EvaluationFailure(message: "the secrets in it could not be replaced")
        }
        return value
    }

    /// What is found only across items of content cannot be replaced in them; then nothing of it is handed over.
    private func withoutSplitFinds(_ output: JSONValue) throws(EvaluationFailure) -> JSONValue {
        for text in OutputTexts.joinedItems(output) {
            let forms = try TextForms(text)
            for entry in self.rule.patterns where entry.field.isEverything {
                do {
                    if try entry.pattern.isFound(in: forms) { return ["_redacted": .string(entry.replacement)] }
                } catch {
                    throw EvaluationFailure(message: "a search for the pattern \(entry.pattern.label) gave no answer: \(error)")
                }
            }
            guard let scanner = self.scanner, self.rule.detectsCredentials || self.rule.detectsPersonalData else { continue }
            let report = scanner.scan(text)
            guard report.isComplete else { throw EvaluationFailure(message: "the scan for secrets could not be finished") }
            for finding in report.findings where finding.confidence >= .medium && self.rule.detects(finding.group) {
                return ["_redacted": .string("[REDACTED:\(finding.type)]")]
            }
        }
        return output
    }
}

/// Replaces the finds of one pattern in strings and keys.
private final class TextRedactor {
    private let entry: OutputRule.FieldPattern
    private(set) var failure: EvaluationFailure?

    init(_ entry: OutputRule.FieldPattern) {
        self.entry = entry
    }

    func redacted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): return .string(self.redacted(text))
        case .array(let elements): return .array(elements.map { self.redacted($0) })
        case .object(let object):
            var copy = JSONObject()
            var keys = DistinctKeys()
            for (key, member) in object {
                var name = self.redacted(key)
                // Two keys that were different stay so.
                if copy.position(of: name) != nil { name = keys.next(after: self.entry.replacement, in: copy, of: object) }
                copy[name] = self.redacted(member)
            }
            return .object(copy)
        case .number(let number):
            guard let digits = CardNumber.digits(of: number) else { return value }
            let text = self.redacted(digits)
            return text.hasSameBytes(as: digits) ? value : .string(text)
        default: return value
        }
    }

    /// How often disguises are taken off, as one may stand behind another.
    private static let rounds = 4

    private func redacted(_ text: String) -> String {
        guard self.failure == nil else { return text }
        do {
            var replaced = try text.replacing(self.entry.pattern, with: self.entry.replacement)
            for _ in 0..<Self.rounds {
                guard let aligned = try AlignedText(replaced) else { break }
                let parts = try aligned.text.parts(
                    found: self.entry.pattern, in: aligned, replacement: self.entry.replacement)
                if parts.isEmpty { break }
                replaced = replaced.replacing(parts)
            }
            // What only another form of the text shows has no place in the text as sent.
            return try self.entry.pattern.isFound(in: TextForms(replaced)) ? self.entry.replacement : replaced
        } catch let failure as EvaluationFailure {
            self.failure = failure
            return text
        } catch {
            self.failure = EvaluationFailure(
                message: "a search for the pattern \(self.entry.pattern.label) gave no answer: \(error)")
            return text
        }
    }
}

extension String {
    /// The text with the matches of a pattern replaced, itself when there are none; what a replacement makes anew may be left.
    func replacing(_ pattern: TextPattern, with replacement: String) throws(PatternError) -> String {
        var text = self
        // So many matches are told at once; more are found by going over the text again.
        let batch = 10_000
        for _ in 0..<64 {
            guard try pattern.isFound(in: text) else { return text }
            let bytes = Array(text.utf8)
            let matches = try pattern.pattern.matches(in: text, atMost: batch)
            var output: [UInt8] = []
            var place = 0
            for match in matches where match.range.lowerBound >= place && !match.range.isEmpty {
                output += bytes[place..<match.range.lowerBound]
                output += replacement.utf8
                place = match.range.upperBound
            }
            output += bytes[place...]
            text = String(decoding: output, as: UTF8.self)
            if matches.count < batch { break }
        }
        return text
    }
}
