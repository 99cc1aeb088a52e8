public import Logging
public import Outbound

/// Asks a language model behind an OpenAI-compatible endpoint: `POST {base URL}/chat/completions`.
///
/// Everything has a bound: the question, the answer, the time, the number of attempts. Redirections are errors, answers must be
/// strict JSON, and nothing of question, answer or key comes into errors, logs or metrics.
public struct LanguageModelClient: Sendable {
    /// Where it asks, and within which bounds.
    public let configuration: LanguageModelConfiguration
    let client: OutboundClient
    let url: OutboundURL
    let metrics: LanguageModelMetrics?
    let logger: Logger

    /// Creates a client; connects to nothing.
    ///
    /// - Parameters:
    ///   - configuration: Where it asks.
    ///   - client: Sends the questions; made with ``LanguageModelConfiguration/addressPolicy`` and
    ///     ``LanguageModelConfiguration/outboundConfiguration``, and closed by whoever made it.
    ///   - metrics: Counts questions and tokens; nil counts nothing.
    ///   - logger: Gets why questions failed, at `debug`.
    /// - Throws: ``LanguageModelError`` with code `invalidConfiguration`, naming the property and its range.
    public init(
        _ configuration: LanguageModelConfiguration, client: OutboundClient, metrics: LanguageModelMetrics? = nil, logger: Logger
    ) throws(LanguageModelError) {
        try configuration.validate()
        self.configuration = configuration
        self.url = try configuration.url
        self.client = client
        self.metrics = metrics
        self.logger = logger
    }

    /// Asks, and waits for the whole answer.
    ///
    /// Cancelling the task closes the connection at once.
    ///
    /// - Throws: ``LanguageModelError``: `invalidQuestion`, `unreachable`, `timedOut`, `keyRefused`, `questionRefused`, `limited`,
    ///   `unavailable`, `redirected`, `malformedAnswer`, `tooLarge`, `interrupted`, `overloaded`, `cancelled`.
    public func answer(_ question: ModelQuestion) async throws(LanguageModelError) -> ModelAnswer {
        try await Conversation(question, self, onPart: nil).answer()
    }

    /// Asks, and hands the answer on while it is still coming.
    ///
    /// The stream ends with ``ModelPart/end(_:)``, or throws ``LanguageModelError`` as ``answer(_:)`` does; what it had used up then
    /// stands in ``LanguageModelError/usage``. It can be read once. Nothing is asked again once a part has come. Who stops reading, by
    /// leaving the loop or by cancellation, ends the connection. Parts wait for a slow reader, at most `answerByteLimit` of them.
    public func stream(_ question: ModelQuestion) -> AsyncThrowingStream<ModelPart, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: ModelPart.self)
        let task = Task {
            do throws(LanguageModelError) {
                let answer = try await Conversation(question, self) { continuation.yield(.text($0)) }.answer()
                continuation.yield(.end(answer))
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}
