/// What somebody asks.
public struct AnswerQuestion: Sendable, Hashable {
    /// The question in natural language; only the first 16 words that tell something count.
    public var text: String
    /// Passages of the answer at most, 1 to 20.
    public var limit: Int
    /// What is asked for.
    public var operation: AnswerPrompt.Operation

    /// Creates a question.
    public init(_ text: String, limit: Int = 3, operation: AnswerPrompt.Operation = .query) {
        self.text = text
        self.limit = limit
        self.operation = operation
    }
}

/// An answer with what it stands on.
public struct Answer: Sendable, Hashable {
    /// Who answered.
    public enum Origin: String, Sendable, Hashable, CaseIterable {
        /// A model, from the passages.
        case model
        /// Gatehouse, by quoting the passages, or saying that there are none.
        case quotes
    }

    /// The answer.
    public let text: String
    /// The passages, the best first; none when nothing was found.
    public let citations: [Citation]
    /// How far it can be relied on.
    public let confidence: Confidence
    /// Who answered.
    public let origin: Origin
    /// Why a model that is there did not answer; nil when it did, when there is none, and when there was nothing to ask it.
    public let fallback: AnswerFailure.Reason?
}

/// What happens while an answer is streamed.
public enum AnswerEvent: Sendable, Hashable {
    /// What is being done: `searching` or `answering`.
    case status(String)
    /// The passages that the answer will stand on.
    case citations([Citation])
    /// The next part of the answer.
    case token(String)
    /// The whole answer; nothing follows.
    case done(Answer)
}
