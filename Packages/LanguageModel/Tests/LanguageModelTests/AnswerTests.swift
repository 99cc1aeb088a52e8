import LanguageModel
import OutboundTestSupport
import StrictJSON
import Testing

@Suite("Answers of a language model")
struct AnswerTests {
    @Test("come with text, reason and counts, to a question that has all that was asked for")
    func success() async throws {
        try await Endpoint.with(script: { _, _ in modelAnswer("Par\\u00eds, \\\"the\\\" city") }) { endpoint in
            var question = Endpoint.question
            question.temperature = 0.5
            question.maximumTokens = 300
            question.wantsJSON = true
            let answer = try await endpoint.client.answer(question)
            #expect(
                answer
                    == ModelAnswer(
                        text: "París, \"the\" city", finishReason: .stop,
                        usage: TokenUsage(promptTokens: 12, completionTokens: 3, isEstimated: false)))
            let request = try #require(endpoint.server.requests.first)
            #expect(request.hasPrefix("POST /v1/chat/completions HTTP/1.1\r\n"))
            #expect(request.contains("\r\nAuthorization: Bearer \(Endpoint.key)\r\n"))
            let body = try #require(request.split(separator: "\r\n\r\n", maxSplits: 1).last)
            #expect(
                try JSONValue(parsing: body.utf8) == [
                    "model": "small-7b",
                    "messages": [
                        ["role": "system", "content": "Be brief."],
                        ["role": "user", "content": "What is the capital of France?"],
                    ],
                    "temperature": 0.5, "max_tokens": 300, "response_format": ["type": "json_object"],
                ])
            #expect(
                endpoint.counts == [
                    #"llm_requests_total{model="small-7b",operation="query",status="success"} 1.0"#,
                    #"llm_tokens_total{model="small-7b",operation="query"} 15.0"#,
                ])
        }
    }

    @Test(
        "have estimated counts, and say so, where the endpoint does not count, or counts what nobody can believe",
        arguments: [
            nil, "null", "{}", #"{"prompt_tokens":-1,"completion_tokens":3}"#, #"{"prompt_tokens":1e99,"completion_tokens":3}"#,
        ])
    func estimated(_ usage: String?) async throws {
        try await Endpoint.with(script: { _, _ in modelAnswer("Paris", usage: usage) }) { endpoint in
            let answer = try await endpoint.client.answer(Endpoint.question)
            #expect(answer.usage == TokenUsage(promptTokens: 19, completionTokens: 2, isEstimated: true))
            #expect(endpoint.counts.last == #"llm_tokens_total{model="small-7b",operation="query"} 21.0"#)
        }
    }

    @Test(
        "that are none are errors without a word of them",
        arguments: [
            "", "canary", "[]", "{}", #"{"choices":[]}"#, #"{"choices":{}}"#, #"{"choices":[{"message":{"content":null}}]}"#,
            #"{"choices":[{"message":{"content":["canary"]}}]}"#, #"{"choices":[{"message":{"content":"canary"}}],"choices":[]}"#,
            #"{"choices":[{"message":{"content":"canary \ud800"}}]}"#, String(repeating: "[", count: 100_000),
        ])
    func malformed(_ body: String) async throws {
        try await Endpoint.with(script: { _, _ in httpAnswer(body) }) { endpoint in
            let error = try #require(
                await failure { () async throws(LanguageModelError) in
                    try await endpoint.client.answer(Endpoint.question)
                })
            #expect(error.code == .malformedAnswer)
            #expect(error.mayHaveBeenCharged)
            #expect(error.attempts == 1)
            #expect(!error.debugDescription.contains("canary"))
        }
    }

    @Test("with a content encoding that was not asked for are errors")
    func encoded() async throws {
        try await Endpoint.with(script: { _, _ in modelAnswer("Paris", fields: "Content-Encoding: gzip\r\n") }) { endpoint in
            #expect(
                await failure { () async throws(LanguageModelError) in try await endpoint.client.answer(Endpoint.question) }?.code
                    == .malformedAnswer)
        }
    }
}
