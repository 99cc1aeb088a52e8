public import CoreMetrics

/// Lets libraries that report through swift-metrics appear in a ``PrometheusRegistry``.
///
/// | swift-metrics | becomes | name |
/// | --- | --- | --- |
/// | `Counter`, `FloatingPointCounter` | counter | ends in `_total` |
/// | `Meter`, `Gauge` | gauge | as given |
/// | `Recorder` | histogram with ``PrometheusConfiguration/recorderBuckets`` | as given |
/// | `Timer` | histogram in seconds with ``PrometheusConfiguration/timerBuckets`` | ends in `_seconds` |
///
/// Characters that Prometheus does not know become underscores: `hb.request.duration` turns to
/// `hb_request_duration_seconds`. Dimensions become labels. The same label may come with different dimensions each time; all
/// series stay in one family. What finds no place — the name belongs to another type, or the registry is full — is recorded
/// nowhere and counted in `gatehouse_metrics_dropped_series_total`.
///
/// ```swift
/// MetricsSystem.bootstrap(PrometheusMetricsFactory(registry: registry))
/// ```
public struct PrometheusMetricsFactory: MetricsFactory {
    private let registry: PrometheusRegistry

    /// Creates a factory that reports to `registry`.
    public init(registry: PrometheusRegistry) {
        self.registry = registry
    }

    /// A counter whose name ends in `_total`.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.counterHandler(label, dimensions)
    }

    /// A counter whose name ends in `_total`.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.counterHandler(label, dimensions)
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.gaugeHandler(label, dimensions)
    }

    /// A histogram, or a gauge of the last value when nothing is aggregated.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return self.gaugeHandler(label, dimensions) }
        return self.histogramHandler(MetricName.sanitized(label), label, dimensions, self.registry.configuration.recorderBuckets)
    }

    /// A histogram in seconds whose name ends in `_seconds`.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = MetricName.sanitized(label, suffix: "_seconds")
        return self.histogramHandler(name, label, dimensions, self.registry.configuration.timerBuckets)
    }

    /// Forgets the series; what is recorded later is not shown. The same holds for everybody who shares it.
    public func destroyCounter(_ handler: any CounterHandler) {
        (handler as? CounterAdapter)?.removeFromRegistry()
    }

    /// Forgets the series; what is recorded later is not shown.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        (handler as? CounterAdapter)?.removeFromRegistry()
    }

    /// Forgets the series; what is recorded later is not shown.
    public func destroyMeter(_ handler: any MeterHandler) {
        (handler as? GaugeAdapter)?.removeFromRegistry()
    }

    /// Forgets the series; what is recorded later is not shown.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        (handler as? GaugeAdapter)?.removeFromRegistry()
        (handler as? HistogramAdapter)?.removeFromRegistry()
    }

    /// Forgets the series; what is recorded later is not shown.
    public func destroyTimer(_ handler: any TimerHandler) {
        (handler as? HistogramAdapter)?.removeFromRegistry()
    }

    private func counterHandler(_ label: String, _ dimensions: [(String, String)]) -> CounterAdapter {
        let name = MetricName.sanitized(label, suffix: "_total")
        let definition = self.definition(name, label, .counter)
        let place = self.place(name, dimensions) { () throws(PrometheusError) in try self.registry.counters(definition) }
        return CounterAdapter(place.instrument ?? PrometheusCounter(), in: place.family)
    }

    private func gaugeHandler(_ label: String, _ dimensions: [(String, String)]) -> GaugeAdapter {
        let name = MetricName.sanitized(label)
        let definition = self.definition(name, label, .gauge)
        let place = self.place(name, dimensions) { () throws(PrometheusError) in try self.registry.gauges(definition) }
        return GaugeAdapter(place.instrument ?? PrometheusGauge(), in: place.family)
    }

    private func histogramHandler(
        _ name: String, _ label: String, _ dimensions: [(String, String)], _ bounds: [Double]
    ) -> HistogramAdapter {
        let definition = self.definition(name, label, .histogram, bounds: bounds)
        let place = self.place(name, dimensions) { () throws(PrometheusError) in try self.registry.histograms(definition) }
        return HistogramAdapter(place.instrument ?? PrometheusHistogram(bounds: []), in: place.family)
    }

    private func definition(_ name: String, _ label: String, _ kind: MetricKind, bounds: [Double] = []) -> FamilyDefinition {
        FamilyDefinition(
            name: name, help: "Reported by a library as \(label).", kind: kind, bounds: bounds, acceptsAnyLabels: true)
    }

    private func place<Instrument>(
        _ name: String,
        _ dimensions: [(String, String)],
        family: () throws(PrometheusError) -> PrometheusFamily<Instrument>
    ) -> (family: PrometheusFamily<Instrument>?, instrument: Instrument?) {
        do {
            let family = try family()
            return (family, family.instrument(forPairs: MetricName.labels(dimensions)))
        } catch {
            self.registry.countDropped(family: name)
            return (nil, nil)
        }
    }
}
