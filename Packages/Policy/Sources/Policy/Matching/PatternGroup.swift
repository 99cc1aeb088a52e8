import Patterns

/// Many patterns that are tried on the same texts; a pass over a text finds out which of them can match at all.
struct PatternGroup: Sendable {
    let patterns: [TextPattern]
    private let automaton: LiteralAutomaton
    /// The pattern that each literal belongs to.
    private let owners: [Int]
    /// Patterns without a literal that every match contains.
    private let unfiltered: [Int]

    init(_ patterns: [TextPattern]) {
        var literals: [[UInt8]] = []
        var owners: [Int] = []
        var unfiltered: [Int] = []
        var room = LiteralAutomaton.maximumBytes
        for (number, pattern) in patterns.enumerated() {
            let own = pattern.pattern.requiredLiterals ?? []
            let bytes = own.reduce(0) { $0 + $1.bytes.count }
            guard !own.isEmpty, own.allSatisfy({ !$0.bytes.isEmpty }), bytes <= room else {
                unfiltered.append(number)
                continue
            }
            room -= bytes
            for literal in own {
                literals.append(literal.bytes.map(\.asciiLowercased))
                owners.append(number)
            }
        }
        self.patterns = patterns
        self.automaton = LiteralAutomaton(literals)
        self.owners = owners
        self.unfiltered = unfiltered
    }

    /// The numbers of the patterns that may be found in a text, in order.
    private func candidates(in text: String) -> [Int] {
        var found: [Int] = self.unfiltered
        if !self.owners.isEmpty {
            self.automaton.scan(text) { literal in
                let owner = self.owners[Int(literal)]
                if !found.contains(owner) { found.append(owner) }
            }
        }
        return found.count > 1 ? found.sorted() : found
    }

    /// What a search over several texts has come to: the first pattern that was found, and whether any search gave no answer.
    struct Outcome {
        var found: Int?
        var failure: EvaluationFailure?
    }

    /// Looks for the pattern with the lowest number, so that the order of texts does not matter.
    func search(_ text: String, _ outcome: inout Outcome) {
        for number in self.candidates(in: text) {
            if let found = outcome.found, number >= found { return }
            do {
                if try self.patterns[number].pattern.isFound(in: text) { outcome.found = number }
            } catch {
                outcome.failure = outcome.failure ?? EvaluationFailure(message: error.message)
            }
        }
    }

    func search(_ forms: TextForms, _ outcome: inout Outcome) {
        self.search(forms.sent, &outcome)
        for form in forms.others { self.search(form, &outcome) }
    }
}
