/// Finds repeats without end inside repeats without end, such as `(a+)+`, where a text can be cut into rounds in
/// exponentially many ways.
enum RepeatCheck {
    /// Whether there is one. What gives nothing back has one way only, so possessive repeats, atomic groups and looks
    /// around may stand inside others; bounded repeats may too.
    static func hasNestedRepeat(_ node: SyntaxNode) -> Bool {
        self.search(node, isInside: false)
    }

    private static func search(_ node: SyntaxNode, isInside: Bool) -> Bool {
        switch node {
        case .place, .character, .opaque, .reference, .recursion:
            return false
        case .sequence(let parts), .choice(let parts):
            return parts.contains { self.search($0, isInside: isInside) }
        case .capture(_, let body):
            return self.search(body, isInside: isInside)
        case .atomic(let body), .lookaround(let body):
            return self.search(body, isInside: false)
        case .repeated(let body, _, let maximum, let isPossessive):
            guard maximum == nil else { return self.search(body, isInside: isInside) }
            return (isInside && !isPossessive) || self.search(body, isInside: true)
        }
    }
}
