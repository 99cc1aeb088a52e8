/// What a model is asked.
public struct ModelQuestion: Sendable {
    /// What it is asked for.
    public var operation: ModelOperation
    /// The conversation so far, 1 to 256 messages.
    public var messages: [ModelMessage]
    /// The model; nil for that of the configuration.
    public var model: String?
    /// How freely it answers, 0 to 2; nil leaves it to the endpoint.
    public var temperature: Double?
    /// Most tokens of the answer, 1 to 1 000 000; nil leaves it to the endpoint.
    public var maximumTokens: Int?
    /// Whether the answer is to be a JSON object; the messages must say so too.
    public var wantsJSON = false
    /// How long it may take, retries included; nil for the configuration's.
    public var timeout: Duration?
    /// Whether it is also asked once more where the model may have worked on it already, so that it may be charged twice: after a
    /// lost connection, a 502 or a 504. Default: false.
    public var mayBeChargedTwice = false

    /// Creates a question.
    public init(_ messages: [ModelMessage], for operation: ModelOperation) {
        self.messages = messages
        self.operation = operation
    }

    /// About how many tokens the question has, for budgets; see ``TokenEstimate``.
    public var estimatedTokens: Int { TokenEstimate.tokens(in: self.messages) }
}
