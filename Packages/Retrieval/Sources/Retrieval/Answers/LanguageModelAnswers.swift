public import LanguageModel

/// Answers by a model behind an OpenAI-compatible endpoint; its client counts questions and tokens.
public struct LanguageModelAnswers: AnswerModel {
    private static let temperature = 0.1

    private let client: LanguageModelClient
    private let timeout: Duration
    private let streamTimeout: Duration

    /// Creates the model.
    ///
    /// - Parameters:
    ///   - client: Asks.
    ///   - timeout: How long an answer may take, retries included; 20 s by default, so that there is time left to quote within the
    ///     deadline of a request.
    ///   - streamTimeout: How long an answer may take that is handed on while it is coming; nil for the same.
    public init(client: LanguageModelClient, timeout: Duration = .seconds(20), streamTimeout: Duration? = nil) {
        self.client = client
        self.timeout = timeout
        self.streamTimeout = streamTimeout ?? timeout
    }

    /// Asks, and waits for the whole answer.
    public func answer(_ prompt: AnswerPrompt) async throws -> AnswerReply {
        let answer: ModelAnswer
        do throws(LanguageModelError) {
            answer = try await self.client.answer(self.question(prompt, timeout: self.timeout))
        } catch {
            throw try self.failure(error)
        }
        if let failure = Self.withheld(answer) { throw failure }
        return AnswerReply(text: answer.text, tokens: answer.usage.total)
    }

    /// Asks, and hands the answer on while it is coming.
    public func stream(_ prompt: AnswerPrompt) -> AsyncThrowingStream<AnswerPart, any Error> {
        let parts = self.client.stream(self.question(prompt, timeout: self.streamTimeout))
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: AnswerPart.self)
        let task = Task {
            do {
                for try await part in parts {
                    switch part {
                    case .text(let text): continuation.yield(.text(text))
                    case .end(let answer):
                        if let failure = Self.withheld(answer) { throw failure }
                        continuation.yield(.end(tokens: answer.usage.total))
                    }
                }
                continuation.finish()
            } catch let error as LanguageModelError {
                continuation.finish(throwing: (try? self.failure(error)) ?? CancellationError())
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func question(_ prompt: AnswerPrompt, timeout: Duration) -> ModelQuestion {
        // The raw values are labels, so the other case does not come.
        let operation = ModelOperation(prompt.operation.rawValue) ?? .query
        var question = ModelQuestion([.system(prompt.instructions), .user(prompt.data)], for: operation)
        question.temperature = Self.temperature
        question.maximumTokens = prompt.maximumTokens
        question.timeout = timeout
        return question
    }

    /// The failure of an answer that the endpoint made and kept to itself, or cut.
    private static func withheld(_ answer: ModelAnswer) -> AnswerFailure? {
        answer.finishReason == .contentFilter
            ? AnswerFailure(.malformed, tokens: answer.usage.isEstimated ? nil : answer.usage.total) : nil
    }

    /// - Throws: `CancellationError` where nobody waits any more.
    private func failure(_ error: LanguageModelError) throws(CancellationError) -> AnswerFailure {
        // What nobody counted is a guess about the part that came, and the model may have worked on.
        let counted = error.usage.flatMap { $0.isEstimated ? nil : $0.total }
        let tokens = counted ?? (error.mayHaveBeenCharged || error.usage != nil ? nil : 0)
        switch error.code {
        case .cancelled: throw CancellationError()
        case .timedOut: return AnswerFailure(.timedOut, tokens: tokens)
        case .malformedAnswer, .tooLarge: return AnswerFailure(.malformed, tokens: tokens)
        default: return AnswerFailure(.unavailable, tokens: tokens)
        }
    }
}
