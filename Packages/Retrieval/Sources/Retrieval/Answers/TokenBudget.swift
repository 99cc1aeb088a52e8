public import Identity

/// Tokens that are set aside for one question.
public protocol TokenLease: Sendable {
    /// Says how many were used up; called exactly once for each lease.
    ///
    /// - Parameter tokens: 0 or more; may be more than were set aside.
    func settle(_ tokens: Int) async
}

/// What questions to a model may cost; declared here for whoever counts it.
public protocol TokenBudget: Sendable {
    /// Sets tokens aside, before the model is asked.
    ///
    /// - Parameters:
    ///   - tokens: More than the question will surely use, 1 or more.
    ///   - caller: Who asks; the anonymous caller is told apart by its address.
    ///   - address: Where it asks from.
    /// - Returns: `nil` when the budget is spent; the answer then quotes.
    /// - Throws: When nobody can tell; the answer then quotes, too.
    func reserve(_ tokens: Int, for caller: Caller, at address: IPAddress?) async throws -> (any TokenLease)?
}
