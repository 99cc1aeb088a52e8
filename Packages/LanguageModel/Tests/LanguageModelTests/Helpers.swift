import Cryptography
import LanguageModel
import Logging
import Outbound
import OutboundTestSupport
import PrometheusMetrics

/// A client of a scripted endpoint, with what it counts.
struct Endpoint: Sendable {
    /// Not a secret of anybody.
    static let key = "sk-" + "test-4711"
    static let question = ModelQuestion([.system("Be brief."), .user("What is the capital of France?")], for: .query)

    let client: LanguageModelClient
    let server: ScriptedServer
    let registry: PrometheusRegistry

    /// Lends an endpoint that answers as the script says; deadlines are long unless a test shortens them.
    static func with<Value>(
        script: @escaping ScriptedServer.Script, _ change: (inout LanguageModelConfiguration) -> Void = { _ in },
        _ body: (Endpoint) async throws -> Value
    ) async throws -> Value {
        try await withScriptedServer(script: script) { server in
            var configuration = try LanguageModelConfiguration(
                baseURL: "http://127.0.0.1:\(server.port)/v1/", key: SecretBytes(Self.key.utf8), model: "small-7b")
            configuration.timeout = .seconds(120)
            configuration.firstPause = .milliseconds(1)
            change(&configuration)
            let logger = Logger(label: "model.tests", factory: { _ in SwiftLogNoOpLogHandler() })
            let outbound = try OutboundClient(
                policy: configuration.addressPolicy, configuration: configuration.outboundConfiguration, logger: logger)
            defer { outbound.close() }
            let registry = PrometheusRegistry()
            let client = try LanguageModelClient(
                configuration, client: outbound, metrics: LanguageModelMetrics(registry: registry), logger: logger)
            return try await body(Endpoint(client: client, server: server, registry: registry))
        }
    }

    /// The lines of the metrics that begin with `llm_`.
    var counts: [String] {
        String(decoding: self.registry.render(), as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("llm_") }
    }

    /// All parts of a stream, and what it ended with.
    func read(_ question: ModelQuestion = Endpoint.question) async -> (parts: [ModelPart], failure: LanguageModelError?) {
        var parts: [ModelPart] = []
        do {
            for try await part in self.client.stream(question) { parts.append(part) }
            return (parts, nil)
        } catch {
            return (parts, error as? LanguageModelError ?? LanguageModelError(.cancelled, message: "another error: \(error)"))
        }
    }
}

/// Why an operation failed; nil if it did not.
func failure(_ body: () async throws(LanguageModelError) -> some Any) async -> LanguageModelError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// A whole answer of a model.
func modelAnswer(
    _ text: String, usage: String? = #"{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}"#, fields: String = ""
) -> [ScriptedStep] {
    let usage = usage.map { #","usage":\#($0)"# } ?? ""
    let choice = #"{"index":0,"message":{"role":"assistant","content":"\#(text)"},"finish_reason":"stop"}"#
    return httpAnswer(#"{"id":"x","object":"chat.completion","choices":[\#(choice)]\#(usage)}"#, fields: fields)
}

/// The head of a stream that ends with the connection.
let streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n"

/// An event of a stream with a part of the text.
func partEvent(_ text: String, finish: String? = nil) -> String {
    let finish = finish.map { "\"\($0)\"" } ?? "null"
    return #"data: {"choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":\#(finish)}]}"# + "\n\n"
}
