public import LanguageModel

/// Asks a language model within the budget of whoever wants to know.
///
/// Each question reserves what it cannot exceed, and settles what it used: once, on every way out.
///
/// | how it ends | what is charged |
/// | --- | --- |
/// | an answer | its tokens |
/// | a failure that costs nothing: refused, unreachable, not sent | nothing |
/// | a broken stream whose tokens the endpoint had counted | these |
/// | whatever the model may have worked on: late, cancelled, malformed, broken off | the estimate |
/// | the process dies | the estimate |
///
/// A question within a budget is never asked again where it may have been charged: `mayBeChargedTwice` does not count.
public struct BudgetedModel: Sendable {
    /// An answer, or why nobody was asked.
    public enum Outcome: Sendable {
        /// What the model said.
        case answered(ModelAnswer)
        /// The budget is used up; the model was not asked.
        case refused(TokenRefusal)
    }

    /// A stream, or why nobody was asked.
    public enum StreamOutcome: Sendable {
        /// What the model says, as ``LanguageModelClient/stream(_:)`` has it.
        case stream(AsyncThrowingStream<ModelPart, any Error>)
        /// The budget is used up; the model was not asked.
        case refused(TokenRefusal)
    }

    private let client: LanguageModelClient
    private let budget: TokenBudget?
    private let maximumTokens: Int

    /// Creates a model with a budget.
    ///
    /// - Parameters:
    ///   - client: Asks.
    ///   - budget: Pays; nil asks without a budget.
    ///   - maximumTokens: Most tokens of an answer to questions that name no bound, 1 or more; 1 024 by default.
    public init(_ client: LanguageModelClient, budget: TokenBudget?, maximumTokens: Int = 1_024) {
        self.client = client
        self.budget = budget
        self.maximumTokens = max(1, maximumTokens)
    }

    /// Asks, and waits for the whole answer.
    ///
    /// - Throws: `LanguageModelError` as ``LanguageModelClient/answer(_:)`` does.
    public func answer(
        _ question: ModelQuestion, for owner: BudgetOwner
    ) async throws(LanguageModelError) -> Outcome {
        guard let budget = self.budget else { return .answered(try await self.client.answer(question)) }
        let bounded = self.bounded(question)
        let lease: TokenLease
        switch await self.reserve(for: bounded, owner, from: budget) {
        case .refused(let refusal): return .refused(refusal)
        case .granted(let granted): lease = granted
        }
        do throws(LanguageModelError) {
            let answer = try await self.client.answer(bounded)
            await budget.settle(lease, actual: answer.usage.total)
            return .answered(answer)
        } catch {
            await Self.settle(lease, after: error, to: budget)
            throw error
        }
    }

    /// Asks, and hands the answer on while it is still coming; who stops reading has paid the estimate.
    public func stream(_ question: ModelQuestion, for owner: BudgetOwner) async -> StreamOutcome {
        guard let budget = self.budget else { return .stream(self.client.stream(question)) }
        let bounded = self.bounded(question)
        switch await self.reserve(for: bounded, owner, from: budget) {
        case .refused(let refusal): return .refused(refusal)
        case .granted(let lease): return .stream(self.stream(bounded, on: lease, from: budget))
        }
    }

    private func stream(
        _ question: ModelQuestion, on lease: TokenLease, from budget: TokenBudget
    ) -> AsyncThrowingStream<ModelPart, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: ModelPart.self)
        let task = Task { [client = self.client] in
            do {
                for try await part in client.stream(question) {
                    if case .end(let answer) = part { await budget.settle(lease, actual: answer.usage.total) }
                    continuation.yield(part)
                }
                continuation.finish()
            } catch {
                if let error = error as? LanguageModelError { await Self.settle(lease, after: error, to: budget) }
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func bounded(_ question: ModelQuestion) -> ModelQuestion {
        var question = question
        question.maximumTokens = question.maximumTokens ?? self.maximumTokens
        question.mayBeChargedTwice = false
        return question
    }

    private func reserve(
        for question: ModelQuestion, _ owner: BudgetOwner, from budget: TokenBudget
    ) async -> TokenReservation {
        let estimate = TokenBudget.estimate(for: question, maximumTokens: question.maximumTokens ?? self.maximumTokens)
        return await budget.reserve(estimate, for: owner)
    }

    private static func settle(_ lease: TokenLease, after error: LanguageModelError, to budget: TokenBudget) async {
        if let usage = error.usage, !usage.isEstimated {
            await budget.settle(lease, actual: usage.total)
        } else if !error.mayHaveBeenCharged, error.usage == nil {
            await budget.settle(lease, actual: 0)
        }
    }
}
