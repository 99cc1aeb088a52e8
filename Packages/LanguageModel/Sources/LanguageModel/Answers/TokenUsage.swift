import StrictJSON

/// How many tokens a question and its answer have.
public struct TokenUsage: Sendable, Hashable {
    /// Those of the question, 0 or more.
    public var promptTokens: Int
    /// Those of the answer, 0 or more.
    public var completionTokens: Int
    /// Whether the endpoint did not count them, so that they are ours; see ``TokenEstimate``.
    public var isEstimated: Bool

    /// A count.
    public init(promptTokens: Int, completionTokens: Int, isEstimated: Bool) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.isEstimated = isEstimated
    }

    /// Both together.
    public var total: Int {
        let (sum, isTooLarge) = self.promptTokens.addingReportingOverflow(self.completionTokens)
        return isTooLarge ? .max : sum
    }

    /// The most that is believed.
    private static let most = 1_000_000_000

    /// Reads `{"prompt_tokens":12,"completion_tokens":34}`; nil for anything else, also for counts that nobody can have had.
    init?(_ value: JSONValue?) {
        guard let prompt = value?["prompt_tokens"]?.intValue, let completion = value?["completion_tokens"]?.intValue,
            (0...Self.most).contains(prompt), (0...Self.most).contains(completion)
        else { return nil }
        self.init(promptTokens: prompt, completionTokens: completion, isEstimated: false)
    }

    /// A count of our own.
    init(estimating messages: [ModelMessage], answer: String) {
        self.init(
            promptTokens: TokenEstimate.tokens(in: messages), completionTokens: TokenEstimate.tokens(in: answer),
            isEstimated: true)
    }
}
