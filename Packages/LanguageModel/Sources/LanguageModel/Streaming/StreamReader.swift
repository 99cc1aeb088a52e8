import StrictJSON

/// Makes an answer of the pieces of a stream.
///
/// ```
/// data: {"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}
///
/// data: {"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}
///
/// data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":2}}
///
/// data: [DONE]
/// ```
struct StreamReader {
    private let question: ModelQuestion
    private let textByteLimit: Int
    private var lines: EventLines
    private var text = ""
    private var finishReason: ModelAnswer.FinishReason?
    private var counted: TokenUsage?
    /// Whether the endpoint has said that nothing follows.
    private(set) var isDone = false

    init(_ question: ModelQuestion, _ configuration: LanguageModelConfiguration) {
        self.question = question
        self.textByteLimit = configuration.answerByteLimit
        self.lines = EventLines(lineByteLimit: configuration.lineByteLimit)
    }

    /// Takes in a piece of the body.
    ///
    /// - Parameter onPart: Gets the parts of the text that it holds, none of them empty, also those before a fault.
    /// - Throws: ``LanguageModelError``: `malformedAnswer`, `tooLarge`, `unavailable`.
    mutating func feed(_ piece: [UInt8], _ onPart: (String) -> Void) throws(LanguageModelError) {
        for byte in piece where !self.isDone {
            if let event = try self.lines.feed(byte), let part = try self.take(event) { onPart(part) }
        }
    }

    private mutating func take(_ event: [UInt8]) throws(LanguageModelError) -> String? {
        if event.elementsEqual("[DONE]".utf8) {
            self.isDone = true
            return nil
        }
        let value = try AnswerReader.object(event)
        if let error = value["error"], !error.isNull {
            throw LanguageModelError(
                .unavailable, message: "the language model reported an error within its answer", mayHaveBeenCharged: true)
        }
        if let usage = TokenUsage(value["usage"]) { self.counted = usage }
        guard let choice = value["choices"]?[0] else { return nil }
        if let word = choice["finish_reason"]?.stringValue { self.finishReason = ModelAnswer.FinishReason(word) }
        switch choice["delta"]?["content"] {
        case nil, .null: return nil
        case .string(let part):
            guard part.utf8.count <= self.textByteLimit - self.text.utf8.count else { throw .tooLarge(self.textByteLimit) }
            self.text += part
            return part.isEmpty ? nil : part
        default: throw .malformed("choices[0].delta.content is no string")
        }
    }

    /// Whether a part of the text has come.
    var hasText: Bool { !self.text.isEmpty }

    /// What has been used up so far.
    var usage: TokenUsage { self.counted ?? TokenUsage(estimating: self.question.messages, answer: self.text) }

    /// The answer, once the body has ended.
    ///
    /// - Throws: ``LanguageModelError`` with code `interrupted` when neither `[DONE]` nor a reason to finish has come.
    func end() throws(LanguageModelError) -> ModelAnswer {
        guard self.isDone || self.finishReason != nil else {
            throw LanguageModelError(
                .interrupted, message: "the answer of the language model broke off", mayHaveBeenCharged: true)
        }
        return ModelAnswer(text: self.text, finishReason: self.finishReason ?? .other, usage: self.usage)
    }
}
