/// All series of one metric name: one instrument for each set of label values.
///
/// Looking an instrument up costs one hash and a short lock; hold on to the result where the label values are known
/// beforehand. A family admits a bounded number of series (``PrometheusConfiguration/maximumSeriesPerFamily``): past it, and
/// for label values that are too long or of the wrong number, the look-up returns the series whose values are all `other`
/// and `gatehouse_metrics_dropped_series_total{family="…"}` grows. So a caller's mistake costs detail, never memory.
///
/// ```swift
/// let requests = try registry.counter("http_requests_total", help: "Requests served.", labels: ["method", "status"])
/// requests.with("GET", "2xx").increment()
/// ```
public final class PrometheusFamily<Instrument: AnyObject & Sendable>: Sendable {
    /// The metric's name, such as `http_requests_total`.
    public let name: String
    /// The label names in the order in which values are given; empty where swift-metrics brings names along with the values.
    public let labelNames: [String]

    let kind: MetricKind
    let bounds: [Double]
    let acceptsAnyLabels: Bool
    private let help: String
    private let maximumSeries: Int
    private let maximumLabelValueBytes: Int
    private let dropped: PrometheusFamily<PrometheusCounter>?
    private let write: @Sendable (Instrument, String, SeriesLabels, inout ExpositionWriter) -> Void
    private let table: SeriesTable

    init(
        _ definition: FamilyDefinition,
        configuration: PrometheusConfiguration,
        dropped: PrometheusFamily<PrometheusCounter>?,
        make: @escaping @Sendable () -> Instrument,
        write: @escaping @Sendable (Instrument, String, SeriesLabels, inout ExpositionWriter) -> Void
    ) {
        self.name = definition.name
        self.labelNames = definition.labelNames
        self.kind = definition.kind
        self.bounds = definition.bounds
        self.acceptsAnyLabels = definition.acceptsAnyLabels
        self.help = definition.help
        self.maximumSeries = configuration.maximumSeriesPerFamily
        self.maximumLabelValueBytes = configuration.maximumLabelValueBytes
        self.dropped = dropped
        self.table = SeriesTable(make: make)
        self.write = write
    }

    /// The instrument for one label value.
    public func with(_ value: String) -> Instrument {
        self.instrument(for: LabelKey(value))
    }

    /// The instrument for two label values, in the order of ``labelNames``.
    public func with(_ first: String, _ second: String) -> Instrument {
        self.instrument(for: LabelKey(first, second))
    }

    /// The instrument for three label values, in the order of ``labelNames``.
    public func with(_ first: String, _ second: String, _ third: String) -> Instrument {
        self.instrument(for: LabelKey(first, second, third))
    }

    /// The instrument for any number of label values, in the order of ``labelNames``.
    public func with(values: [String]) -> Instrument {
        self.instrument(for: LabelKey(values))
    }

    /// The number of series made so far.
    public var seriesCount: Int { self.table.count }

    /// The instrument for labels that bring their names along, sorted by name, as swift-metrics' dimensions do.
    func instrument(forPairs pairs: [(name: String, value: String)]) -> Instrument {
        self.instrument(for: LabelKey(pairs.flatMap { [$0.name, $0.value] })) { _ in pairs }
    }

    /// Forgets the series of an instrument; what is recorded in it later is not shown.
    func remove(_ instrument: Instrument) {
        self.table.remove(instrument)
    }

    private func instrument(for key: LabelKey) -> Instrument {
        self.instrument(for: key) { Array(zip(self.labelNames, $0.values)) }
    }

    private func instrument(for key: LabelKey, pairs: (LabelKey) -> SeriesTable.Pairs) -> Instrument {
        let found = self.table.instrument(for: key, maximum: self.maximumSeries, ifAdmitted: self.admits, pairs: pairs)
        return self.typed(found ?? self.overflowInstrument())
    }

    private func overflowInstrument() -> any AnyObject & Sendable {
        self.dropped?.with(self.name).increment()
        let pairs = self.acceptsAnyLabels ? [("series", "other")] : self.labelNames.map { ($0, "other") }
        let key = self.acceptsAnyLabels ? LabelKey("series", "other") : LabelKey(pairs.map(\.1))
        return self.table.instrument(for: key, pairs: pairs)
    }

    private func admits(_ key: LabelKey) -> Bool {
        (self.acceptsAnyLabels || key.count == self.labelNames.count)
            && key.values.allSatisfy { $0.utf8.count <= self.maximumLabelValueBytes }
    }

    /// The table holds nothing but what this family's `make` returned, so the type is known; debug builds check it.
    private func typed(_ instrument: any AnyObject & Sendable) -> Instrument {
        unsafeDowncast(instrument, to: Instrument.self)
    }
}

extension PrometheusFamily: AnyFamily {
    var isEmpty: Bool { self.table.count == 0 }

    func write(into writer: inout ExpositionWriter) {
        writer.header(name: self.name, help: self.help, kind: self.kind)
        for series in self.table.sorted {
            self.write(self.typed(series.instrument), self.name, series.labels, &writer)
        }
    }
}
