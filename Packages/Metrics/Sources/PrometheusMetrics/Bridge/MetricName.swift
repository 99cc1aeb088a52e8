/// Names of swift-metrics made fit for Prometheus.
enum MetricName {
    /// Replaces what may not stand in a metric name by underscores, and appends the suffix unless the name ends in it.
    static func sanitized(_ label: String, suffix: String = "") -> String {
        let name = self.sanitized(label) { $0.isNameByte || $0 == UInt8(ascii: ":") }
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// Dimensions as labels, sorted by name; of two with one name after replacement the first stays.
    static func labels(_ dimensions: [(String, String)]) -> [(name: String, value: String)] {
        var seen: Set<String> = []
        return dimensions.map { (name: self.labelName($0.0), value: $0.1) }
            .filter { seen.insert($0.name).inserted }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// `le` belongs to histograms, `quantile` to summaries, and two leading underscores to Prometheus itself.
    private static func labelName(_ dimension: String) -> String {
        let name = self.sanitized(dimension, isAllowed: \.isNameByte)
        return name == "le" || name == "quantile" || name.hasPrefix("__") ? "label_" + name : name
    }

    private static func sanitized(_ text: String, isAllowed: (UInt8) -> Bool) -> String {
        let first = text.utf8.first
        let needsPrefix = first.map(\.isDigit) ?? true
        let bytes = text.unicodeScalars.map { scalar -> UInt8 in
            guard let byte = UInt8(exactly: scalar.value), isAllowed(byte) else { return UInt8(ascii: "_") }
            return byte
        }
        return (needsPrefix ? "_" : "") + String(decoding: bytes, as: UTF8.self)
    }
}
