import Identity
import Retrieval
import TokenBudgets

/// What questions to documents may cost their callers: their part of the daily budget.
struct CallerTokens: Retrieval.TokenBudget {
    let budget: TokenBudgets.TokenBudget

    func reserve(_ tokens: Int, for caller: Caller, at address: IPAddress?) async -> (any Retrieval.TokenLease)? {
        let reservation = await self.budget.reserve(tokens, for: BudgetOwner(caller, at: address))
        return reservation.lease.map { Lease(budget: self.budget, lease: $0) }
    }

    private struct Lease: Retrieval.TokenLease {
        let budget: TokenBudgets.TokenBudget
        let lease: TokenBudgets.TokenLease

        func settle(_ tokens: Int) async {
            await self.budget.settle(self.lease, actual: tokens)
        }
    }
}
