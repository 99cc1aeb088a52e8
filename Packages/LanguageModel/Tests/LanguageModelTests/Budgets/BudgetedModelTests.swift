import Identity
import LanguageModel
import OutboundTestSupport
import RateLimit
import TestKit
import Testing
import TokenBudgets

@Suite("Questions within a budget")
struct BudgetedModelTests {
    private static let owner = BudgetOwner(Caller(id: CallerID(unchecked: "ada"), kind: .user))
    /// What the question of the tests reserves with 100 tokens for its answer.
    private static let estimate = 9 + 30 + 2 * 16 + 32 + 100

    private struct Scene: Sendable {
        let endpoint: Endpoint
        let budget: TokenBudget
        let model: BudgetedModel

        func used() async -> Int? { await self.budget.standing(of: owner)?.used }

        /// Asks several times at once, and counts the answers and the failures.
        func askAtOnce(_ count: Int) async -> (answered: Int, failed: Int) {
            await withTaskGroup(of: Ending.self) { tasks in
                for _ in 0..<count { tasks.addTask { await self.ending() } }
                var endings: [Ending] = []
                for await ending in tasks { endings.append(ending) }
                return (endings.count { $0 == .answered }, endings.count { $0 == .failed })
            }
        }

        private enum Ending: Sendable {
            case answered
            case refused
            case failed
        }

        private func ending() async -> Ending {
            switch await self.ask().outcome {
            case .answered: .answered
            case .refused: .refused
            case nil: .failed
            }
        }

        func ask() async -> (outcome: BudgetedModel.Outcome?, failure: LanguageModelError?) {
            do throws(LanguageModelError) {
                return (try await self.model.answer(Endpoint.question, for: owner), nil)
            } catch {
                return (nil, error)
            }
        }
    }

    private static func with(
        tokens: Int = 10_000, script: @escaping ScriptedServer.Script,
        _ change: (inout LanguageModelConfiguration) -> Void = { _ in }, _ body: (Scene) async throws -> Void
    ) async throws {
        try await Endpoint.with(script: script, change) { endpoint in
            let budget = try TokenBudget(dailyTokens: tokens, store: InProcessRateLimitStore(memoryBytes: 1 << 20))
            let model = BudgetedModel(endpoint.client, budget: budget, maximumTokens: 100)
            try await body(Scene(endpoint: endpoint, budget: budget, model: model))
        }
    }

    @Test("pay what they used, and hold the model to a bound")
    func success() async throws {
        try await Self.with(script: { _, _ in modelAnswer("Paris") }) { scene in
            guard case .answered(let answer) = await scene.ask().outcome else {
                Issue.record("no answer")
                return
            }
            #expect(answer.text == "Paris")
            #expect(await scene.used() == 15)
            #expect(scene.endpoint.server.requests.first?.contains(#""max_tokens":100"#) == true)
            #expect(scene.endpoint.counts.last == #"llm_tokens_total{model="small-7b",operation="query"} 15.0"#)
        }
    }

    @Test("pay more than they reserved where the endpoint says so")
    func settledUp() async throws {
        let usage = #"{"prompt_tokens":900,"completion_tokens":100}"#
        try await Self.with(script: { _, _ in modelAnswer("Paris", usage: usage) }) { scene in
            _ = await scene.ask()
            #expect(await scene.used() == 1_000)
        }
    }

    @Test("pay nothing for a failure that costs nothing, after all retries")
    func free() async throws {
        let answers = [
            ("429 Too Many Requests", LanguageModelError.Code.limited), ("500 Internal Server Error", .unavailable),
            ("400 Bad Request", .questionRefused), ("401 Unauthorized", .keyRefused),
        ]
        for (status, code) in answers {
            try await Self.with(script: { _, _ in httpAnswer("{}", status: status) }) { scene in
                #expect(await scene.ask().failure?.code == code, "\(status)")
                #expect(await scene.used() == 0, "\(status)")
                #expect(
                    scene.endpoint.counts == [#"llm_requests_total{model="small-7b",operation="query",status="failure"} 1.0"#],
                    "\(status)")
            }
        }
    }

    @Test(
        "pay the estimate for a failure that the model may have worked on, and are not asked twice",
        arguments: ["malformed", "hang", "cut", "gateway"])
    func charged(_ kind: String) async throws {
        let script: ScriptedServer.Script = { _, _ in
            switch kind {
            case "malformed": httpAnswer("{canary")
            case "hang": []
            case "cut": [.close]
            default: httpAnswer("", status: "502 Bad Gateway")
            }
        }
        try await Self.with(script: script, { if kind == "hang" { $0.timeout = .milliseconds(300) } }) { scene in
            var question = Endpoint.question
            question.mayBeChargedTwice = true
            let asked = question
            await #expect(throws: LanguageModelError.self) { try await scene.model.answer(asked, for: Self.owner) }
            #expect(await scene.used() == Self.estimate)
            #expect(scene.endpoint.server.requests.count == 1)
            #expect(scene.endpoint.counts == [#"llm_requests_total{model="small-7b",operation="query",status="failure"} 1.0"#])
        }
    }

    @Test("pay the estimate when they are cancelled on their way, and settle only once", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let (arrivals, arrival) = AsyncStream.makeStream(of: Int.self)
        defer { arrival.finish() }
        let silent: ScriptedServer.Script = { number, _ in
            arrival.yield(number)
            return []
        }
        try await Self.with(script: silent) { scene in
            let task = Task { await scene.ask().failure?.code }
            let first = await arrivals.first { _ in true }
            #expect(first == 1)
            #expect(await scene.used() == Self.estimate)
            task.cancel()
            #expect(await task.value == .cancelled)
            #expect(await scene.used() == Self.estimate)
        }
    }

    @Test("are not asked once the budget is used up, and say when it is back")
    func refused() async throws {
        try await Self.with(tokens: Self.estimate + 14, script: { _, _ in modelAnswer("Paris") }) { scene in
            _ = await scene.ask()
            guard case .refused(let refusal) = await scene.ask().outcome else {
                Issue.record("not refused")
                return
            }
            #expect(refusal.reason == .exhausted)
            #expect((1...86_400).contains(refusal.retryAfterSeconds ?? 0))
            guard case .refused = await scene.model.stream(Endpoint.question, for: Self.owner) else {
                Issue.record("a stream is not refused")
                return
            }
            #expect(scene.endpoint.server.requests.count == 1)
        }
    }

    @Test("never overspend together: as many are asked at once as the estimates allow", .timeLimit(.minutes(2)))
    func concurrent() async throws {
        let script: ScriptedServer.Script = { _, _ in
            modelAnswer("Paris", usage: #"{"prompt_tokens":50,"completion_tokens":50}"#)
        }
        // Room for five estimates at once.
        try await Self.with(tokens: Self.estimate * 5, script: script) { scene in
            let (answered, failed) = await scene.askAtOnce(50)
            #expect(failed == 0)
            #expect(answered >= 5 && answered * 100 <= Self.estimate * 5)
            #expect(scene.endpoint.server.requests.count == answered)
            #expect(await scene.used() == answered * 100)
            #expect(
                scene.endpoint.counts.last
                    == #"llm_tokens_total{model="small-7b",operation="query"} \#(Double(answered * 100))"#)
        }
    }

    @Test("that are streamed pay what the endpoint counts at the end")
    func streamed() async throws {
        let text =
            streamHead + partEvent("Pa") + partEvent("ris", finish: "stop")
            + #"data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":2}}"# + "\n\ndata: [DONE]\n\n"
        try await Self.with(script: { _, _ in [.write(text), .close] }) { scene in
            guard case .stream(let stream) = await scene.model.stream(Endpoint.question, for: Self.owner) else {
                Issue.record("refused")
                return
            }
            var parts: [ModelPart] = []
            for try await part in stream { parts.append(part) }
            #expect(parts.prefix(2) == [.text("Pa"), .text("ris")] && parts.count == 3)
            #expect(await scene.used() == 14)
        }
    }

    @Test("that are streamed pay the estimate when they break off, and nothing when nothing was sent")
    func brokenStream() async throws {
        let cases: [([ScriptedStep], Int)] = [
            ([.write(streamHead + partEvent("Paris")), .close], Self.estimate),
            ([.write(streamHead + partEvent("Paris") + "data: {canary\n\n")], Self.estimate),
            (httpAnswer("", status: "400 Bad Request"), 0),
        ]
        for (steps, paid) in cases {
            try await Self.with(script: { _, _ in steps }) { scene in
                guard case .stream(let stream) = await scene.model.stream(Endpoint.question, for: Self.owner) else {
                    Issue.record("refused")
                    return
                }
                await #expect(throws: LanguageModelError.self) { for try await _ in stream {} }
                #expect(await scene.used() == paid)
            }
        }
    }

    @Test("that nobody reads on pay the estimate, and end with their connection", .timeLimit(.minutes(1)))
    func abandoned() async throws {
        try await Self.with(script: { _, _ in [.write(streamHead + partEvent("Paris"))] }) { scene in
            if case .stream(let stream) = await scene.model.stream(Endpoint.question, for: Self.owner) {
                for try await _ in stream { break }
            }
            #expect(await scene.endpoint.server.waitForEnds(1))
            #expect(await scene.used() == Self.estimate)
        }
    }

    @Test("without a budget are asked as they are")
    func unbounded() async throws {
        try await Endpoint.with(script: { _, _ in modelAnswer("Paris") }) { endpoint in
            let model = BudgetedModel(endpoint.client, budget: nil)
            guard case .answered = try await model.answer(Endpoint.question, for: Self.owner) else {
                Issue.record("not answered")
                return
            }
            #expect(endpoint.server.requests.first?.contains("max_tokens") == false)
        }
    }
}
