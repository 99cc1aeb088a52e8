/// A family without the type of its instruments, as the registry keeps it.
protocol AnyFamily: AnyObject, Sendable {
    var name: String { get }
    var isEmpty: Bool { get }

    func write(into writer: inout ExpositionWriter)
}

/// A family of one series whose value is asked for at each scrape.
final class ObservedFamily: AnyFamily {
    let name: String
    private let help: String
    private let kind: MetricKind
    private let read: @Sendable () -> Double?

    init(_ definition: FamilyDefinition, read: @escaping @Sendable () -> Double?) {
        self.name = definition.name
        self.help = definition.help
        self.kind = definition.kind
        self.read = read
    }

    var isEmpty: Bool { false }

    func write(into writer: inout ExpositionWriter) {
        guard let value = self.read() else { return }
        writer.header(name: self.name, help: self.help, kind: self.kind)
        writer.sample(self.name, labels: "", value: value)
    }
}

extension PrometheusFamily {
    /// Whether a second definition of this name means the same family.
    func matches(_ definition: FamilyDefinition) -> Bool {
        self.labelNames == definition.labelNames && self.bounds == definition.bounds
            && self.acceptsAnyLabels == definition.acceptsAnyLabels
    }
}

extension PrometheusFamily<PrometheusCounter> {
    static func counters(
        _ definition: FamilyDefinition, configuration: PrometheusConfiguration, dropped: PrometheusFamily<PrometheusCounter>?
    ) -> PrometheusFamily {
        PrometheusFamily(definition, configuration: configuration, dropped: dropped, make: PrometheusCounter.init) {
            $3.sample($1, labels: $2.text, value: $0.value)
        }
    }
}

extension PrometheusFamily<PrometheusGauge> {
    static func gauges(
        _ definition: FamilyDefinition, configuration: PrometheusConfiguration, dropped: PrometheusFamily<PrometheusCounter>
    ) -> PrometheusFamily {
        PrometheusFamily(definition, configuration: configuration, dropped: dropped, make: PrometheusGauge.init) {
            $3.sample($1, labels: $2.text, value: $0.value)
        }
    }
}

extension PrometheusFamily<PrometheusHistogram> {
    static func histograms(
        _ definition: FamilyDefinition, configuration: PrometheusConfiguration, dropped: PrometheusFamily<PrometheusCounter>
    ) -> PrometheusFamily {
        let bounds = definition.bounds
        let boundTexts = (bounds + [.infinity]).map(PrometheusNumber.text)
        return PrometheusFamily(
            definition, configuration: configuration, dropped: dropped, make: { PrometheusHistogram(bounds: bounds) }
        ) {
            $3.histogram($1, labels: $2, bounds: boundTexts, $0.snapshot())
        }
    }
}

extension PrometheusFamily<PrometheusSummary> {
    static func summaries(
        _ definition: FamilyDefinition, configuration: PrometheusConfiguration, dropped: PrometheusFamily<PrometheusCounter>
    ) -> PrometheusFamily {
        PrometheusFamily(definition, configuration: configuration, dropped: dropped, make: PrometheusSummary.init) {
            let (count, sum) = $0.snapshot()
            $3.sample($1, suffix: "_count", labels: $2.text, value: Double(count))
            $3.sample($1, suffix: "_sum", labels: $2.text, value: sum)
        }
    }
}
