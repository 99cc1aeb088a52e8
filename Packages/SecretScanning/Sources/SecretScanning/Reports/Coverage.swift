/// Ranges joined where they touch, in order.
struct Coverage {
    private(set) var ranges: [Range<Int>] = []

    init(_ ranges: some Sequence<Range<Int>>) {
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = self.ranges.last, range.lowerBound < last.upperBound {
                self.ranges[self.ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    /// Whether a range has a byte in common with any; in logarithmic time.
    func touches(_ range: Range<Int>) -> Bool { self.range(touching: range) != nil }

    /// The first of the joined ranges that has a byte in common with a range.
    func range(touching range: Range<Int>) -> Range<Int>? {
        var (low, high) = (0, self.ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if self.ranges[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < self.ranges.count && self.ranges[low].lowerBound < range.upperBound ? self.ranges[low] : nil
    }
}
