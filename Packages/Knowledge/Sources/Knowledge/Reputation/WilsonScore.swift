/// How much of a share of up votes can be relied on: the lower bound of Wilson's interval for 95 % (z = 1.96).
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927, formula for a binomial share. Few votes
/// give a low bound, so that one friendly vote is worth less than fifty of fifty-five.
public enum WilsonScore {
    private static let z = 1.96

    /// The lower bound, 0 to 1: 0 without votes and without up votes, 0.21 for one of one, 0.80 for 50 of 55.
    ///
    /// - Parameters:
    ///   - up: The number of up votes; what is below 0 counts as 0.
    ///   - total: The number of all votes; what is below `up` counts as `up`.
    public static func lowerBound(up: Int64, total: Int64) -> Double {
        guard up > 0 else { return 0 }
        let n = Double(max(up, total))
        let share = Double(up) / n
        let square = Self.z * Self.z
        let centre = share + square / (2 * n)
        let margin = Self.z * ((share * (1 - share) + square / (4 * n)) / n).squareRoot()
        return min(1, max(0, (centre - margin) / (1 + square / n)))
    }
}
