import Cryptography
import HTTPTypes
import Logging
import Outbound

/// One question on its way, over all of its attempts.
struct Conversation {
    private let question: ModelQuestion
    private let client: LanguageModelClient
    /// Gets the parts of a streamed answer; nil when the answer is wanted in one piece.
    private let onPart: (@Sendable (String) -> Void)?
    private let deadline: ContinuousClock.Instant

    init(_ question: ModelQuestion, _ client: LanguageModelClient, onPart: (@Sendable (String) -> Void)?) {
        self.question = question
        self.client = client
        self.onPart = onPart
        self.deadline = .now + min(question.timeout ?? client.configuration.timeout, .seconds(86_400))
    }

    /// Asks until there is an answer or no sense in asking, and counts the question.
    func answer() async throws(LanguageModelError) -> ModelAnswer {
        do throws(LanguageModelError) {
            let answer = try await self.lastAnswer()
            self.count(.success, tokens: answer.usage.total)
            return answer
        } catch {
            // What was never sent is no request.
            if error.code != .invalidQuestion { self.count(.failure, tokens: error.usage?.total ?? 0) }
            self.client.logger.debug(
                "a language model gave no answer",
                metadata: [
                    "llm.operation": "\(self.question.operation)", "llm.code": "\(error.code)",
                    "llm.attempts": "\(error.attempts)", "llm.status": "\(error.status ?? 0)",
                    "error": .string(String(reflecting: error)),
                ])
            throw error
        }
    }

    private func count(_ status: LanguageModelMetrics.Status, tokens: Int) {
        self.client.metrics?.record(
            model: self.question.model ?? self.client.configuration.model, operation: self.question.operation, status: status,
            tokens: tokens)
    }

    private func lastAnswer() async throws(LanguageModelError) -> ModelAnswer {
        let configuration = self.client.configuration
        let body = try self.question.body(configuration, streamed: self.onPart != nil)
        let schedule = RetrySchedule(
            maximumRetries: configuration.maximumRetries, firstPause: configuration.firstPause,
            longestPause: configuration.longestPause, mayBeChargedTwice: self.question.mayBeChargedTwice)
        var attempts = 0
        while true {
            attempts += 1
            do throws(LanguageModelError) {
                return try await self.attempt(body)
            } catch {
                var error = error
                error.attempts = attempts
                // What a reader has seen cannot be taken back.
                let pause =
                    error.usage == nil
                    ? schedule.pause(after: error, attempts: attempts, share: .random(in: 0...1)) : nil
                guard let pause, pause < ContinuousClock.now.duration(to: self.deadline) else { throw error }
                guard (try? await Task.sleep(for: pause)) != nil else {
                    var cancelled = LanguageModelError.cancelled(mayHaveBeenCharged: error.mayHaveBeenCharged)
                    cancelled.attempts = attempts
                    throw cancelled
                }
            }
        }
    }

    private func attempt(_ body: [UInt8]) async throws(LanguageModelError) -> ModelAnswer {
        let left = ContinuousClock.now.duration(to: self.deadline)
        guard left > .zero else { throw .late(mayHaveBeenCharged: false) }
        let request = self.request(body, within: left)
        do {
            return try await self.client.client.withResponse(to: request) { head, body in
                try self.check(head)
                return try await self.onPart == nil ? self.whole(head, body) : self.streamed(head, body)
            }
        } catch let error as LanguageModelError {
            throw error
        } catch let error as OutboundError {
            throw LanguageModelError(error, answerByteLimit: request.responseBodyLimit ?? 0)
        } catch {
            throw .cancelled(mayHaveBeenCharged: true)
        }
    }

    private func request(_ body: [UInt8], within time: Duration) -> OutboundRequest {
        var headers: HTTPFields = [.contentType: "application/json"]
        headers[.accept] = self.onPart == nil ? "application/json" : "text/event-stream"
        if let key = self.client.configuration.key {
            headers[.authorization] = key.withUnsafeBytes { "Bearer " + String(decoding: $0, as: UTF8.self) }
        }
        var request = OutboundRequest(.post, self.client.url, headers: headers, body: body)
        request.timeout = time
        request.isRepeatable = self.question.mayBeChargedTwice
        let configuration = self.client.configuration
        request.responseBodyLimit = self.onPart == nil ? configuration.answerByteLimit : configuration.streamByteLimit
        return request
    }

    private func check(_ head: OutboundResponseHead) throws(LanguageModelError) {
        guard (200..<300).contains(head.status) else {
            throw LanguageModelError(status: head.status, retryAfter: RetryAfter.duration(in: head))
        }
        guard (head.headers[.contentEncoding] ?? "identity").lowercased() == "identity" else {
            throw .malformed("it has a content encoding that was not asked for")
        }
    }

    private func whole(_ head: OutboundResponseHead, _ body: OutboundBody) async throws -> ModelAnswer {
        let limit = self.client.configuration.answerByteLimit
        // What announces too much is not waited for.
        if let announced = head.headers[.contentLength].flatMap({ Int($0) }), announced > limit {
            throw LanguageModelError.tooLarge(limit)
        }
        var bytes: [UInt8] = []
        for try await piece in body { bytes.append(contentsOf: piece) }
        return try AnswerReader.answer(bytes, to: self.question)
    }

    private func streamed(_ head: OutboundResponseHead, _ body: OutboundBody) async throws -> ModelAnswer {
        let type = head.headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard type == "text/event-stream" else { throw LanguageModelError.malformed("it is no event stream") }
        var reader = StreamReader(self.question, self.client.configuration)
        do {
            for try await piece in body {
                try reader.feed(piece) { self.onPart?($0) }
                if reader.isDone { break }
            }
            return try reader.end()
        } catch {
            var failure =
                switch error {
                case let error as LanguageModelError: error
                case let error as OutboundError:
                    LanguageModelError(error, answerByteLimit: self.client.configuration.streamByteLimit)
                default: LanguageModelError.cancelled(mayHaveBeenCharged: true)
                }
            if reader.hasText { failure.usage = reader.usage }
            throw failure
        }
    }
}
