/// Shannon entropy of bytes.
enum Entropy {
    /// Bits per byte of a range, 0 for an empty one.
    static func bits(_ text: ByteText, _ range: Range<Int>) -> Double {
        guard !range.isEmpty else { return 0 }
        return withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 256) { counts in
            counts.initialize(repeating: 0)
            // Values longer than a counter can count are judged by their beginning.
            let range = range.lowerBound..<min(range.upperBound, range.lowerBound + 0xFFFF)
            for offset in range { counts[Int(text[offset])] += 1 }
            // -Σ (c ÷ n) log₂ (c ÷ n) = log₂ n - Σ c log₂ c ÷ n, each byte's count taken where it is met first.
            var sum = 0.0
            for offset in range {
                let count = Int(counts[Int(text[offset])])
                if count > 1 { sum += Double(count) * self.logarithm(count) }
                counts[Int(text[offset])] = 0
            }
            let bits = self.logarithm(range.count) - sum / Double(range.count)
            // Bytes that are equally frequent make a whole number of bits, and a threshold may be one.
            return Double(Int(bits * self.steps + 0.5)) / self.steps
        }
    }

    /// Results are multiples of 2⁻³³.
    private static let steps = 8_589_934_592.0
    private static let logarithms: [Double] = (0..<256).map { Self.log2(Double($0)) }

    private static func logarithm(_ count: Int) -> Double {
        count < self.logarithms.count ? self.logarithms[count] : self.log2(Double(count))
    }

    /// The binary logarithm of a positive number, good to about 1e-10; the standard library alone has none.
    static func log2(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 0 }
        var mantissa = value.significand
        var exponent = Double(value.exponent)
        if mantissa > 1.414_213_562 {
            mantissa /= 2
            exponent += 1
        }
        // ln m = 2 artanh((m - 1) ÷ (m + 1)), a series that converges quickly for m near 1.
        let ratio = (mantissa - 1) / (mantissa + 1)
        let square = ratio * ratio
        var (term, sum) = (ratio, ratio)
        for divisor in stride(from: 3.0, through: 15.0, by: 2.0) {
            term *= square
            sum += term / divisor
        }
        return exponent + 2 * sum * 1.442_695_040_888_963_4
    }
}
