public import LanguageModel

extension TokenBudget {
    /// A number of tokens that a question cannot exceed, see `TokenEstimate.bound(of:maximumTokens:)`.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - maximumTokens: Most tokens of its answer, which the model is held to.
    public static func estimate(for question: ModelQuestion, maximumTokens: Int) -> Int {
        TokenEstimate.bound(of: question.messages, maximumTokens: maximumTokens)
    }
}
