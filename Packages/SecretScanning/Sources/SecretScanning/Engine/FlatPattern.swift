/// A pattern without repeated groups: literals, choices of literals, and runs of a class with bounds.
///
/// It is matched outwards from its anchor, the longest literal, in time that grows with the length of the match, and never goes
/// back on a run. The notation, for rules only:
///
/// ```
/// ghp_[A-Za-z0-9_]{36,255}          a literal and a run; {36} is {36,36}
/// (sk|rk)_live_[A-Za-z0-9]{24,99}   a choice of literals
/// AccountKey=<[A-Za-z0-9+/]{86}==>  the secret, if it is not the whole match
/// ```
///
/// A run that stands before a literal ends at the first place where the literal follows; any other takes all it can.
struct FlatPattern: Sendable {
    enum Item: Hashable, Sendable {
        case literals([[UInt8]])
        case run(Atoms, minimum: Int, maximum: Int)
    }

    /// A match: the whole and the secret in it.
    struct Match {
        let whole: Range<Int>
        let secret: Range<Int>
    }

    let items: [Item]
    /// The item from which matching starts.
    let anchor: Int
    /// The items that make up the secret.
    let secret: Range<Int>
    /// What may not stand right before and after a match.
    let forbiddenBefore: Atoms
    let forbiddenAfter: Atoms
    /// How many of the forbidden bytes may stand there all the same.
    let leeway: Int

    /// The literals of the anchor, to be looked for without regard to case.
    var keywords: [[UInt8]] {
        if case .literals(let literals) = self.items[self.anchor] { literals } else { [] }
    }

    init(_ notation: String, before: Atoms = .alnum, leeway: Int = 0, after: Atoms = []) {
        var parser = FlatPatternParser(notation)
        parser.parse()
        self.items = parser.items
        self.secret = (parser.secretStart ?? 0)..<(parser.secretEnd ?? parser.items.count)
        // Of the literals the one whose shortest form is longest; the first of several.
        var best = (index: 0, length: 0)
        for (index, item) in parser.items.enumerated() {
            guard case .literals(let literals) = item, let shortest = literals.map(\.count).min() else { continue }
            if shortest > best.length { best = (index, shortest) }
        }
        precondition(best.length > 0, "a rule without a literal would have to be tried at every byte")
        self.anchor = best.index
        self.forbiddenBefore = before
        self.forbiddenAfter = after
        self.leeway = leeway
    }

    /// Exactly these bytes; the automaton looks for their beginning.
    init(literal: [UInt8], before: Atoms, after: Atoms) {
        let head = Array(literal.prefix(24))
        let tail = Array(literal.dropFirst(24))
        self.items = tail.isEmpty ? [.literals([head])] : [.literals([head]), .literals([tail])]
        self.anchor = 0
        self.secret = 0..<self.items.count
        self.forbiddenBefore = before
        self.forbiddenAfter = after
        self.leeway = 0
    }

    /// Matches with the anchor's literal of the given length at an offset, case included.
    func match(_ text: ByteText, anchorAt start: Int, length: Int) -> Match? {
        guard case .literals(let literals) = self.items[self.anchor],
            literals.contains(where: { $0.count == length && text.matches($0, at: start) })
        else { return nil }
        var (lower, upper) = (start, start &+ length)
        var (secretLower, secretUpper) = (lower, upper)
        var index = self.anchor
        while index > 0 {
            index -= 1
            if index + 1 == self.secret.upperBound { secretUpper = lower }
            guard let next = self.before(lower, item: index, text) else { return nil }
            lower = next
            if index == self.secret.lowerBound { secretLower = lower }
        }
        if text.has(self.forbiddenBefore, at: lower &- 1) {
            guard lower &- text.start(of: self.forbiddenBefore, before: lower, limit: self.leeway &+ 1) <= self.leeway else {
                return nil
            }
        }
        index = self.anchor
        var lastStart = upper
        while index + 1 < self.items.count {
            index += 1
            if index == self.secret.lowerBound { secretLower = upper }
            guard let next = self.after(upper, item: index, text) else { return nil }
            (lastStart, upper) = (upper, next)
            if index + 1 == self.secret.upperBound { secretUpper = upper }
        }
        if text.has(self.forbiddenAfter, at: upper) {
            guard let end = self.shortened(lastEnd: upper, lastStart: lastStart, text) else { return nil }
            if secretUpper == upper { secretUpper = end }
            upper = end
        }
        return Match(whole: lower..<upper, secret: secretLower..<max(secretLower, secretUpper))
    }

    /// Where a last run may end so that nothing forbidden follows: `-` may be the last of it, a letter in the middle of a word not.
    private func shortened(lastEnd: Int, lastStart: Int, _ text: ByteText) -> Int? {
        guard case .run(_, let minimum, _) = self.items[self.items.count - 1], self.anchor < self.items.count - 1 else {
            return nil
        }
        var end = lastEnd &- 1
        while end &- lastStart >= minimum {
            if !text.has(self.forbiddenAfter, at: end) { return end }
            end &-= 1
        }
        return nil
    }

    private func after(_ start: Int, item index: Int, _ text: ByteText) -> Int? {
        switch self.items[index] {
        case .literals(let literals):
            for literal in literals where text.matches(literal, at: start) { return start &+ literal.count }
            return nil
        case .run(let atoms, let minimum, let maximum):
            let end = text.end(of: atoms, from: start, limit: maximum)
            guard end &- start >= minimum else { return nil }
            guard minimum < maximum, index + 1 < self.items.count, case .literals(let literals) = self.items[index + 1] else {
                return end
            }
            var stop = start &+ minimum
            while stop <= end {
                if literals.contains(where: { text.matches($0, at: stop) }) { return stop }
                stop &+= 1
            }
            return nil
        }
    }

    private func before(_ end: Int, item index: Int, _ text: ByteText) -> Int? {
        switch self.items[index] {
        case .literals(let literals):
            for literal in literals where text.matches(literal, at: end &- literal.count) { return end &- literal.count }
            return nil
        case .run(let atoms, let minimum, let maximum):
            let start = text.start(of: atoms, before: end, limit: maximum)
            guard end &- start >= minimum else { return nil }
            guard minimum < maximum, index > 0, case .literals(let literals) = self.items[index - 1] else { return start }
            var stop = end &- minimum
            while stop >= start {
                if literals.contains(where: { text.matches($0, at: stop &- $0.count) }) { return stop }
                stop &-= 1
            }
            return nil
        }
    }
}
