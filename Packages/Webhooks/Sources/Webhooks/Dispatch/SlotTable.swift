import Persistence

/// An endpoint with deliveries that wait.
struct BusyEndpoint: Hashable, Sendable {
    let id: String
    /// When its next attempt may begin.
    let dueAt: Timestamp
    /// Whether its last attempt failed.
    let isFailing: Bool
}

/// How many attempts run, in all and to each endpoint, and who may begin more.
///
/// Endpoints that fail, which are those that are slow, get one place each and half of all places together, so that those that work
/// always find room.
struct SlotTable {
    /// Places given to an endpoint.
    struct Allotment: Hashable {
        let endpointID: String
        let isFailing: Bool
        var count: Int
    }

    private let limit: Int
    private let endpointLimit: Int
    private var counts: [String: Int] = [:]
    private(set) var total = 0
    private var failingTotal = 0

    init(limit: Int, endpointLimit: Int) {
        self.limit = limit
        self.endpointLimit = endpointLimit
    }

    private var failingLimit: Int { max(1, self.limit / 2) }

    /// Gives places to endpoints, one round after the other, those that have waited longest first.
    mutating func allot(_ endpoints: [BusyEndpoint]) -> [Allotment] {
        let waiting = endpoints.sorted { ($0.dueAt, $0.id) < ($1.dueAt, $1.id) }
        var allotments = waiting.map { Allotment(endpointID: $0.id, isFailing: $0.isFailing, count: 0) }
        var hasGiven = true
        while hasGiven, self.total < self.limit {
            hasGiven = false
            for index in allotments.indices where self.take(allotments[index].endpointID, allotments[index].isFailing) {
                allotments[index].count += 1
                hasGiven = true
            }
        }
        return allotments.filter { $0.count > 0 }
    }

    /// Takes places back.
    mutating func release(_ endpointID: String, isFailing: Bool, count: Int = 1) {
        let left = self.counts[endpointID, default: 0] - count
        self.counts[endpointID] = left > 0 ? left : nil
        self.total -= count
        if isFailing { self.failingTotal -= count }
    }

    private mutating func take(_ endpointID: String, _ isFailing: Bool) -> Bool {
        guard self.total < self.limit, !isFailing || self.failingTotal < self.failingLimit,
            self.counts[endpointID, default: 0] < (isFailing ? 1 : self.endpointLimit)
        else { return false }
        self.counts[endpointID, default: 0] += 1
        self.total += 1
        if isFailing { self.failingTotal += 1 }
        return true
    }
}
