import DatabaseTestSupport
import Identity
import Synchronization
import Testing

@testable import Retrieval

@Suite("Answerer")
struct AnswererTests {
    private static let text = """
        The turbine of the power plant turns at three thousand revolutions. Its bearings need oil every month. The oil is kept in
        the cellar.

        Visitors are welcome on Sundays. Nobody goes down without the keeper, who has the one key and lends it to no stranger.
        """

    private static func with(
        _ kind: TestStore = .sqlite, model: (any AnswerModel)? = nil, budget: (any TokenBudget)? = nil, text: String = Self.text,
        _ body: (Answerer, Answerer.Asker) async throws -> Void
    ) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let caller = Caller(id: CallerID(unchecked: "ada"), kind: .user)
            let owner = try #require(DocumentOwner(caller))
            try await fixture.add(text, name: "plant.txt", of: owner)
            let answerer = Answerer(
                search: PassageSearch(database: fixture.database), model: model, budget: budget, logger: quiet)
            try await body(answerer, Answerer.Asker(owner: owner, caller: caller, address: nil))
        }
    }

    private static func events(
        _ answerer: Answerer, _ question: AnswerQuestion, _ asker: Answerer.Asker
    ) async throws -> [AnswerEvent] {
        var events: [AnswerEvent] = []
        try await answerer.stream(question, for: asker) { events.append($0) }
        return events
    }

    private static func tokens(_ events: [AnswerEvent]) -> String {
        events.map { if case .token(let text) = $0 { text } else { "" } }.joined()
    }

    @Test("quotes the sentences that fit best", arguments: TestStore.allCases)
    func quotes(_ kind: TestStore) async throws {
        try await Self.with(kind) { answerer, asker in
            let answer = try await answerer.answer(AnswerQuestion("How often do the bearings need oil?"), for: asker)
            #expect(answer.text == "“Its bearings need oil every month.” (plant.txt)")
            #expect(answer.origin == .quotes && answer.fallback == nil)
            let citation = try #require(answer.citations.first)
            #expect(citation.highlightedText == "Its bearings need oil every month.")
            let scalars = Array(citation.text.unicodeScalars)
            #expect(String(String.UnicodeScalarView(scalars[citation.highlight])) == citation.highlightedText)
            #expect(citation.excerpt.hasPrefix("The turbine") && citation.excerpt.hasSuffix("..."))
            #expect(citation.excerpt.unicodeScalars.count <= 203)
            #expect(citation.position == 0 && citation.page == nil)
            #expect(answer.confidence.level == .medium || answer.confidence.level == .high)
        }
    }

    @Test("does not know where nothing is found, and is sure of that", arguments: ["Who won the cup?", "the", "?"])
    func unknown(_ question: String) async throws {
        let model = ScriptedModel(.reply("never asked"))
        try await Self.with(model: model) { answerer, asker in
            let answer = try await answerer.answer(AnswerQuestion(question), for: asker)
            #expect(answer.text.hasPrefix("I don't know"))
            #expect(answer.confidence.score == 0.95 && answer.confidence.level == .high)
            #expect(answer.citations.isEmpty)
            let nobody = Answerer.Asker(owner: nil, caller: .anonymous, address: nil)
            #expect(try await answerer.answer(AnswerQuestion("turbine"), for: nobody).citations.isEmpty)
            #expect(model.prompts.isEmpty)
        }
    }

    @Test("is the less sure the less of the question it finds")
    func confidence() async throws {
        try await Self.with { answerer, asker in
            let whole = try await answerer.answer(AnswerQuestion("oil bearings month"), for: asker)
            let part = try await answerer.answer(AnswerQuestion("oil price barrel Texas"), for: asker)
            #expect(whole.confidence.level == .high)
            #expect(part.confidence.level == .low)
        }
    }

    @Test("takes the answer of a model that is given the passages as data")
    func model() async throws {
        let model = ScriptedModel(.reply(" Every month [1]. "))
        let budget = CountedBudget(limit: 100_000)
        try await Self.with(model: model, budget: budget) { answerer, asker in
            let question = AnswerQuestion("How often is \"oil\" needed?", operation: .enhanced)
            let answer = try await answerer.answer(question, for: asker)
            #expect(answer.text == "Every month [1].")
            #expect(answer.origin == .model && answer.fallback == nil)
            #expect(answer.citations.count == 1)
            let prompt = try #require(model.prompts.first)
            #expect(prompt.operation == .enhanced)
            #expect(!prompt.instructions.contains("oil"))
            #expect(prompt.data.hasPrefix(#"{"question":"How often is \"oil\" needed?","passages":[{"number":1,"#))
            #expect(budget.used == 15)
        }
    }

    @Test("sends no secrets to a model")
    func redaction() async throws {
        let model = ScriptedModel(.reply("ok"))
        let key = "AKIA" + "Q3EGRIVLXJYZ5N2P"
        try await Self.with(model: model, text: "The access key of the turbine is \(key) as of May.") { answerer, asker in
            _ = try await answerer.answer(AnswerQuestion("access key of the turbine, not \(key)"), for: asker)
            let prompt = try #require(model.prompts.first)
            #expect(!prompt.data.contains(key))
            #expect(prompt.data.contains("[REDACTED:"))
        }
    }

    @Test("sends no part of a private key to a model, wherever the passage begins")
    func keyMaterial() async throws {
        let model = ScriptedModel(.reply("ok"))
        var generator = SystemRandomNumberGenerator()
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let lines = (0..<40).map { _ in
            "aA1" + String((0..<61).map { _ in letters.randomElement(using: &generator) ?? "x" })
        }
        let mark = "PRIVATE " + "KEY-----"
        let last = "x7Qq=="
        let block = "-----BEGIN \(mark)\n\(lines.joined(separator: "\n"))\n\(last)\n-----END \(mark)\n"
        let text = "Notes.\n\(block)The zebra gauge hangs behind the turbine door.\nDigest\nabcdef0123456789abcdef0123456789\n"
        try await Self.with(model: model, text: text) { answerer, asker in
            _ = try await answerer.answer(AnswerQuestion("zebra gauge turbine door", limit: 10), for: asker)
            let data = try #require(model.prompts.first).data
            #expect(data.contains("zebra gauge"))
            #expect(lines.allSatisfy { !data.contains($0.prefix(30)) && !data.contains($0.suffix(30)) })
            #expect(!data.contains(last))
            #expect(data.contains("abcdef0123456789abcdef0123456789"), "a digest in hexadecimal is no key")
        }
    }

    @Test("sets aside no less than any model can count", arguments: ["ጤና ይስጥልኝ ዘብራ።", "q8Zx0Kp2 zebra"])
    func bound(_ text: String) async throws {
        let budget = CountedBudget(limit: 100_000)
        let model = ScriptedModel(.hang)
        try await Self.with(model: model, budget: budget, text: text + " Zebra.") { answerer, asker in
            let task = Task { try await answerer.answer(AnswerQuestion("zebra ዘብራ"), for: asker) }
            await model.asked()
            task.cancel()
            _ = await task.result
            let prompt = try #require(model.prompts.first)
            // There are vocabularies with a token for each byte.
            #expect(budget.used >= prompt.instructions.utf8.count + prompt.data.utf8.count + prompt.maximumTokens)
        }
    }

    @Test(
        "quotes where the model fails, and says so",
        arguments: [
            (.failure(AnswerFailure(.unavailable, tokens: 0)), AnswerFailure.Reason.unavailable, 0),
            (.failure(AnswerFailure(.timedOut, tokens: nil)), .timedOut, nil), (.reply("  \n"), .malformed, 15),
            (.reply(String(repeating: "x", count: 8_001)), .malformed, 15),
        ] as [(ScriptedModel.Script, AnswerFailure.Reason, Int?)])
    func failures(_ script: ScriptedModel.Script, _ reason: AnswerFailure.Reason, _ used: Int?) async throws {
        let budget = CountedBudget(limit: 100_000)
        try await Self.with(model: ScriptedModel(script), budget: budget) { answerer, asker in
            let answer = try await answerer.answer(AnswerQuestion("oil"), for: asker)
            #expect(answer.origin == .quotes && answer.fallback == reason)
            #expect(answer.text.hasPrefix("“"))
            // What nobody can tell stays charged.
            #expect(used.map { $0 == budget.used } ?? (budget.used > PromptWriter.maximumTokens))

            let events = try await Self.events(answerer, AnswerQuestion("oil", operation: .stream), asker)
            guard case .done(let streamed)? = events.last else {
                Issue.record("no end")
                return
            }
            if case .reply = script { return }
            #expect(streamed == answer)
            #expect(Self.tokens(events) == answer.text)
        }
    }

    @Test("quotes where the budget is spent or cannot be asked, and asks no model", arguments: [0, nil])
    func budget(_ limit: Int?) async throws {
        let model = ScriptedModel(.reply("never asked"))
        try await Self.with(model: model, budget: CountedBudget(limit: limit)) { answerer, asker in
            let answer = try await answerer.answer(AnswerQuestion("oil"), for: asker)
            #expect(answer.origin == .quotes && answer.fallback == .budget)
            #expect(model.prompts.isEmpty)
        }
    }

    @Test("settles what it set aside when it is cancelled")
    func cancellation() async throws {
        let budget = CountedBudget(limit: 100_000)
        let model = ScriptedModel(.hang)
        try await Self.with(model: model, budget: budget) { answerer, asker in
            let task = Task { try await answerer.answer(AnswerQuestion("oil"), for: asker) }
            await model.asked()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(budget.settled == 1 && budget.used > PromptWriter.maximumTokens)
        }
    }

    @Test("streams the quoted answer word by word", arguments: TestStore.allCases)
    func streamedQuotes(_ kind: TestStore) async throws {
        try await Self.with(kind) { answerer, asker in
            let events = try await Self.events(answerer, AnswerQuestion("bearings", operation: .stream), asker)
            #expect(events.first == .status("searching"))
            guard case .citations(let citations) = events[1], case .done(let answer)? = events.last else {
                Issue.record("\(events)")
                return
            }
            #expect(citations.count == 1)
            #expect(events[2] == .status("answering"))
            #expect(events.count > 6)
            #expect(Self.tokens(events) == answer.text)
        }
    }

    @Test("streams the parts of a model, and ends with an error when it breaks off")
    func streamedModel() async throws {
        let budget = CountedBudget(limit: 100_000)
        try await Self.with(model: ScriptedModel(.reply("Every month [1].")), budget: budget) { answerer, asker in
            let events = try await Self.events(answerer, AnswerQuestion("oil", operation: .stream), asker)
            #expect(Self.tokens(events) == "Every month [1].")
            guard case .done(let answer)? = events.last else {
                Issue.record("no end")
                return
            }
            #expect(answer.origin == .model && answer.text == "Every month [1].")
            #expect(budget.used == 15)
        }
        try await Self.with(model: ScriptedModel(.breakOff("Every "))) { answerer, asker in
            await #expect(throws: AnswerFailure.self) {
                try await Self.events(answerer, AnswerQuestion("oil", operation: .stream), asker)
            }
        }
    }
}

/// A model that does as it is told, and keeps what it was asked.
final class ScriptedModel: AnswerModel {
    enum Script: Sendable {
        case reply(String)
        case failure(AnswerFailure)
        case breakOff(String)
        case hang
    }

    private let script: Script
    private let state = Mutex<[AnswerPrompt]>([])
    private let calls: AsyncStream<Void>
    private let call: AsyncStream<Void>.Continuation

    init(_ script: Script) {
        self.script = script
        (self.calls, self.call) = AsyncStream.makeStream()
    }

    var prompts: [AnswerPrompt] { self.state.withLock { $0 } }

    /// Waits until somebody asks.
    func asked() async { _ = await self.calls.first { _ in true } }

    func answer(_ prompt: AnswerPrompt) async throws -> AnswerReply {
        self.state.withLock { $0.append(prompt) }
        self.call.yield()
        switch self.script {
        case .reply(let text): return AnswerReply(text: text, tokens: 15)
        case .failure(let failure): throw failure
        case .breakOff: throw AnswerFailure(.unavailable, tokens: nil)
        case .hang:
            try await Task.sleep(for: .seconds(3_600))
            throw AnswerFailure(.timedOut, tokens: nil)
        }
    }

    func stream(_ prompt: AnswerPrompt) -> AsyncThrowingStream<AnswerPart, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: AnswerPart.self)
        switch self.script {
        case .reply(let text):
            for word in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
                continuation.yield(.text(word.offset > 0 ? " \(word.element)" : String(word.element)))
            }
            continuation.yield(.end(tokens: 15))
            continuation.finish()
        case .failure(let failure): continuation.finish(throwing: failure)
        case .breakOff(let text):
            continuation.yield(.text(text))
            continuation.finish(throwing: AnswerFailure(.unavailable, tokens: nil))
        case .hang: break
        }
        return stream
    }
}

/// A budget that counts; without a limit it cannot be asked.
final class CountedBudget: TokenBudget {
    private let limit: Int?
    private let state = Mutex<(used: Int, settled: Int)>((0, 0))

    init(limit: Int?) {
        self.limit = limit
    }

    var used: Int { self.state.withLock { $0.used } }
    var settled: Int { self.state.withLock { $0.settled } }

    private struct Lease: TokenLease {
        let budget: CountedBudget

        func settle(_ tokens: Int) async {
            self.budget.state.withLock { state in
                state.used += tokens
                state.settled += 1
            }
        }
    }

    func reserve(_ tokens: Int, for caller: Caller, at address: IPAddress?) async throws -> (any TokenLease)? {
        guard let limit = self.limit else { throw TestFailure(message: "the budget is away") }
        return tokens <= limit ? Lease(budget: self) : nil
    }
}
