/// How many typos lie between two words.
enum EditDistance {
    /// The least number of insertions, deletions, substitutions and swaps of neighbours that make one word of the other, no
    /// part being changed twice (optimal string alignment, the restricted Damerau–Levenshtein distance).
    ///
    /// - Returns: `nil` when there are more than `limit`. Takes time of the product of the lengths.
    static func between(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], atMost limit: Int) -> Int? {
        if abs(left.count - right.count) > limit { return nil }
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var older = [Int](repeating: 0, count: right.count + 1)
        var old = Array(0...right.count)
        for row in 1...left.count {
            var new = [row] + [Int](repeating: 0, count: right.count)
            var least = row
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                var cost = min(old[column] + 1, new[column - 1] + 1, old[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    cost = min(cost, older[column - 2] + 1)
                }
                new[column] = cost
                least = min(least, cost)
            }
            // A swap reaches two rows back, so one row beyond the limit does not decide yet.
            if least > limit + 1 { return nil }
            older = old
            old = new
        }
        return old[right.count] <= limit ? old[right.count] : nil
    }
}
