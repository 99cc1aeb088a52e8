import Identity
import LanguageModel
import RateLimit
import TestKit
import Testing
import TokenBudgets

@Suite("Budgets of tokens")
struct TokenBudgetTests {
    @Test("are never overspent by fifty callers at once", arguments: BudgetPlace.allCases)
    func concurrent(in place: BudgetPlace) async throws {
        try await withStore(in: place) { store in
            let budget = try TokenBudget(dailyTokens: 1_000, store: store)
            let granted = await withTaskGroup(of: TokenReservation.self) { tasks in
                for _ in 0..<50 { tasks.addTask { await budget.reserve(30, for: .ada) } }
                return await tasks.reduce(into: [TokenLease]()) { if let lease = $1.lease { $0.append(lease) } }
            }
            #expect(granted.count == 33)
            #expect(await budget.standing(of: .ada)?.used == 990)
            let refusal = try #require(await budget.reserve(30, for: .ada).refusal)
            #expect(refusal.reason == .exhausted && refusal.remaining == 10 && refusal.dailyTokens == 1_000)
            #expect((1...86_400).contains(refusal.retryAfterSeconds ?? 0))
            // What is left may be used by whoever asks for less, and others are not concerned.
            #expect(await budget.reserve(10, for: .ada).lease?.estimate == 10)
            #expect(await budget.standing(of: .ben)?.remaining == 1_000)
        }
    }

    @Test("are never overspent while others settle, and hold exactly what was used in the end", arguments: BudgetPlace.allCases)
    func concurrentSettlements(in place: BudgetPlace) async throws {
        try await withStore(in: place) { store in
            let budget = try TokenBudget(dailyTokens: 2_000, store: store)
            let charged = Tally()
            let used = await withTaskGroup(of: Int.self) { tasks in
                for number in 0..<50 {
                    tasks.addTask {
                        var generator = SeededGenerator(seed: TestRun.seed &+ UInt64(number))
                        var used = 0
                        for _ in 0..<8 {
                            guard let lease = await budget.reserve(100, for: .ada).lease else { continue }
                            let held = charged.add(100)
                            #expect(held <= 2_000, "running questions and what was used are within the budget")
                            let actual = Int.random(in: 0...100, using: &generator)
                            // Before the store frees it, so that nobody sees more than there is.
                            charged.add(actual - 100)
                            #expect(await budget.settle(lease, actual: actual) == .settled)
                            used += actual
                        }
                        return used
                    }
                }
                return await tasks.reduce(0, +)
            }
            #expect(used <= 2_000 && used > 0)
            #expect(await budget.standing(of: .ada)?.used == used)
            #expect(await budget.reserve(2_001 - used, for: .ada).refusal?.reason == (used > 0 ? .exhausted : .aboveBudget))
            if used < 2_000 { #expect(await budget.reserve(2_000 - used, for: .ada).lease != nil) }
        }
    }

    @Test("are settled down and up, once, whoever settles", arguments: BudgetPlace.allCases)
    func settlements(in place: BudgetPlace) async throws {
        try await withStore(in: place) { store in
            let budget = try TokenBudget(dailyTokens: 100, store: store)
            let lease = try #require(await budget.reserve(80, for: .ada).lease)
            let settlements = await withTaskGroup(of: TokenSettlement.self) { tasks in
                for _ in 0..<10 { tasks.addTask { await budget.settle(lease, actual: 20) } }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(settlements.count { $0 == .settled } == 1 && settlements.count { $0 == .alreadySettled } == 9)
            #expect(await budget.standing(of: .ada)?.used == 20)
            #expect(await budget.settle(lease, actual: 0) == .alreadySettled)

            let second = try #require(await budget.reserve(80, for: .ada).lease)
            #expect(await budget.settle(second, actual: 250) == .settled)
            let standing = try #require(await budget.standing(of: .ada))
            #expect(standing.used == 270 && standing.remaining == 0)
            #expect(await budget.reserve(1, for: .ada).refusal?.reason == .exhausted)

            let negative = try #require(await budget.reserve(50, for: .ben).lease)
            #expect(await budget.settle(negative, actual: -7) == .settled)
            #expect(await budget.standing(of: .ben)?.used == 0)
        }
    }

    @Test("are charged what was used already, also beyond their end", arguments: BudgetPlace.allCases)
    func reports(in place: BudgetPlace) async throws {
        try await withStore(in: place) { store in
            let budget = try TokenBudget(dailyTokens: 100, store: store)
            await budget.charge(0, to: .ada)
            await budget.charge(-5, to: .ada)
            #expect(await budget.standing(of: .ada)?.used == 0)
            await budget.charge(60, to: .ada)
            #expect(await budget.standing(of: .ada)?.used == 60)
            await budget.charge(90, to: .ada)
            #expect(await budget.standing(of: .ada)?.used == 150)
            await budget.charge(.max, to: .ada)
            #expect(await budget.standing(of: .ada)?.remaining == 0)
            await budget.charge(.max, to: .ben)
            #expect(await budget.standing(of: .ben)?.remaining == 0)
        }
    }

    @Test("say when an estimate can never pass, and take no number for a trap", arguments: BudgetPlace.allCases)
    func extremes(in place: BudgetPlace) async throws {
        try await withStore(in: place) { store in
            let budget = try TokenBudget(dailyTokens: 100, store: store)
            for tokens in [101, Int.max] {
                let refusal = try #require(await budget.reserve(tokens, for: .ada).refusal)
                #expect(refusal.reason == .aboveBudget && refusal.retryAfterSeconds == nil && refusal.remaining == 100)
            }
            for tokens in [0, -1, Int.min] { #expect(await budget.reserve(tokens, for: .ada).lease?.estimate == 1) }
            let lease = try #require(await budget.reserve(1, for: .ben).lease)
            #expect(await budget.settle(lease, actual: .max) == .settled)
            #expect(await budget.standing(of: .ben)?.remaining == 0)
        }
    }

    @Test(
        "leave the estimate where nobody settles, and settle also for a task that was cancelled", arguments: BudgetPlace.allCases)
    func cancellation(in place: BudgetPlace) async throws {
        try await withStore(in: place) { store in
            let budget = try TokenBudget(dailyTokens: 100, store: store)
            let died = Task { _ = await budget.reserve(40, for: .ada) }
            await died.value
            #expect(await budget.standing(of: .ada)?.used == 40)

            let (gate, opening) = AsyncStream.makeStream(of: Void.self)
            let cancelled = Task {
                for await _ in gate { break }
                guard let lease = await budget.reserve(50, for: .ada).lease else { return TokenSettlement.estimateStays }
                return await budget.settle(lease, actual: 5)
            }
            cancelled.cancel()
            opening.finish()
            #expect(await cancelled.value == .settled)
            #expect(await budget.standing(of: .ada)?.used == 45)
        }
    }

    @Test("last a day from the first token on, and give nothing back to another day")
    func clock() async throws {
        let clock = ManualClock()
        let store = try InProcessRateLimitStore(memoryBytes: 1 << 20) {
            RateLimitInstant(offset: clock.now.offset)
        }
        let budget = try TokenBudget(dailyTokens: 100, store: store)
        let late = try #require(await budget.reserve(100, for: .ada).lease)
        clock.advance(by: .seconds(3_600))
        let refusal = try #require(await budget.reserve(1, for: .ada).refusal)
        #expect(refusal.retryAfterSeconds == 82_800)
        clock.advance(by: .seconds(82_799))
        #expect(await budget.reserve(1, for: .ada).refusal?.retryAfterSeconds == 1)
        clock.advance(by: .seconds(1))
        #expect(await budget.reserve(60, for: .ada).lease != nil)
        #expect(await budget.settle(late, actual: 0) == .settled)
        #expect(await budget.standing(of: .ada)?.used == 60, "nothing of the new day was given back")
        #expect(await budget.standing(of: .ada)?.resetAfterSeconds == 86_400)
    }

    @Test("are 1 to a billion of thousands", arguments: [0, -1, 1_000_000_000_001])
    func range(_ tokens: Int) throws {
        let store = try InProcessRateLimitStore(memoryBytes: 1 << 20)
        #expect(throws: RateLimitError(.invalidQuota, message: "")) { try TokenBudget(dailyTokens: tokens, store: store) }
    }
}
