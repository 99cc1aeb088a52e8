/// Collects a scrape in the text format 0.0.4.
///
/// Source: Prometheus, "Exposition formats", text-based format,
/// https://prometheus.io/docs/instrumenting/exposition_formats/
struct ExpositionWriter {
    private(set) var bytes: [UInt8] = []

    mutating func header(name: String, help: String, kind: MetricKind) {
        self.append("# HELP ")
        self.append(name)
        self.append(" ")
        for byte in help.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): self.append("\\\\")
            case UInt8(ascii: "\n"): self.append("\\n")
            default: self.bytes.append(byte)
            }
        }
        self.append("\n# TYPE ")
        self.append(name)
        self.append(" ")
        self.append(kind.rawValue)
        self.append("\n")
    }

    mutating func sample(_ name: String, suffix: String = "", labels: String, value: Double) {
        self.append(name)
        self.append(suffix)
        self.append(labels)
        self.append(value: value)
    }

    /// Writes the buckets, the count and the sum; `bounds` are the texts of all bounds, `+Inf` included.
    mutating func histogram(
        _ name: String, labels: SeriesLabels, bounds: [String], _ snapshot: PrometheusHistogram.Snapshot
    ) {
        for (bound, count) in zip(bounds, snapshot.cumulativeCounts) {
            self.append(name)
            self.append("_bucket{")
            self.append(labels.beforeBound)
            self.append("le=\"")
            self.append(bound)
            self.append("\"")
            self.append(labels.afterBound)
            self.append("}")
            self.append(value: Double(count))
        }
        self.sample(name, suffix: "_count", labels: labels.text, value: Double(snapshot.count))
        self.sample(name, suffix: "_sum", labels: labels.text, value: snapshot.sum)
    }

    private mutating func append(_ text: String) {
        self.bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(value: Double) {
        self.append(" ")
        self.append(PrometheusNumber.text(value))
        self.append("\n")
    }
}

/// The types that the text format knows, as its `# TYPE` line names them.
enum MetricKind: String, Sendable {
    case counter, gauge, histogram, summary

    /// What the samples of this type append to the family's name.
    var suffixes: [String] {
        switch self {
        case .counter, .gauge: [""]
        case .histogram: ["", "_bucket", "_count", "_sum"]
        case .summary: ["", "_count", "_sum"]
        }
    }
}
