import Auth

/// How long it takes to say who presents a key, or that nobody does.
enum LookUpBenchmark {
    enum Question: String, CaseIterable {
        case known = "known"
        case unknown = "unknown, of our form"
        case older = "unknown, of another form"

        /// How many are asked in a row for one figure.
        var count: Int { self == .older ? 20 : 500 }
    }

    static func row(
        _ store: BenchmarkStore.Kind, _ question: Question, small: BenchmarkStore, large: BenchmarkStore
    ) async throws -> String {
        var figures: (small: [Double], large: [Double]) = ([], [])
        for round in 0..<11 {
            let isSmallFirst = round.isMultiple(of: 2)
            let first = try await self.microseconds(question, in: isSmallFirst ? small : large, round: round)
            let second = try await self.microseconds(question, in: isSmallFirst ? large : small, round: round)
            let (few, many) = isSmallFirst ? (first, second) : (second, first)
            // The first round warms both up.
            if round > 0 {
                figures.small.append(few)
                figures.large.append(many)
            }
        }
        let (few, many) = (self.median(figures.small), self.median(figures.large))
        return "| \(store.rawValue) | \(question.rawValue) | \(Int(few.rounded())) | \(Int(many.rounded())) | "
            + "\((many / few * 100).rounded() / 100) |"
    }

    /// The time for one look-up.
    private static func microseconds(_ question: Question, in store: BenchmarkStore, round: Int) async throws -> Double {
        let authority = store.authority()
        var keys: [String] = []
        for number in 0..<question.count {
            switch question {
            case .known: keys.append(store.knownKey)
            case .unknown: keys.append(try APIKey().text)
            // Each for the first time, so that each is tried against ten rows.
            case .older: keys.append("nobody-\(round)-\(number)")
            }
        }
        let clock = ContinuousClock()
        let start = clock.now
        for key in keys {
            let caller = try await authority.caller(presenting: key)
            precondition((caller != nil) == (question == .known), "only the known key has a caller")
        }
        return start.duration(to: clock.now) / .microseconds(1) / Double(keys.count)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
