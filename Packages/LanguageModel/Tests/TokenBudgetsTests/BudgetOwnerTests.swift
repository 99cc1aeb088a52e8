import Identity
import LanguageModel
import RateLimit
import Testing
import TokenBudgets

@Suite("Owners of budgets")
struct BudgetOwnerTests {
    private static let address = IPAddress("192.0.2.7")

    @Test("are callers by kind and id, whatever their address and key; others are hosts")
    func names() {
        let ada = BudgetOwner.user("ada")
        let otherKey = Caller(id: CallerID(unchecked: "ada"), kind: .user, keyID: KeyID(unchecked: "k2"))
        let gateway = Caller(id: CallerID(unchecked: "ada"), kind: .gatewayCaller)
        #expect(BudgetOwner(ada, at: Self.address) == BudgetOwner(otherKey, at: IPAddress("192.0.2.8")))
        #expect(BudgetOwner(ada) != BudgetOwner(gateway))
        #expect(BudgetOwner(ada, at: Self.address) != BudgetOwner(.user("ben"), at: Self.address))
        #expect(BudgetOwner(.anonymous, at: Self.address) != BudgetOwner(.anonymous, at: IPAddress("192.0.2.8")))
        #expect(BudgetOwner(.anonymous, at: Self.address) == BudgetOwner(.anonymous, at: IPAddress("::ffff:192.0.2.7")))
        #expect(BudgetOwner(.anonymous, at: IPAddress("2001:db8::1")) == BudgetOwner(.anonymous, at: IPAddress("2001:db8::2")))
        #expect(
            BudgetOwner(.anonymous, at: IPAddress("2001:db8:0:1::1")) != BudgetOwner(.anonymous, at: IPAddress("2001:db8::1")))
        // Not equal to a user who is called like the address, nor to a name that only looks alike.
        #expect(BudgetOwner(.anonymous, at: Self.address) != BudgetOwner(.user("192.0.2.7")))
        #expect(BudgetOwner(.user("é")) != BudgetOwner(.user("e\u{301}")))
    }

    @Test("have a budget of their own however long their names are")
    func longNames() async throws {
        let budget = try TokenBudget(dailyTokens: 10, store: InProcessRateLimitStore(memoryBytes: 1 << 20))
        let name = String(repeating: "a", count: 10_000)
        #expect(await budget.reserve(10, for: BudgetOwner(.user(name))).lease != nil)
        #expect(await budget.reserve(1, for: BudgetOwner(.user(name))).refusal?.reason == .exhausted)
        #expect(await budget.reserve(10, for: BudgetOwner(.user(name + "b"))).lease != nil)
    }

    @Test("pay an estimate that no question exceeds")
    func estimates() {
        var question = ModelQuestion([.system("Be brief."), .user("日本語")], for: .query)
        #expect(TokenBudget.estimate(for: question, maximumTokens: 300) == 9 + 9 + 2 * 16 + 32 + 300)
        #expect(TokenBudget.estimate(for: question, maximumTokens: -1) == 82)
        #expect(TokenBudget.estimate(for: question, maximumTokens: .max) == .max)
        question.messages = []
        #expect(TokenBudget.estimate(for: question, maximumTokens: 1) == 33)
        #expect(TokenEstimate.tokens(in: "日本語") <= 9)
    }
}

extension Caller {
    fileprivate static func user(_ id: String) -> Caller { BudgetOwner.user(id) }
}
