import Identity
import Persistence

/// How many attempts on approvals that do not exist are recorded, per caller and over all, in windows of a minute.
///
/// Whoever guesses names must not fill the ledger. What is over the allowance is answered alike and counted, and the number
/// stands in the next refusal that is recorded. Attempts on approvals that exist are all recorded: each approval was itself
/// asked for, and its losers belong on record.
struct RefusalAllowance {
    private static let window = Duration.seconds(60)

    private let perCaller: Int
    private let overall: Int
    private var start: Timestamp?
    private var spent: [String: Int] = [:]
    private var total = 0
    private var unrecorded = 0

    /// - Parameters:
    ///   - perCaller: Of one caller in a minute.
    ///   - overall: Of all together in a minute, which also bounds the memory.
    init(perCaller: Int, overall: Int) {
        self.perCaller = perCaller
        self.overall = overall
    }

    /// Takes one from the allowance.
    ///
    /// - Parameter now: The time; when it goes back, a new window begins.
    /// - Returns: How many were not recorded since the last one that was; nil when this one is not to be recorded either.
    mutating func take(for party: ApprovalParty?, at now: Timestamp) -> Int? {
        let isOver = self.start.map { now < $0 || $0.duration(to: now) >= Self.window } ?? true
        if isOver {
            self.start = now
            self.spent.removeAll(keepingCapacity: true)
            self.total = 0
        }
        // An identifier has no control character, so no two callers give one text.
        let subject = party.map { "\($0.organisation)\n\($0.kind.rawValue)\n\($0.id)" } ?? ""
        let count = self.spent[subject] ?? 0
        guard count < self.perCaller, self.total < self.overall else {
            self.miss(1)
            return nil
        }
        self.spent[subject] = count + 1
        self.total += 1
        defer { self.unrecorded = 0 }
        return self.unrecorded
    }

    /// Counts some that are not on record.
    mutating func miss(_ count: Int) {
        let (sum, isOver) = self.unrecorded.addingReportingOverflow(count)
        self.unrecorded = isOver ? .max : sum
    }
}
