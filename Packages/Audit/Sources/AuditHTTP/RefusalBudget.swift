/// How many refusals may be recorded, per subject and over all, in windows of a minute.
///
/// Whoever is refused again and again must not fill the journal, nor keep its records from others. What is over the budget is
/// counted, and the counts stand in the next record, which comes when the minute ends at the latest.
struct RefusalBudget {
    static let window = Duration.seconds(60)
    /// Subjects whose unrecorded refusals are counted by name; those of others are counted together.
    static let maximumNames = 32

    /// Refusals that no record tells of yet.
    struct Unrecorded {
        /// All of them.
        private(set) var count = 0
        /// Those of the first subjects that had any.
        private(set) var bySubject: [String: Int] = [:]

        mutating func add(_ number: Int, for subject: String?) {
            self.count = Self.sum(self.count, number)
            guard let subject, self.bySubject[subject] != nil || self.bySubject.count < RefusalBudget.maximumNames else { return }
            self.bySubject[subject] = Self.sum(self.bySubject[subject] ?? 0, number)
        }

        mutating func add(_ other: Unrecorded) {
            let named = other.bySubject.values.reduce(0, Self.sum)
            for (subject, number) in other.bySubject { self.add(number, for: subject) }
            self.add(max(other.count - named, 0), for: nil)
        }

        private static func sum(_ left: Int, _ right: Int) -> Int {
            let (sum, isOver) = left.addingReportingOverflow(right)
            return isOver ? .max : sum
        }
    }

    private let overall: Int
    private var start: Duration?
    private var spent: [String: Int] = [:]
    private var total = 0
    private var unrecorded = Unrecorded()

    /// - Parameter overall: Of all together in a minute, which also bounds the memory.
    init(overall: Int) {
        self.overall = overall
    }

    /// Takes one from the budget, or counts it as unrecorded.
    ///
    /// - Parameters:
    ///   - subject: The caller or address.
    ///   - limit: Of this subject in a minute.
    ///   - now: The time since any fixed instant, which never goes back.
    mutating func take(for subject: String, limit: Int, at now: Duration) -> Bool {
        if self.start.map({ now - $0 >= Self.window }) ?? true {
            self.start = now
            self.spent.removeAll(keepingCapacity: true)
            self.total = 0
        }
        let count = self.spent[subject] ?? 0
        guard count < limit, self.total < self.overall else {
            self.miss(subject)
            return false
        }
        self.spent[subject] = count + 1
        self.total += 1
        return true
    }

    /// Counts one that is not recorded.
    mutating func miss(_ subject: String) {
        self.unrecorded.add(1, for: subject)
    }

    /// Counts again what a record should have told that was not kept.
    mutating func miss(_ unrecorded: Unrecorded) {
        self.unrecorded.add(unrecorded)
    }

    /// What was not recorded; the counts begin anew.
    mutating func takeUnrecorded() -> Unrecorded {
        defer { self.unrecorded = Unrecorded() }
        return self.unrecorded
    }
}
