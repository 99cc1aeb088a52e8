import Cryptography
import Identity
import LanguageModel
import Logging
import Outbound
import OutboundTestSupport
import RateLimit
import Testing
import TokenBudgets

@Suite("README of LanguageModel")
struct ReadmeTests {
    @Test("has an example that works")
    func exampleWorks() async throws {
        let stream = streamHead + partEvent("Paris", finish: "stop") + "data: [DONE]\n\n"
        try await withScriptedServer(script: { number, _ in number == 1 ? modelAnswer("Paris") : [.write(stream), .close] }) {
            server in
            let text = "http://127.0.0.1:\(server.port)/v1"
            let key = Endpoint.key
            let logger = Logger(label: "readme", factory: { _ in SwiftLogNoOpLogHandler() })
            var printed = ""
            func print(_ items: Any..., terminator: String = "\n") {
                printed += items.map { "\($0)" }.joined(separator: " ") + terminator
            }

            let configuration = try LanguageModelConfiguration(baseURL: text, key: SecretBytes(key.utf8), model: "small-7b")
            let outbound = try OutboundClient(
                policy: configuration.addressPolicy, configuration: configuration.outboundConfiguration, logger: logger)
            let model = try LanguageModelClient(configuration, client: outbound, logger: logger)

            let question = ModelQuestion([.system("Be brief."), .user("What is the capital of France?")], for: .query)
            let answer = try await model.answer(question)
            print(answer.text, answer.usage.total)

            for try await part in model.stream(question) {
                switch part {
                case .text(let text): print(text, terminator: "")
                case .end(let answer): print(answer.finishReason, answer.usage.total)
                }
            }
            outbound.close()

            #expect(printed == "Paris 15\nParisstop 21\n")
        }
    }

    @Test("has an example of a budget that works")
    func budgetExampleWorks() async throws {
        try await Endpoint.with(script: { _, _ in modelAnswer("Paris") }) { endpoint in
            let client = endpoint.client
            let question = Endpoint.question
            let caller = Caller(id: CallerID(unchecked: "ada"), kind: .user)
            var printed: [String] = []
            func print(_ text: String) { printed.append(text) }

            for tokens in [100_000, 10] {
                let budget = try TokenBudget(dailyTokens: tokens, store: try InProcessRateLimitStore(memoryBytes: 1 << 20))
                let model = BudgetedModel(client, budget: budget)
                switch try await model.answer(question, for: BudgetOwner(caller)) {
                case .answered(let answer): print(answer.text)
                case .refused(let refusal): print("come back in \(refusal.retryAfterSeconds ?? 0) seconds")
                }
            }
            // Ten tokens are no budget for it, ever.
            #expect(printed == ["Paris", "come back in 0 seconds"])
        }
    }
}
