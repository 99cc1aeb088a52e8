import NIOCore

extension TimeAmount {
    /// The same length of time, cut at ±292 years.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, exceeds) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        if overflows || exceeds {
            self = .nanoseconds(seconds < 0 ? .min : .max)
        } else {
            self = .nanoseconds(sum)
        }
    }
}
