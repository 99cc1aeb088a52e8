/// Finds the rules that may be about a tool, so that rules about other tools cost nothing.
struct RuleIndex: Sendable {
    /// Rules that name tools without wildcards, by tool; numbers rise.
    private var exact: [String: [Int]] = [:]
    /// Rules with a wildcard whose match must be tried; numbers rise.
    private var tried: [Int] = []
    private let count: Int

    init(_ rules: [PolicyRule]) {
        self.init(rules.map(\.selector.tools))
    }

    init(_ tools: [[Glob]]) {
        self.count = tools.count
        for (number, globs) in tools.enumerated() {
            let names = globs.compactMap(\.literal)
            if names.count == globs.count {
                for name in Set(names) { self.exact[name, default: []].append(number) }
            } else {
                self.tried.append(number)
            }
        }
    }

    /// Walks over rules in their order.
    struct Cursor {
        fileprivate var exact: ArraySlice<Int>
        fileprivate var tried: ArraySlice<Int>

        /// The number of the next rule, and whether its tools must still be compared.
        mutating func next() -> (number: Int, needsToolCheck: Bool)? {
            switch (self.exact.first, self.tried.first) {
            case (nil, nil): return nil
            case (let exact?, let tried?) where exact < tried:
                self.exact.removeFirst()
                return (exact, false)
            case (let exact?, nil):
                self.exact.removeFirst()
                return (exact, false)
            case (_, let tried?):
                self.tried.removeFirst()
                return (tried, true)
            }
        }
    }

    func cursor(for tool: String) -> Cursor {
        Cursor(exact: (self.exact[tool] ?? [])[...], tried: self.tried[...])
    }

    /// Walks over all rules.
    func fullCursor() -> Cursor {
        Cursor(exact: [], tried: Array(0..<self.count)[...])
    }
}
