#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How fast operations went, and what they cost their client.
struct Usage {
    let operationsPerSecond: Double
    /// Microseconds of processor time of the client per operation.
    let processorMicroseconds: Double

    /// Runs operations and measures them.
    ///
    /// - Parameters:
    ///   - isChild: Whether a child process does the work, which has ended when the body returns.
    ///   - body: Returns how many operations were done, and how long they took if the body itself does more than that.
    static func measuring(
        isChild: Bool, _ body: () async throws -> (count: Int, seconds: Double?)
    ) async throws -> Usage {
        let processor = Self.processorSeconds(ofChildren: isChild)
        let start = ContinuousClock.now
        let (count, seconds) = try await body()
        let elapsed = seconds ?? (ContinuousClock.now - start) / .seconds(1)
        return Usage(
            operationsPerSecond: Double(count) / elapsed,
            processorMicroseconds: (Self.processorSeconds(ofChildren: isChild) - processor) * 1e6 / Double(max(count, 1)))
    }

    private static func processorSeconds(ofChildren: Bool) -> Double {
        var usage = rusage()
        #if os(Linux)
            let who = (ofChildren ? RUSAGE_CHILDREN : RUSAGE_SELF).rawValue
        #else
            let who = ofChildren ? RUSAGE_CHILDREN : RUSAGE_SELF
        #endif
        getrusage(who, &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}

/// Rounds of two sides that take turns.
struct Comparison {
    private var ours: [Usage] = []
    private var theirs: [Usage] = []

    mutating func add(ours: Usage, theirs: Usage) {
        self.ours.append(ours)
        self.theirs.append(theirs)
    }

    /// A row of the table: the medians of both sides, and the median of the ratios of the rounds.
    func row(_ name: String) -> String {
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        let ratios = zip(self.ours, self.theirs).map { $0.operationsPerSecond / $1.operationsPerSecond }
        let cells = [
            Self.rounded(median(self.ours.map(\.operationsPerSecond)), 0),
            Self.rounded(median(self.theirs.map(\.operationsPerSecond)), 0), Self.rounded(median(ratios), 2),
            Self.rounded(median(self.ours.map(\.processorMicroseconds)), 1),
            Self.rounded(median(self.theirs.map(\.processorMicroseconds)), 1),
        ]
        return "| \(name) | \(cells.joined(separator: " | ")) |"
    }

    static let heading = """
        | measure | ours per s | theirs per s | ratio | our CPU µs | their CPU µs |
        | --- | ---: | ---: | ---: | ---: | ---: |
        """

    private static func rounded(_ value: Double, _ digits: Int) -> String {
        let factor = digits == 0 ? 1.0 : digits == 1 ? 10 : 100
        let number = (value * factor).rounded() / factor
        return digits == 0 ? String(Int(number)) : String(number)
    }
}
