/// What distinguishes a family from others, checked before it is made.
struct FamilyDefinition {
    let name: String
    let help: String
    let kind: MetricKind
    var labelNames: [String] = []
    var bounds: [Double] = []
    /// Whether each series may have label names of its own, as swift-metrics allows.
    var acceptsAnyLabels = false

    /// Refuses what Prometheus could not parse, and what would be read as something else.
    func validate() throws(PrometheusError) {
        guard Self.isName(self.name, allowingColon: true) else {
            throw PrometheusError(.invalidName, message: "\(String(reflecting: self.name)) is no metric name")
        }
        guard self.kind != .counter || self.name.hasSuffix("_total") else {
            throw PrometheusError(.invalidName, message: "the counter \(self.name) does not end in _total")
        }
        let reserved: Set<String> =
            switch self.kind {
            case .histogram: ["le"]
            case .summary: ["quantile"]
            case .counter, .gauge: []
            }
        var seen: Set<String> = []
        for label in self.labelNames {
            guard Self.isName(label, allowingColon: false), !label.hasPrefix("__"), !reserved.contains(label),
                seen.insert(label).inserted
            else {
                throw PrometheusError(
                    .invalidLabels, message: "\(self.name) cannot have the label \(String(reflecting: label))")
            }
        }
        guard self.bounds.allSatisfy(\.isFinite), zip(self.bounds, self.bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw PrometheusError(.invalidBuckets, message: "the bounds of \(self.name) are not finite and strictly rising")
        }
    }

    private static func isName(_ text: String, allowingColon: Bool) -> Bool {
        guard let first = text.utf8.first, !first.isDigit else { return false }
        return text.utf8.allSatisfy { $0.isNameByte || (allowingColon && $0 == UInt8(ascii: ":")) }
    }
}

extension UInt8 {
    var isDigit: Bool { UInt8(ascii: "0") <= self && self <= UInt8(ascii: "9") }

    /// Whether this byte may stand in a label name: a letter, a digit or an underscore.
    var isNameByte: Bool {
        let lowercased = self | 0x20
        return self.isDigit || self == UInt8(ascii: "_") || (UInt8(ascii: "a") <= lowercased && lowercased <= UInt8(ascii: "z"))
    }
}
