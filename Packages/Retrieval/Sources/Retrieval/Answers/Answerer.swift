public import Identity
import LanguageModel
public import Logging
import SecretScanning

/// Answers questions from the documents of whoever asks.
///
/// Without a model the answer quotes the sentences that fit best. With one, the model answers from the passages, within its budget; where
/// that fails, the answer quotes and says why.
public struct Answerer: Sendable {
    /// Who asks.
    public struct Asker: Sendable {
        let owner: DocumentOwner?
        let caller: Caller
        let address: IPAddress?

        /// Names who asks.
        ///
        /// - Parameters:
        ///   - owner: Whose documents are asked; nil for somebody who has none.
        ///   - caller: Whose budget is charged.
        ///   - address: Where an anonymous caller asks from.
        public init(owner: DocumentOwner?, caller: Caller, address: IPAddress?) {
            self.owner = owner
            self.caller = caller
            self.address = address
        }
    }

    private let search: PassageSearch
    let model: (any AnswerModel)?
    let budget: (any TokenBudget)?
    private let writer: PromptWriter
    let logger: Logger

    /// Creates an answerer; building its scanner takes some milliseconds.
    ///
    /// - Parameters:
    ///   - search: Finds passages.
    ///   - model: Answers from them; nil to quote.
    ///   - budget: What the model may cost; nil for no bound.
    ///   - logger: Gets why a model did not answer, at `debug`.
    public init(
        search: PassageSearch, model: (any AnswerModel)? = nil, budget: (any TokenBudget)? = nil, logger: Logger
    ) {
        self.search = search
        self.model = model
        self.budget = budget
        self.writer = PromptWriter(scanner: Scanner())
        self.logger = logger
    }

    /// Answers a question.
    ///
    /// - Throws: ``RetrievalError`` with code `invalidQuestion`; `PersistenceError`; `CancellationError`.
    public func answer(_ question: AnswerQuestion, for asker: Asker) async throws -> Answer {
        let (finds, quoted) = try await self.found(question, asker)
        guard !quoted.citations.isEmpty else { return .unknown }
        let confidence = Confidence(coverage: finds.weights.share(of: quoted.words))
        guard let model = self.model else { return Answer(quoted, confidence, fallback: nil) }
        do {
            let prompt = try await self.prompt(question, finds)
            let text = try await self.charged(prompt, asker) { () async throws -> AnswerReply in
                let reply = try await model.answer(prompt)
                guard let text = ModelText.checked(reply.text) else { throw AnswerFailure(.malformed, tokens: reply.tokens) }
                return AnswerReply(text: text, tokens: reply.tokens)
            }.text
            return Answer(
                text: text, citations: quoted.citations, confidence: confidence, origin: .model, fallback: nil)
        } catch let failure as AnswerFailure {
            self.note(failure)
            return Answer(quoted, confidence, fallback: failure.reason)
        }
    }

    /// Answers a question part by part.
    ///
    /// A model that fails before its first part is replaced by quotes, one that fails behind it ends the stream with its error.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - asker: Who asks.
    ///   - send: Gets the events in order: a status, citations, a status, tokens, the end. What it throws ends the answer.
    /// - Throws: As ``answer(_:for:)``, what `send` throws, and ``AnswerFailure`` for an answer that broke off.
    public func stream(
        _ question: AnswerQuestion, for asker: Asker, send: (AnswerEvent) async throws -> Void
    ) async throws {
        try await send(.status("searching"))
        let (finds, quoted) = try await self.found(question, asker)
        try await send(.citations(quoted.citations))
        try await send(.status("answering"))
        guard !quoted.citations.isEmpty else { return try await self.stream(.unknown, send) }
        let confidence = Confidence(coverage: finds.weights.share(of: quoted.words))
        guard let model = self.model else {
            return try await self.stream(Answer(quoted, confidence, fallback: nil), send)
        }
        var text = ModelText()
        do {
            let prompt = try await self.prompt(question, finds)
            _ = try await self.charged(prompt, asker) { () async throws -> AnswerReply in
                var tokens: Int?
                for try await part in model.stream(prompt) {
                    switch part {
                    case .text(let piece):
                        guard let piece = text.take(piece) else { throw AnswerFailure(.malformed, tokens: nil) }
                        if !piece.isEmpty { try await send(.token(piece)) }
                    case .end(let total): tokens = total
                    }
                }
                // A stream that ends early because the task is cancelled has no end.
                try Task.checkCancellation()
                guard let tokens, !text.isEmpty else { throw AnswerFailure(.malformed, tokens: tokens) }
                return AnswerReply(text: text.text, tokens: tokens)
            }
        } catch let failure as AnswerFailure {
            self.note(failure)
            guard text.isEmpty else { throw failure }
            return try await self.stream(Answer(quoted, confidence, fallback: failure.reason), send)
        }
        try await send(
            .done(
                Answer(text: text.text, citations: quoted.citations, confidence: confidence, origin: .model, fallback: nil)))
    }

    /// Streams what is there already, word by word.
    private func stream(_ answer: Answer, _ send: (AnswerEvent) async throws -> Void) async throws {
        var piece = ""
        for character in answer.text {
            piece.append(character)
            guard character.isWhitespace else { continue }
            try await send(.token(piece))
            piece = ""
        }
        if !piece.isEmpty { try await send(.token(piece)) }
        try await send(.done(answer))
    }

    private func found(
        _ question: AnswerQuestion, _ asker: Asker
    ) async throws -> (PassageSearch.Finds, QuotedAnswer) {
        guard (1...PassageSearch.maximumResults).contains(question.limit) else {
            throw RetrievalError(
                .invalidQuestion, message: "max_results must lie between 1 and \(PassageSearch.maximumResults)")
        }
        guard let owner = asker.owner else {
            let finds = PassageSearch.Finds(passages: [], weights: QuestionWeights(counts: [], passages: 0))
            return (finds, QuotedAnswer(finds))
        }
        let finds = try await self.search.passages(for: Question(question.text), of: owner, limit: question.limit)
        return (finds, QuotedAnswer(finds))
    }

    private func prompt(_ question: AnswerQuestion, _ finds: PassageSearch.Finds) async throws -> AnswerPrompt {
        guard let prompt = await self.writer.prompt(question.operation, question.text, finds.passages) else {
            throw AnswerFailure(.unavailable, tokens: 0)
        }
        return prompt
    }

    private func note(_ failure: AnswerFailure) {
        self.logger.debug("a model did not answer", metadata: ["retrieval.reason": "\(failure.reason.rawValue)"])
    }

    /// Asks within the budget: what is set aside is settled on every path, with all of it where nobody can tell what was used up.
    private func charged(
        _ prompt: AnswerPrompt, _ asker: Asker, _ body: () async throws -> AnswerReply
    ) async throws -> AnswerReply {
        guard let budget = self.budget else { return try await body() }
        let estimate = TokenEstimate.bound(
            of: [.system(prompt.instructions), .user(prompt.data)], maximumTokens: prompt.maximumTokens)
        let lease: any TokenLease
        do {
            guard let granted = try await budget.reserve(estimate, for: asker.caller, at: asker.address) else {
                throw AnswerFailure(.budget, tokens: 0)
            }
            lease = granted
        } catch let failure as AnswerFailure {
            throw failure
        } catch {
            try Task.checkCancellation()
            self.logger.debug("a token budget cannot be asked", metadata: ["error": .string(String(reflecting: error))])
            throw AnswerFailure(.budget, tokens: 0)
        }
        do {
            let reply = try await body()
            await lease.settle(max(reply.tokens, 0))
            return reply
        } catch {
            await lease.settle(max((error as? AnswerFailure)?.tokens ?? estimate, 0))
            throw error
        }
    }
}

extension Answer {
    /// Nothing was found.
    static let unknown = Answer(
        text: QuotedAnswer.unknown, citations: [], confidence: .unknown, origin: .quotes, fallback: nil)

    init(_ quoted: QuotedAnswer, _ confidence: Confidence, fallback: AnswerFailure.Reason?) {
        self.init(
            text: quoted.text, citations: quoted.citations, confidence: confidence, origin: .quotes, fallback: fallback)
    }
}
