/// How long a match can be at most.
enum LengthBound {
    /// How many bytes a look behind may span; each costs on the way back, before the first item is tried.
    static let longestLookbehind = 1_020

    /// The greatest length in bytes, or nil if there is none or it is not known.
    static func maximum(of node: SyntaxNode) -> Int? {
        var groups: [Int: Int] = [:]
        return self.maximum(of: node, groups: &groups)
    }

    /// Notes in `groups` the bound of each group that has one.
    private static func maximum(of node: SyntaxNode, groups: inout [Int: Int]) -> Int? {
        switch node {
        case .place:
            return 0
        case .character(let set):
            return set.maximumBytes
        case .opaque(let maximum):
            return maximum
        case .sequence(let items):
            var sum: Int? = 0
            for item in items {
                let length = self.maximum(of: item, groups: &groups)
                sum = sum.flatMap { sum in length.flatMap { self.small(sum.addingReportingOverflow($0)) } }
            }
            return sum
        case .choice(let branches):
            var greatest: Int? = 0
            for branch in branches {
                let length = self.maximum(of: branch, groups: &groups)
                greatest = greatest.flatMap { greatest in length.map { max(greatest, $0) } }
            }
            return greatest
        case .capture(let number, let body):
            let length = self.maximum(of: body, groups: &groups)
            groups[number] = length
            return length
        case .atomic(let body):
            return self.maximum(of: body, groups: &groups)
        case .lookaround(let body):
            _ = self.maximum(of: body, groups: &groups)
            return 0
        case .repeated(let body, _, let maximum, _):
            let length = self.maximum(of: body, groups: &groups)
            guard let length, length > 0 else { return length }
            return maximum.flatMap { self.small(length.multipliedReportingOverflow(by: $0)) }
        case .reference(let number, let ignoresCase):
            // The other case of a character can be longer: `k` and the Kelvin sign have one byte and three.
            return groups[number].flatMap { self.small($0.multipliedReportingOverflow(by: ignoresCase ? 4 : 1)) }
        case .recursion:
            return nil
        }
    }

    /// Takes lengths beyond what any text has for none.
    private static func small(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
        result.overflow || result.partialValue > 1 << 40 ? nil : result.partialValue
    }
}
