/// How many refusals may be recorded, per subject and over all, in windows of a minute.
///
/// Whoever is refused again and again must not fill the journal, nor keep its records from others. What is over the budget is
/// counted, and the number stands in the next refusal that is recorded.
struct RefusalBudget {
    static let window = Duration.seconds(60)

    private let perSubject: Int
    private let overall: Int
    private var start: Duration?
    private var spent: [String: Int] = [:]
    private var total = 0
    /// Refusals since the last one that was recorded.
    private(set) var unrecorded = 0

    /// - Parameters:
    ///   - perSubject: Of one caller or address in a minute.
    ///   - overall: Of all together in a minute, which also bounds the memory.
    init(perSubject: Int, overall: Int) {
        self.perSubject = perSubject
        self.overall = overall
    }

    /// Takes one from the budget, or counts it as unrecorded.
    ///
    /// - Parameter now: The time since any fixed instant, which never goes back.
    mutating func take(for subject: String, at now: Duration) -> Bool {
        if self.start.map({ now - $0 >= Self.window }) ?? true {
            self.start = now
            self.spent.removeAll(keepingCapacity: true)
            self.total = 0
        }
        let count = self.spent[subject] ?? 0
        guard count < self.perSubject, self.total < self.overall else {
            self.miss()
            return false
        }
        self.spent[subject] = count + 1
        self.total += 1
        return true
    }

    /// Counts one that is not recorded.
    mutating func miss(_ count: Int = 1) {
        let (sum, isOver) = self.unrecorded.addingReportingOverflow(count)
        self.unrecorded = isOver ? .max : sum
    }

    /// How many were not recorded; the count begins anew.
    mutating func takeUnrecorded() -> Int {
        defer { self.unrecorded = 0 }
        return self.unrecorded
    }
}
