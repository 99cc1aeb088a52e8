import Synchronization

/// The metrics of a program, made once at start and shown as Prometheus text at every scrape.
///
/// Making a metric that exists already returns the existing one, so two parts of a program may share it; the same name with
/// another type, other labels or other buckets is refused. All methods are safe from any thread; families and instruments
/// live as long as the registry.
///
/// Memory is bounded: see ``PrometheusConfiguration``.
public final class PrometheusRegistry: Sendable {
    /// The content type of ``render()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct State {
        var families: [String: any AnyFamily] = [:]
        /// Every name that a sample may have, with the family that it belongs to.
        var owners: [String: String] = [:]
    }

    /// The bounds that this registry keeps.
    public let configuration: PrometheusConfiguration
    private let dropped: PrometheusFamily<PrometheusCounter>
    private let state: Mutex<State>

    /// Creates an empty registry.
    public init(configuration: PrometheusConfiguration = PrometheusConfiguration()) {
        self.configuration = configuration
        let definition = FamilyDefinition(
            name: "gatehouse_metrics_dropped_series_total",
            help: "Look-ups of new label sets that were turned away because the family was full or the labels unfit.",
            kind: .counter,
            labelNames: ["family"]
        )
        var bounds = configuration
        bounds.maximumSeriesPerFamily = configuration.maximumFamilies
        self.dropped = .counters(definition, configuration: bounds, dropped: nil)
        self.state = Mutex(
            State(families: [definition.name: self.dropped], owners: [definition.name: definition.name]))
    }

    /// A counter without labels.
    ///
    /// - Parameters:
    ///   - name: Ends in `_total`, with the unit before it: `llm_tokens_total`.
    ///   - help: One sentence for whoever reads the metric.
    /// - Throws: ``PrometheusError`` with code `invalidName`, `conflict` or `tooManyFamilies`.
    public func counter(_ name: String, help: String) throws(PrometheusError) -> PrometheusCounter {
        try self.counter(name, help: help, labels: []).with(values: [])
    }

    /// Counters that differ by labels.
    ///
    /// - Parameters:
    ///   - name: Ends in `_total`.
    ///   - help: One sentence for whoever reads the metric.
    ///   - labels: The label names, in the order in which ``PrometheusFamily/with(_:_:)`` takes the values; the values must come
    ///     from a small closed set.
    /// - Throws: ``PrometheusError`` with code `invalidName`, `invalidLabels`, `conflict` or `tooManyFamilies`.
    public func counter(
        _ name: String, help: String, labels: [String]
    ) throws(PrometheusError) -> PrometheusFamily<PrometheusCounter> {
        try self.counters(FamilyDefinition(name: name, help: help, kind: .counter, labelNames: labels))
    }

    /// A gauge without labels.
    ///
    /// - Throws: ``PrometheusError`` with code `invalidName`, `conflict` or `tooManyFamilies`.
    public func gauge(_ name: String, help: String) throws(PrometheusError) -> PrometheusGauge {
        try self.gauge(name, help: help, labels: []).with(values: [])
    }

    /// Gauges that differ by labels.
    ///
    /// - Throws: ``PrometheusError`` with code `invalidName`, `invalidLabels`, `conflict` or `tooManyFamilies`.
    public func gauge(
        _ name: String, help: String, labels: [String]
    ) throws(PrometheusError) -> PrometheusFamily<PrometheusGauge> {
        try self.gauges(FamilyDefinition(name: name, help: help, kind: .gauge, labelNames: labels))
    }

    /// A histogram without labels.
    ///
    /// - Parameters:
    ///   - name: Ends in the base unit: `ratelimiter_check_duration_seconds`.
    ///   - help: One sentence for whoever reads the metric.
    ///   - buckets: Upper bounds in that unit, finite and strictly rising; a last bound of `+Inf` may be given and is implied.
    /// - Throws: ``PrometheusError`` with code `invalidName`, `invalidBuckets`, `conflict` or `tooManyFamilies`.
    public func histogram(
        _ name: String, help: String, buckets: [Double] = PrometheusBuckets.durations
    ) throws(PrometheusError) -> PrometheusHistogram {
        try self.histogram(name, help: help, labels: [], buckets: buckets).with(values: [])
    }

    /// Histograms that differ by labels and share their buckets.
    ///
    /// - Throws: ``PrometheusError`` with code `invalidName`, `invalidLabels`, `invalidBuckets`, `conflict` or
    ///   `tooManyFamilies`.
    public func histogram(
        _ name: String, help: String, labels: [String], buckets: [Double] = PrometheusBuckets.durations
    ) throws(PrometheusError) -> PrometheusFamily<PrometheusHistogram> {
        let bounds = buckets.last == .infinity ? Array(buckets.dropLast()) : buckets
        return try self.histograms(
            FamilyDefinition(name: name, help: help, kind: .histogram, labelNames: labels, bounds: bounds))
    }

    /// A summary of count and sum without labels.
    ///
    /// - Throws: ``PrometheusError`` with code `invalidName`, `conflict` or `tooManyFamilies`.
    public func summary(_ name: String, help: String) throws(PrometheusError) -> PrometheusSummary {
        try self.summary(name, help: help, labels: []).with(values: [])
    }

    /// Summaries of count and sum that differ by labels.
    ///
    /// - Throws: ``PrometheusError`` with code `invalidName`, `invalidLabels`, `conflict` or `tooManyFamilies`.
    public func summary(
        _ name: String, help: String, labels: [String]
    ) throws(PrometheusError) -> PrometheusFamily<PrometheusSummary> {
        let definition = FamilyDefinition(name: name, help: help, kind: .summary, labelNames: labels)
        return try self.family(definition) { .summaries(definition, configuration: self.configuration, dropped: self.dropped) }
    }

    /// A gauge whose value is read at each scrape.
    ///
    /// - Parameter read: Called by ``render()`` on its thread, outside all locks; must be quick. `nil` leaves the metric out of
    ///   that scrape.
    /// - Throws: ``PrometheusError`` with code `invalidName`, `conflict` or `tooManyFamilies`; a name is taken once only.
    public func gauge(
        _ name: String, help: String, reading read: @escaping @Sendable () -> Double?
    ) throws(PrometheusError) {
        try self.observe(FamilyDefinition(name: name, help: help, kind: .gauge), read)
    }

    /// A counter whose total is kept elsewhere and read at each scrape; otherwise like ``gauge(_:help:reading:)``.
    ///
    /// - Throws: ``PrometheusError`` with code `invalidName`, `conflict` or `tooManyFamilies`.
    public func counter(
        _ name: String, help: String, reading read: @escaping @Sendable () -> Double?
    ) throws(PrometheusError) {
        try self.observe(FamilyDefinition(name: name, help: help, kind: .counter), read)
    }

    /// All metrics in the text format 0.0.4, UTF-8, with families in the order of their names and series in that of their labels.
    ///
    /// Costs less than a microsecond per sample; recording goes on meanwhile. Each histogram and summary is consistent in itself.
    public func render() -> [UInt8] {
        let families = self.state.withLock { Array($0.families.values) }
        var writer = ExpositionWriter()
        for family in families.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            if family === self.dropped && family.isEmpty { continue }
            family.write(into: &writer)
        }
        return writer.bytes
    }

    func counters(_ definition: FamilyDefinition) throws(PrometheusError) -> PrometheusFamily<PrometheusCounter> {
        try self.family(definition) { .counters(definition, configuration: self.configuration, dropped: self.dropped) }
    }

    func gauges(_ definition: FamilyDefinition) throws(PrometheusError) -> PrometheusFamily<PrometheusGauge> {
        try self.family(definition) { .gauges(definition, configuration: self.configuration, dropped: self.dropped) }
    }

    func histograms(_ definition: FamilyDefinition) throws(PrometheusError) -> PrometheusFamily<PrometheusHistogram> {
        try self.family(definition) { .histograms(definition, configuration: self.configuration, dropped: self.dropped) }
    }

    /// Counts a metric of swift-metrics that found no place here.
    func countDropped(family: String) {
        self.dropped.with(family).increment()
    }

    private func family<Instrument>(
        _ definition: FamilyDefinition, make: () -> PrometheusFamily<Instrument>
    ) throws(PrometheusError) -> PrometheusFamily<Instrument> {
        try definition.validate()
        let outcome = self.state.withLock { state -> Result<PrometheusFamily<Instrument>, PrometheusError> in
            if let known = state.families[definition.name] as? PrometheusFamily<Instrument>, known.matches(definition) {
                return .success(known)
            }
            let new = make()
            return Self.add(new, definition, to: &state, maximum: self.configuration.maximumFamilies).map { new }
        }
        return try outcome.get()
    }

    private func observe(
        _ definition: FamilyDefinition, _ read: @escaping @Sendable () -> Double?
    ) throws(PrometheusError) {
        try definition.validate()
        let family = ObservedFamily(definition, read: read)
        try self.state.withLock { state in
            Self.add(family, definition, to: &state, maximum: self.configuration.maximumFamilies)
        }.get()
    }

    private static func add(
        _ family: any AnyFamily, _ definition: FamilyDefinition, to state: inout sending State, maximum: Int
    ) -> Result<Void, PrometheusError> {
        let names = definition.kind.suffixes.map { definition.name + $0 }
        for name in names {
            if let owner = state.owners[name] {
                return .failure(
                    PrometheusError(.conflict, message: "\(name) is taken by \(owner), which has another type, labels or buckets")
                )
            }
        }
        guard state.families.count <= maximum else {
            return .failure(
                PrometheusError(.tooManyFamilies, message: "\(definition.name) would be more than \(maximum) families"))
        }
        state.families[definition.name] = family
        for name in names { state.owners[name] = definition.name }
        return .success(())
    }
}
