extension Int64 {
    /// The sum, or the nearest representable number when it does not fit.
    @inlinable
    package func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = self.addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}

/// `factor × multiplier ÷ divisor` over 128 bits, as quotient and remainder, or `nil` when the quotient does not fit.
///
/// All three are at least zero and the divisor is above zero. The product fits 64 bits for every usual quota, and then one plain
/// division does.
@inline(__always)
package func multiplyDivide(
    _ factor: Int64, _ multiplier: Int64, by divisor: Int64
) -> (quotient: Int64, remainder: Int64)? {
    let (product, overflow) = factor.multipliedReportingOverflow(by: multiplier)
    guard overflow else { return product.quotientAndRemainder(dividingBy: divisor) }
    let (high, low) = UInt64(bitPattern: factor).multipliedFullWidth(by: UInt64(bitPattern: multiplier))
    guard high < UInt64(bitPattern: divisor) else { return nil }
    let (quotient, remainder) = UInt64(bitPattern: divisor).dividingFullWidth((high, low))
    guard let narrow = Int64(exactly: quotient) else { return nil }
    return (narrow, Int64(bitPattern: remainder))
}
