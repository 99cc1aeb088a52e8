/// Bounds on what a registry may hold, and the buckets of metrics that arrive through swift-metrics.
public struct PrometheusConfiguration: Sendable {
    /// Most series in one family, 1 or more, default 1,000; further label sets share the series whose values are `other`.
    public var maximumSeriesPerFamily: Int
    /// Most families in one registry, 1 or more, default 1,000.
    public var maximumFamilies: Int
    /// Longest label value in bytes, default 1,024; a longer one is counted under `other`.
    public var maximumLabelValueBytes: Int
    /// Upper bounds in seconds for timers of swift-metrics, default ``PrometheusBuckets/durations``.
    public var timerBuckets: [Double]
    /// Upper bounds for aggregating recorders of swift-metrics, default ``PrometheusBuckets/sizes``.
    public var recorderBuckets: [Double]

    /// Creates a configuration; values below 1 count as 1.
    public init(
        maximumSeriesPerFamily: Int = 1_000,
        maximumFamilies: Int = 1_000,
        maximumLabelValueBytes: Int = 1_024,
        timerBuckets: [Double] = PrometheusBuckets.durations,
        recorderBuckets: [Double] = PrometheusBuckets.sizes
    ) {
        self.maximumSeriesPerFamily = max(1, maximumSeriesPerFamily)
        self.maximumFamilies = max(1, maximumFamilies)
        self.maximumLabelValueBytes = max(1, maximumLabelValueBytes)
        self.timerBuckets = timerBuckets
        self.recorderBuckets = recorderBuckets
    }
}

/// Bucket bounds that suit most histograms; `+Inf` is always added by the registry.
public enum PrometheusBuckets {
    /// Seconds from 5 ms to 10 s: the default of Prometheus' own clients.
    public static let durations: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Counts and bytes from 1 to a million.
    public static let sizes: [Double] = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 1_000_000]
}
