/// Finds which of many patterns may cover another one, without comparing each with each.
///
/// A pattern that covers another begins and ends with no more than what the other begins and ends with, so those in question stand under
/// the beginnings and ends of its own.
struct GlobIndex {
    /// By what patterns begin with, then by what they end with.
    private var numbers: [[UInt8]: [[UInt8]: [Int]]] = [:]

    /// Enters a pattern under a number; numbers rise.
    mutating func insert(_ glob: Glob, _ number: Int) {
        self.numbers[glob.prefix, default: [:]][glob.suffix, default: []].append(number)
    }

    /// The lowest number under which a pattern stands that may cover another and for which a condition holds.
    func first(covering glob: Glob, where condition: (Int) -> Bool) -> Int? {
        guard !self.numbers.isEmpty else { return nil }
        var lowest: Int?
        for length in 0...glob.prefix.count {
            guard let beginning = self.numbers[Array(glob.prefix[..<length])] else { continue }
            for rest in 0...glob.suffix.count {
                for number in beginning[glob.suffix.suffix(rest).map { $0 }] ?? [] {
                    if let known = lowest, number >= known { break }
                    if condition(number) { lowest = number }
                }
            }
        }
        return lowest
    }
}
