import Cryptography
public import LanguageModel
public import Logging
public import Policy
import Synchronization
public import ToolGateway

/// Asks a language model how risky a call is.
///
/// The model sees the sanitised call, fenced as data, and answers with labels, a score and an explanation. Whatever goes wrong, there is
/// no opinion, and the heuristics stand alone: an answer of another form, a late one, none at all, or a call of more than 32 KiB. After
/// several failures in a row nothing is asked for a while, so that calls do not wait for a model that is away.
public final class ModelRiskAdvisor: RiskAdvisor {
    /// How a model is asked.
    public struct Configuration: Sendable {
        /// The model; nil for the client's own.
        public var model: String?
        /// How long a call waits for an opinion, more than zero; 10 s by default.
        public var timeout = Duration.seconds(10)
        /// Most tokens of an opinion; 500 by default.
        public var maximumTokens = 500
        /// So many failures in a row, 1 or more, and nothing is asked; 5 by default.
        public var failureLimit = 5
        /// How long nothing is asked then; afterwards one call at a time finds out whether the model is back. 30 s by default.
        public var pause = Duration.seconds(30)

        /// The defaults.
        public init() {}
    }

    private let client: LanguageModelClient
    private let configuration: Configuration
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let breaker: Mutex<CircuitBreaker<ContinuousClock.Instant>>

    /// Creates an advisor.
    ///
    /// - Parameters:
    ///   - client: Asks the model.
    ///   - configuration: How it is asked.
    ///   - logger: Gets why there was no opinion, at `debug`, without arguments.
    ///   - now: The time for the pause; tests pass one of their own.
    public init(
        _ client: LanguageModelClient, configuration: Configuration = Configuration(), logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.client = client
        self.configuration = configuration
        self.logger = logger
        self.now = now
        self.breaker = Mutex(CircuitBreaker(failureLimit: max(1, configuration.failureLimit), pause: configuration.pause))
    }

    /// Asks the model; takes at most as long as configured, and ends at once when the task is cancelled.
    public func advise(on call: ToolCall, assessed assessment: RiskAssessment) async -> RiskAdvice? {
        guard let fence = try? Random.base62Text(count: 16),
            let question = RiskQuestion(about: call, assessed: assessment, fence: fence)
        else {
            self.note("the call cannot be shown to a model", call)
            return nil
        }
        let now = self.now()
        guard let permit = self.breaker.withLock({ $0.permit(at: now) }) else { return nil }
        let (advice, outcome) = await self.ask(question, about: call)
        let end = self.now()
        self.breaker.withLock { $0.end(permit, outcome, at: end) }
        return advice
    }

    private func ask(
        _ question: RiskQuestion, about call: ToolCall
    ) async -> (RiskAdvice?, CircuitBreaker<ContinuousClock.Instant>.Outcome) {
        var asked = ModelQuestion(question.messages, for: .risk)
        asked.model = self.configuration.model
        asked.temperature = 0
        asked.maximumTokens = self.configuration.maximumTokens
        asked.wantsJSON = true
        asked.timeout = self.configuration.timeout
        do throws(LanguageModelError) {
            guard let advice = RiskAdvice(answer: try await self.client.answer(asked).text) else {
                self.note("the model's answer is no opinion", call)
                return (nil, .failure)
            }
            return (advice, .success)
        } catch {
            self.note(error.message, call)
            return (nil, error.code == .cancelled ? .cancelled : .failure)
        }
    }

    private func note(_ reason: String, _ call: ToolCall) {
        self.logger.debug(
            "no opinion on a call from the language model",
            metadata: ["tool": "\(call.tool)", "reason": "\(reason)"])
    }
}
