import Patterns
import TextFolding

/// Demands that a text is an absolute path in one of some places.
///
/// ```yaml
/// allowed_prefixes: [/data/, /reports/]   # names as a whole: /data-old is not in /data/
/// denied_patterns: ['\.ssh']              # searched with regard to case, in every form of the path
/// max_depth: 8
/// normalize: true                         # false demands a path that is in normal form already
/// ```
struct PathConstraint: Sendable {
    /// A place with all that is in it.
    struct Prefix: Sendable {
        let path: CanonicalPath
        /// Whether the place itself is outside, as the prefix ends with a slash.
        let isStrict: Bool

        init(_ text: String) throws(TextFoldingError) {
            self.path = try CanonicalPath(text)
            self.isStrict = text.utf8.last == UInt8(ascii: "/")
        }

        func contains(_ other: CanonicalPath) -> Bool {
            other.isInside(self.path) && (!self.isStrict || other.depth > self.path.depth)
        }
    }

    /// nil allows all places, an empty list none.
    let allowedPrefixes: [Prefix]?
    let deniedPatterns: [TextPattern]
    let maximumDepth: Int?
    let normalizes: Bool

    func check(_ text: String) throws(EvaluationFailure) -> Mismatch.Reason? {
        let path: CanonicalPath
        do {
            path = try CanonicalPath(text)
        } catch {
            return .path(error.message)
        }
        if !self.normalizes, !path.text.hasSameBytes(as: text) { return .notNormal }
        if let prefixes = self.allowedPrefixes, !prefixes.contains(where: { $0.contains(path) }) { return .outsideOfPrefixes }
        if let limit = self.maximumDepth, path.depth > limit { return .tooDeep(limit: limit) }
        guard !self.deniedPatterns.isEmpty else { return nil }
        let forms = try TextForms(text)
        // With a slash at its end too, so that a pattern such as /etc/ is about the folder itself.
        let normal = path.text + "/"
        for pattern in self.deniedPatterns {
            do {
                if try pattern.isFound(in: forms) { return .denied(label: pattern.label) }
                if try pattern.isFound(in: normal) { return .denied(label: pattern.label) }
            } catch {
                throw EvaluationFailure(message: "a search for the pattern \(pattern.label) gave no answer: \(error.message)")
            }
        }
        return nil
    }
}
