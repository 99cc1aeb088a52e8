/// What a model is asked.
public struct AnswerPrompt: Sendable, Hashable {
    /// What it is asked for; a label of metrics.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        /// A plain answer.
        case query
        /// An answer with confidence and highlights.
        case enhanced
        /// An answer in parts.
        case stream
    }

    /// What it is asked for.
    public let operation: Operation
    /// What it is to do.
    public let instructions: String
    /// The passages and the question, as JSON text: data, whatever it says.
    public let data: String
    /// Most tokens of the answer.
    public let maximumTokens: Int
}

/// What a model answered.
public struct AnswerReply: Sendable, Hashable {
    /// The answer.
    public let text: String
    /// What question and answer used up together.
    public let tokens: Int

    /// Creates a reply.
    public init(text: String, tokens: Int) {
        self.text = text
        self.tokens = tokens
    }
}

/// A part of an answer that is still coming.
public enum AnswerPart: Sendable, Hashable {
    /// The next part of the text.
    case text(String)
    /// The end, with what question and answer used up together.
    case end(tokens: Int)
}

/// Why a model gave no answer.
public struct AnswerFailure: Error, Sendable, Hashable {
    /// What happened; the raw value is told to clients.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The model cannot be reached, or refused.
        case unavailable = "model_unavailable"
        /// It took too long.
        case timedOut = "model_timed_out"
        /// What it said is no answer.
        case malformed = "model_malformed"
        /// The budget of the caller is spent, or cannot be looked up.
        case budget = "token_budget"
    }

    /// What happened.
    public let reason: Reason
    /// What was used up all the same; nil where nobody can tell, and then all that was set aside counts.
    public let tokens: Int?

    /// Creates a failure.
    public init(_ reason: Reason, tokens: Int?) {
        self.reason = reason
        self.tokens = tokens
    }
}

/// Answers from passages; declared here so that any model may stand behind it.
public protocol AnswerModel: Sendable {
    /// Asks, and waits for the whole answer, a bounded time.
    ///
    /// - Throws: ``AnswerFailure``; `CancellationError`.
    func answer(_ prompt: AnswerPrompt) async throws -> AnswerReply

    /// Asks, and hands the answer on while it is coming; the last part is its end.
    ///
    /// Leaving the loop ends the question. Errors are those of ``answer(_:)``.
    func stream(_ prompt: AnswerPrompt) -> AsyncThrowingStream<AnswerPart, any Error>
}
