import CoreMetrics

/// A counter of swift-metrics, whole or floating-point.
final class CounterAdapter: CounterHandler, FloatingPointCounterHandler {
    private let counter: PrometheusCounter
    private let family: PrometheusFamily<PrometheusCounter>?

    init(_ counter: PrometheusCounter, in family: PrometheusFamily<PrometheusCounter>?) {
        self.counter = counter
        self.family = family
    }

    func increment(by amount: Int64) {
        self.counter.increment(by: Int(clamping: amount))
    }

    func increment(by amount: Double) {
        self.counter.increment(by: amount)
    }

    func reset() {
        self.counter.reset()
    }

    func removeFromRegistry() {
        self.family?.remove(self.counter)
    }
}

/// A meter of swift-metrics, or a recorder that keeps the last value only (`Gauge`).
final class GaugeAdapter: MeterHandler, RecorderHandler {
    private let gauge: PrometheusGauge
    private let family: PrometheusFamily<PrometheusGauge>?

    init(_ gauge: PrometheusGauge, in family: PrometheusFamily<PrometheusGauge>?) {
        self.gauge = gauge
        self.family = family
    }

    func set(_ value: Int64) {
        self.gauge.set(Double(value))
    }

    func set(_ value: Double) {
        self.gauge.set(value)
    }

    func increment(by amount: Double) {
        self.gauge.increment(by: amount)
    }

    func decrement(by amount: Double) {
        self.gauge.decrement(by: amount)
    }

    func record(_ value: Int64) {
        self.gauge.set(Double(value))
    }

    func record(_ value: Double) {
        self.gauge.set(value)
    }

    func removeFromRegistry() {
        self.family?.remove(self.gauge)
    }
}

/// A timer of swift-metrics, or a recorder that aggregates.
final class HistogramAdapter: TimerHandler, RecorderHandler {
    private let histogram: PrometheusHistogram
    private let family: PrometheusFamily<PrometheusHistogram>?

    init(_ histogram: PrometheusHistogram, in family: PrometheusFamily<PrometheusHistogram>?) {
        self.histogram = histogram
        self.family = family
    }

    func recordNanoseconds(_ duration: Int64) {
        self.histogram.observe(Double(duration) / 1e9)
    }

    func record(_ value: Int64) {
        self.histogram.observe(Double(value))
    }

    func record(_ value: Double) {
        self.histogram.observe(value)
    }

    func removeFromRegistry() {
        self.family?.remove(self.histogram)
    }
}
