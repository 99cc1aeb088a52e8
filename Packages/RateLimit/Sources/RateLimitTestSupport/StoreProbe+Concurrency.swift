import RateLimit

extension StoreProbe {
    func admitsExactlyTheLimitConcurrently() async throws {
        let check = RateLimitCheck(try self.rule("probe", 50), try self.key())
        let store = self.store
        let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    var admitted = 0
                    for _ in 0..<20 where try await store.decide([check]).isAllowed { admitted += 1 }
                    return admitted
                }
            }
            return try await group.reduce(0, +)
        }
        try self.expect(admitted == 50, "\(admitted) of 320 were admitted, not 50")
    }

    func consumesWhatItGrantsConcurrently() async throws {
        let rules = [try self.rule("first", 60), try self.rule("second", 40), try self.rule("third", 90)]
        let key = try self.key()
        let store = self.store
        let granted = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for task in 0..<12 {
                group.addTask {
                    var granted: [Int64] = [0, 0, 0]
                    for call in 0..<15 {
                        let places = (task + call) % 2 == 0 ? [0, 1] : [2, 1, 0]
                        let cost = Int64(call % 3 + 1)
                        let checks = try places.map { try RateLimitCheck(rules[$0], key, cost: cost) }
                        guard try await store.decide(checks).isAllowed else { continue }
                        for place in places { granted[place] += cost }
                    }
                    return granted
                }
            }
            return try await group.reduce([0, 0, 0]) { sums, granted in zip(sums, granted).map(+) }
        }
        for (rule, granted) in zip(rules, granted) {
            let usage = try await store.usage(of: rule, for: key)
            try self.expect(
                usage.used == granted && granted <= rule.quota.limit, "\(rule.name): \(usage.used) used, \(granted) granted")
        }
    }

    func settlesOnce() async throws {
        let rule = try self.rule("probe", 10)
        let reservation = try await self.store.reserve([RateLimitCheck(rule, try self.key(), cost: 8)])
        guard let lease = reservation.lease else { return try self.expect(false, "no lease") }
        let store = self.store
        let settled = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { try await store.settle(lease, actual: 3) == .settled } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        try self.expect(settled == 1, "the lease was settled \(settled) times")
        let usage = try await self.store.usage(of: rule, for: try self.key())
        try self.expect(usage.used <= 3 && usage.used >= 0, "\(usage.used) are used after settling 8 to 3")
        let denied = try await self.store.reserve([RateLimitCheck(rule, try self.key(), cost: 9)])
        try self.expect(denied.lease == nil, "a refused reservation has a lease")
    }

    func settlesBeyondTheLimit() async throws {
        let rule = try self.rule("probe", 10)
        let reservation = try await self.store.reserve([RateLimitCheck(rule, try self.key(), cost: 8)])
        guard let lease = reservation.lease else { return try self.expect(false, "no lease") }
        _ = try await self.store.settle(lease, actual: 25)
        let verdict = try await self.store.decide([RateLimitCheck(rule, try self.key())])
        try self.expect(!verdict.isAllowed && verdict.rules[0].remaining == 0, "after 25 of 10: \(verdict.rules[0])")
    }
}
