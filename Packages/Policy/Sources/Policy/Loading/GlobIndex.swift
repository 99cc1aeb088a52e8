/// Finds which of many patterns may cover another one, without comparing each with each.
///
/// A pattern that covers another begins with no more than what the other begins with, so those in question stand under the beginnings of
/// its own.
struct GlobIndex {
    private var numbers: [[UInt8]: [Int]] = [:]

    /// Enters a pattern under a number; numbers rise.
    mutating func insert(_ glob: Glob, _ number: Int) {
        self.numbers[glob.prefix, default: []].append(number)
    }

    /// The lowest number under which a pattern stands that may cover another and for which a condition holds.
    func first(covering glob: Glob, where condition: (Int) -> Bool) -> Int? {
        guard !self.numbers.isEmpty else { return nil }
        var lowest: Int?
        for length in 0...glob.prefix.count {
            guard let found = self.numbers[Array(glob.prefix[..<length])] else { continue }
            for number in found {
                if let known = lowest, number >= known { break }
                if condition(number) { lowest = number }
            }
        }
        return lowest
    }
}
