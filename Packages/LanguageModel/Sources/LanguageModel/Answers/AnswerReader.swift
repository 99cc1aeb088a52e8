import StrictJSON

/// Reads whole answers of an OpenAI-compatible endpoint.
///
/// ```
/// {"choices":[{"index":0,"message":{"role":"assistant","content":"…"},"finish_reason":"stop"}],
///  "usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46}}
/// ```
enum AnswerReader {
    /// - Throws: ``LanguageModelError`` with code `malformedAnswer`; nothing of the answer is quoted.
    static func answer(_ bytes: [UInt8], to question: ModelQuestion) throws(LanguageModelError) -> ModelAnswer {
        let value = try self.object(bytes)
        guard let choice = value["choices"]?[0] else { throw .malformed("choices has no first element") }
        guard let text = choice["message"]?["content"]?.stringValue else {
            throw .malformed("choices[0].message.content is no string")
        }
        return ModelAnswer(
            text: text, finishReason: ModelAnswer.FinishReason(choice["finish_reason"]?.stringValue),
            usage: TokenUsage(value["usage"]) ?? TokenUsage(estimating: question.messages, answer: text))
    }

    static func object(_ bytes: some Collection<UInt8>) throws(LanguageModelError) -> JSONValue {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .malformed("it is no strict JSON", cause: error)
        }
        guard value.objectValue != nil else { throw .malformed("it is no JSON object") }
        return value
    }
}
