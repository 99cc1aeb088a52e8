import Patterns

/// Demands something of a text that is neither path, nor SQL, nor URL.
///
/// ```yaml
/// min_length: 1
/// max_length: 200                         # in Unicode scalars
/// allowed_values: [daily, weekly]         # byte for byte
/// allowed_patterns: ['[a-z]{2,8}']        # one of them must match the whole text
/// denied_patterns: ['<script']            # none may be found, in any form of the text
/// ```
struct TextConstraint: Sendable {
    let minimumLength: Int?
    let maximumLength: Int?
    /// nil allows all, an empty list none.
    let allowedValues: [String]?
    /// nil allows all, an empty list none.
    let allowedPatterns: [TextPattern]?
    let deniedPatterns: [TextPattern]

    func check(_ text: String, _ call: CallView) throws(EvaluationFailure) -> Mismatch.Reason? {
        if self.minimumLength != nil || self.maximumLength != nil {
            let length = text.unicodeScalars.count
            if let limit = self.minimumLength, length < limit { return .length(limit: limit) }
            if let limit = self.maximumLength, length > limit { return .length(limit: limit) }
        }
        if let values = self.allowedValues, !values.contains(where: { $0.hasSameBytes(as: text) }) { return .notAmongValues }
        do {
            if let patterns = self.allowedPatterns {
                var isAllowed = false
                for pattern in patterns where try pattern.pattern.matchesWhole(text) { isAllowed = true }
                if !isAllowed { return .noPattern }
            }
            guard !self.deniedPatterns.isEmpty else { return nil }
            let forms = try call.forms(of: text)
            for pattern in self.deniedPatterns where try pattern.isFound(in: forms) { return .denied(label: pattern.label) }
        } catch let failure as EvaluationFailure {
            throw failure
        } catch {
            throw EvaluationFailure(message: "a search for a pattern gave no answer: \(error)")
        }
        return nil
    }
}
