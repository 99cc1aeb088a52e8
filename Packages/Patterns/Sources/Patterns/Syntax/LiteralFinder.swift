/// Finds literals of which every match contains at least one.
enum LiteralFinder {
    /// What is known of the text that a part of the pattern matches.
    private struct Knowledge {
        /// All that it can be, if that is little.
        var exact: [RequiredLiteral]?
        /// Literals of which it contains one.
        var required: [RequiredLiteral]?

        static let nothing = Knowledge()
        static let empty = Knowledge(exact: [LiteralFinder.nothing])

        /// The better of what `exact` and `required` tell.
        var best: [RequiredLiteral]? { LiteralFinder.better(LiteralFinder.usable(self.exact), self.required) }
    }

    private static let nothing = RequiredLiteral([], ignoresCase: false)
    private static let maximumExact = 16
    private static let maximumRequired = 64
    private static let maximumBytes = 64
    private static let maximumMembers = 8

    /// The literals, or nil if there are none, or too many.
    static func literals(of node: SyntaxNode) -> [RequiredLiteral]? {
        self.examine(node).best
    }

    private static func examine(_ node: SyntaxNode) -> Knowledge {
        switch node {
        case .place, .lookaround:
            return .empty
        case .character(let set):
            guard let members = set.members(atMost: self.maximumMembers), !members.isEmpty else { return .nothing }
            return Knowledge(
                exact: members.map { RequiredLiteral($0, ignoresCase: set.ignoresCase && $0.contains(where: \.isLetter)) })
        case .opaque, .reference, .recursion:
            return .nothing
        case .capture(_, let body), .atomic(let body):
            return self.examine(body)
        case .sequence(let items):
            return self.joined(items.map { self.examine($0) })
        case .choice(let branches):
            return self.either(branches.map { self.examine($0) })
        case .repeated(let body, let minimum, let maximum, _):
            return self.repeated(self.examine(body), minimum: minimum, maximum: maximum)
        }
    }

    private static func repeated(_ body: Knowledge, minimum: Int, maximum: Int?) -> Knowledge {
        if maximum == 0 { return .empty }
        if minimum == 0 { return maximum == 1 ? Knowledge(exact: self.either([body, .empty]).exact) : .nothing }
        let rounds = min(minimum, self.maximumBytes)
        var all = self.joined(Array(repeating: body, count: rounds))
        if maximum != rounds {
            all.required = all.best
            all.exact = nil
        }
        return all
    }

    private static func either(_ parts: [Knowledge]) -> Knowledge {
        Knowledge(
            exact: self.union(parts.map(\.exact), atMost: self.maximumExact),
            required: self.union(parts.map(\.best), atMost: self.maximumRequired)
        )
    }

    private static func joined(_ parts: [Knowledge]) -> Knowledge {
        var run = [self.nothing]
        var isWhole = true
        var best: [RequiredLiteral]?
        for part in parts {
            if let exact = part.exact, let longer = self.product(run, exact) {
                run = longer
                continue
            }
            isWhole = false
            best = self.better(self.better(best, self.usable(run)), part.required)
            run = part.exact ?? [self.nothing]
        }
        best = self.better(best, self.usable(run))
        return Knowledge(exact: isWhole ? run : nil, required: best)
    }

    private static func product(_ left: [RequiredLiteral], _ right: [RequiredLiteral]) -> [RequiredLiteral]? {
        guard left.count * right.count <= self.maximumExact else { return nil }
        var all: [RequiredLiteral] = []
        for first in left {
            for second in right {
                guard first.bytes.count + second.bytes.count <= self.maximumBytes else { return nil }
                let both = first.followed(by: second)
                if !all.contains(both) { all.append(both) }
            }
        }
        return all
    }

    private static func union(_ lists: [[RequiredLiteral]?], atMost limit: Int) -> [RequiredLiteral]? {
        var all: [RequiredLiteral] = []
        for list in lists {
            guard let list else { return nil }
            for literal in list where !all.contains(literal) { all.append(literal) }
            guard all.count <= limit else { return nil }
        }
        return all
    }

    /// A list without an empty literal, which would always be contained.
    private static func usable(_ list: [RequiredLiteral]?) -> [RequiredLiteral]? {
        guard let list, !list.isEmpty, list.allSatisfy({ !$0.bytes.isEmpty }) else { return nil }
        return list
    }

    /// The list whose shortest literal is longer, or else the one with fewer.
    private static func better(_ left: [RequiredLiteral]?, _ right: [RequiredLiteral]?) -> [RequiredLiteral]? {
        guard let left else { return right }
        guard let right else { return left }
        let leftShortest = left.map(\.bytes.count).min() ?? 0
        let rightShortest = right.map(\.bytes.count).min() ?? 0
        if leftShortest != rightShortest { return leftShortest > rightShortest ? left : right }
        return left.count <= right.count ? left : right
    }
}
