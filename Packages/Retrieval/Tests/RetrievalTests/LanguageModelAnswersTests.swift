import Cryptography
import LanguageModel
import Outbound
import OutboundTestSupport
import PrometheusMetrics
import Testing

@testable import Retrieval

@Suite("Answers of a language model")
struct LanguageModelAnswersTests {
    private static func prompt(_ operation: AnswerPrompt.Operation) -> AnswerPrompt {
        AnswerPrompt(operation: operation, instructions: "Be brief.", data: #"{"question":"x"}"#, maximumTokens: 100)
    }

    /// Lends a model behind a scripted endpoint, and the lines that count its questions.
    private static func with(
        _ script: @escaping ScriptedServer.Script, timeout: Duration = .seconds(60),
        _ body: (LanguageModelAnswers, () -> [String]) async throws -> Void
    ) async throws {
        try await withScriptedServer(script: script) { server in
            var configuration = try LanguageModelConfiguration(
                baseURL: "http://127.0.0.1:\(server.port)/v1/", key: nil, model: "small-7b")
            configuration.maximumRetries = 0
            let outbound = try OutboundClient(
                policy: configuration.addressPolicy, configuration: configuration.outboundConfiguration, logger: quiet)
            defer { outbound.close() }
            let registry = PrometheusRegistry()
            let client = try LanguageModelClient(
                configuration, client: outbound, metrics: LanguageModelMetrics(registry: registry), logger: quiet)
            try await body(LanguageModelAnswers(client: client, timeout: timeout)) {
                String(decoding: registry.render(), as: UTF8.self).split(separator: "\n").map(String.init)
                    .filter { $0.hasPrefix("llm_") }
            }
        }
    }

    private static func answer(_ content: String, finish: String = "stop") -> [ScriptedStep] {
        httpAnswer(
            #"{"choices":[{"index":0,"message":{"role":"assistant","content":"\#(content)"},"finish_reason":"\#(finish)"}],"#
                + #""usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}"#)
    }

    @Test("are counted once, under what they were asked for", arguments: AnswerPrompt.Operation.allCases)
    func success(_ operation: AnswerPrompt.Operation) async throws {
        try await Self.with({ _, _ in Self.answer("Paris") }) { model, counts in
            let reply = try await model.answer(Self.prompt(operation))
            #expect(reply == AnswerReply(text: "Paris", tokens: 15))
            #expect(
                counts().sorted() == [
                    #"llm_requests_total{model="small-7b",operation="\#(operation.rawValue)",status="success"} 1.0"#,
                    #"llm_tokens_total{model="small-7b",operation="\#(operation.rawValue)"} 15.0"#,
                ])
        }
    }

    @Test("fail for reasons that clients are told")
    func failures() async throws {
        let scripts: [(ScriptedServer.Script, AnswerFailure)] = [
            ({ _, _ in httpAnswer("{}", status: "503 Service Unavailable") }, AnswerFailure(.unavailable, tokens: 0)),
            ({ _, _ in httpAnswer("no JSON") }, AnswerFailure(.malformed, tokens: nil)),
            ({ _, _ in Self.answer("", finish: "content_filter") }, AnswerFailure(.malformed, tokens: 15)),
        ]
        for (script, failure) in scripts {
            try await Self.with(script) { model, _ in
                await #expect(throws: failure) { try await model.answer(Self.prompt(.query)) }
                await #expect(throws: AnswerFailure.self) {
                    for try await _ in model.stream(Self.prompt(.stream)) {}
                }
            }
        }
    }

    @Test("come part by part")
    func stream() async throws {
        let events = ["Pa", "ris"].map {
            #"data: {"choices":[{"index":0,"delta":{"content":"\#($0)"},"finish_reason":null}]}"# + "\n\n"
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        let text = head + events.joined() + "data: [DONE]\n\n"
        try await Self.with({ _, _ in [.write(text), .close] }) { model, counts in
            var parts: [AnswerPart] = []
            for try await part in model.stream(Self.prompt(.stream)) { parts.append(part) }
            #expect(parts.prefix(2) == [.text("Pa"), .text("ris")])
            guard case .end(let tokens)? = parts.last else {
                Issue.record("no end")
                return
            }
            #expect(tokens > 0)
            #expect(counts().contains { $0.contains(#"operation="stream",status="success"} 1.0"#) })
        }
    }
}
