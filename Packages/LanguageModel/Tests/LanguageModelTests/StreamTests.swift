import LanguageModel
import OutboundTestSupport
import Testing

@Suite("Streamed answers")
struct StreamTests {
    private static let whole =
        streamHead + ": hello\n\n" + partEvent("Pa") + partEvent("") + partEvent("ris", finish: "stop")
        + #"data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":2}}"# + "\n\ndata: [DONE]\n\n"

    /// The whole, with a stretch that comes byte by byte.
    private static var pieces: [ScriptedStep] {
        let text = Self.whole
        return [
            .write(String(text.prefix(100))), .drip(String(text.dropFirst(100).prefix(60))), .write(String(text.dropFirst(160))),
        ]
    }

    @Test("come in parts, and end with the whole and its counts")
    func whole() async throws {
        try await Endpoint.with(script: { _, _ in Self.pieces }) { endpoint in
            let (parts, failure) = await endpoint.read()
            #expect(failure == nil)
            #expect(
                parts == [
                    .text("Pa"), .text("ris"),
                    .end(
                        ModelAnswer(
                            text: "Paris", finishReason: .stop,
                            usage: TokenUsage(promptTokens: 12, completionTokens: 2, isEstimated: false))),
                ])
            #expect(endpoint.server.requests.first?.contains(#""stream":true,"stream_options":{"include_usage":true}"#) == true)
            #expect(endpoint.counts.last == #"llm_tokens_total{model="small-7b",operation="query"} 14.0"#)
        }
    }

    @Test("are whole with a reason to finish or [DONE], and their tokens are estimated where nobody counts")
    func unfinished() async throws {
        for text in [streamHead + partEvent("Paris", finish: "length"), streamHead + partEvent("Paris") + "data:[DONE]\r\r"] {
            try await Endpoint.with(script: { _, _ in [.write(text), .close] }) { endpoint in
                let (parts, failure) = await endpoint.read()
                #expect(failure == nil)
                guard case .end(let answer) = parts.last else {
                    Issue.record("no end: \(parts)")
                    return
                }
                #expect(answer.text == "Paris")
                #expect(answer.usage == TokenUsage(promptTokens: 19, completionTokens: 2, isEstimated: true))
            }
        }
    }

    @Test("that break off or go wrong are errors behind the parts that came, never asked again, and counted once")
    func broken() async throws {
        let cases: [(String, [ScriptedStep], LanguageModelError.Code)] = [
            ("cut", [.close], .interrupted),
            ("half an event", [.write(#"data: {"choices":[]"#), .close], .interrupted),
            ("no JSON", [.write("data: {canary\n\n")], .malformedAnswer),
            ("wrong type", [.write(#"data: {"choices":[{"delta":{"content":7}}]}"# + "\n\n")], .malformedAnswer),
            ("error", [.write(#"data: {"error":{"message":"canary"}}"# + "\n\n")], .unavailable),
            ("endless line", [.writeForever("data: canary")], .tooLarge),
            ("endless event", [.writeForever("data: canary\n")], .tooLarge),
            ("endless comments", [.writeForever(":\n\n")], .tooLarge),
            ("endless text", [.writeForever(partEvent(String(repeating: "x", count: 1_000)))], .tooLarge),
            ("hang", [], .timedOut),
        ]
        for (name, steps, code) in cases {
            try await Endpoint.with(
                script: { _, _ in [.write(streamHead + partEvent("Paris"))] + steps },
                {
                    $0.lineByteLimit = 4_096
                    $0.answerByteLimit = 10_000
                    $0.streamByteLimit = 100_000
                    if code == .timedOut { $0.timeout = .milliseconds(300) }
                }
            ) { endpoint in
                var question = Endpoint.question
                question.mayBeChargedTwice = true
                let (parts, failure) = await endpoint.read(question)
                #expect(failure?.code == code, "\(name)")
                #expect(parts.first == .text("Paris"), "\(name)")
                #expect(failure?.mayHaveBeenCharged == true, "\(name)")
                #expect(failure?.debugDescription.contains("canary") == false, "\(name)")
                #expect(failure?.usage?.isEstimated == true, "\(name)")
                #expect(endpoint.server.requests.count == 1, "\(name)")
                #expect(await endpoint.server.waitForEnds(1), "\(name)")
                #expect(
                    endpoint.counts.first == #"llm_requests_total{model="small-7b",operation="query",status="failure"} 1.0"#,
                    "\(name)")
                #expect(endpoint.counts.count == 2, "\(name)")
            }
        }
    }

    @Test("are asked for again as long as nothing has come")
    func retried() async throws {
        let script: ScriptedServer.Script = { (number: Int, _: String) in
            number == 1 ? httpAnswer("", status: "500 Internal Server Error") : [.write(Self.whole), .close]
        }
        try await Endpoint.with(script: script) { endpoint in
            #expect(await endpoint.read().parts.count == 3)
            #expect(endpoint.server.requests.count == 2)
        }
        try await Endpoint.with(script: { _, _ in modelAnswer("Paris") }) { endpoint in
            #expect(await endpoint.read().failure?.code == .malformedAnswer)
        }
    }

    @Test("end with their connection when nobody reads on")
    func abandoned() async throws {
        try await Endpoint.with(script: { _, _ in [.write(streamHead + partEvent("Paris"))] }) { endpoint in
            for try await part in endpoint.client.stream(Endpoint.question) {
                #expect(part == .text("Paris"))
                break
            }
            #expect(await endpoint.server.waitForEnds(1))
        }
        try await Endpoint.with(script: { _, _ in [.write(streamHead + partEvent("Paris"))] }) { endpoint in
            let (seen, saw) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                for try await _ in endpoint.client.stream(Endpoint.question) { saw.yield() }
            }
            for await _ in seen { break }
            task.cancel()
            #expect(await endpoint.server.waitForEnds(1))
            _ = await task.result
        }
    }
}
