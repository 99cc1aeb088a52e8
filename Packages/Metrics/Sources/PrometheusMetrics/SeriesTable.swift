import Synchronization

/// The series of one family by their label values, up to a bound.
///
/// Not generic over the instrument: other modules would otherwise run the unspecialised code, at ten times the time a look-up.
final class SeriesTable: Sendable {
    typealias Pairs = [(name: String, value: String)]

    struct Series {
        let labels: SeriesLabels
        let instrument: any AnyObject & Sendable
    }

    private let make: @Sendable () -> any AnyObject & Sendable
    private let series = Mutex<[LabelKey: Series]>([:])

    init(make: @escaping @Sendable () -> any AnyObject & Sendable) {
        self.make = make
    }

    var count: Int { self.series.withLock { $0.count } }

    /// All series, in the order of their labels.
    var sorted: [Series] {
        self.series.withLock { Array($0.values) }
            .sorted { $0.labels.text.utf8.lexicographicallyPrecedes($1.labels.text.utf8) }
    }

    /// The instrument for a key; a new one is made while there are fewer series than `maximum` and the key is admitted.
    func instrument(
        for key: LabelKey, maximum: Int, ifAdmitted isAdmitted: (LabelKey) -> Bool, pairs: (LabelKey) -> Pairs
    ) -> (any AnyObject & Sendable)? {
        self.series.withLock { series in
            if let known = series[key] { return known.instrument }
            guard series.count < maximum, isAdmitted(key) else { return nil }
            return self.add(key, pairs(key), to: &series)
        }
    }

    /// The instrument for a key that is admitted however many series there are.
    func instrument(for key: LabelKey, pairs: Pairs) -> any AnyObject & Sendable {
        self.series.withLock { series in
            series[key]?.instrument ?? self.add(key, pairs, to: &series)
        }
    }

    func remove(_ instrument: any AnyObject & Sendable) {
        self.series.withLock { series in
            for (key, value) in series where value.instrument === instrument { series[key] = nil }
        }
    }

    private func add(
        _ key: LabelKey, _ pairs: Pairs, to series: inout sending [LabelKey: Series]
    ) -> any AnyObject & Sendable {
        let new = Series(labels: SeriesLabels(pairs), instrument: self.make())
        series[key] = new
        return new.instrument
    }
}
