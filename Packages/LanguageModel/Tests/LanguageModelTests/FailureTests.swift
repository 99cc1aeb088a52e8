import LanguageModel
import Logging
import Outbound
import OutboundTestSupport
import TestKit
import Testing

@Suite("Questions that fail")
struct FailureTests {
    @Test(
        "say why, once, and never the key, the question or the answer",
        arguments: [
            ("401 Unauthorized", LanguageModelError.Code.keyRefused), ("403 Forbidden", .keyRefused),
            ("400 Bad Request", .questionRefused), ("404 Not Found", .questionRefused), ("502 Bad Gateway", .unavailable),
            ("504 Gateway Timeout", .unavailable),
        ])
    func refused(_ status: String, _ code: LanguageModelError.Code) async throws {
        let echo: ScriptedServer.Script = { _, request in httpAnswer(request, status: status) }
        try await Endpoint.with(script: echo) { endpoint in
            let error = try #require(await Self.failure(endpoint))
            #expect(error.code == code)
            #expect(error.status == Int(status.prefix(3)))
            #expect(endpoint.server.requests.count == 1)
            #expect(!error.debugDescription.contains(Endpoint.key))
            #expect(!error.debugDescription.contains("France"))
            #expect(
                endpoint.counts == [#"llm_requests_total{model="small-7b",operation="query",status="failure"} 1.0"#])
        }
    }

    @Test("are asked again after 429 and 500, after the time that the endpoint asks for, and count once")
    func retried() async throws {
        let script: ScriptedServer.Script = { number, _ in
            switch number {
            case 1: httpAnswer("{}", status: "429 Too Many Requests", fields: "Retry-After: 1\r\n")
            case 2: httpAnswer("oops", status: "500 Internal Server Error")
            default: modelAnswer("Paris")
            }
        }
        try await Endpoint.with(script: script) { endpoint in
            let began = ContinuousClock.now
            let answer = try await endpoint.client.answer(Endpoint.question)
            #expect(answer.text == "Paris")
            #expect(ContinuousClock.now - began >= .seconds(1))
            #expect(endpoint.server.requests.count == 3)
            #expect(Set(endpoint.server.requests).count == 1)
            #expect(endpoint.counts.last == #"llm_tokens_total{model="small-7b",operation="query"} 15.0"#)
            #expect(endpoint.counts.first == #"llm_requests_total{model="small-7b",operation="query",status="success"} 1.0"#)
        }
    }

    @Test("are given up after the retries, and at once where the endpoint wants more time than there is")
    func givenUp() async throws {
        try await Endpoint.with(script: { _, _ in httpAnswer("", status: "503 Service Unavailable") }) { endpoint in
            let error = try #require(await Self.failure(endpoint))
            #expect(error.code == .unavailable)
            #expect(error.attempts == 3)
            #expect(endpoint.server.requests.count == 3)
        }
        let busy: ScriptedServer.Script = { _, _ in
            httpAnswer("", status: "429 Too Many Requests", fields: "Retry-After: 3600\r\n")
        }
        try await Endpoint.with(script: busy) { endpoint in
            let error = try #require(await Self.failure(endpoint))
            #expect(error.code == .limited)
            #expect(error.retryAfter == .seconds(3_600))
            #expect(endpoint.server.requests.count == 1)
        }
        let dated: ScriptedServer.Script = { _, _ in
            httpAnswer(
                "", status: "503 Service Unavailable",
                fields: "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 09:49:37 GMT\r\n")
        }
        try await Endpoint.with(script: dated) { endpoint in
            let error = try #require(await Self.failure(endpoint))
            #expect(error.retryAfter == .seconds(3_600))
            #expect(endpoint.server.requests.count == 1)
        }
        let late: ScriptedServer.Script = { _, _ in
            httpAnswer("", status: "429 Too Many Requests", fields: "Retry-After: 4\r\n")
        }
        try await Endpoint.with(script: late, { $0.timeout = .seconds(3) }) { endpoint in
            #expect(await Self.failure(endpoint)?.code == .limited)
            #expect(endpoint.server.requests.count == 1)
        }
    }

    @Test("after the model may have worked are asked again only where that is allowed")
    func charged() async throws {
        let script: ScriptedServer.Script = { number, _ in number == 1 ? [.close] : modelAnswer("Paris") }
        try await Endpoint.with(script: script) { endpoint in
            let error = try #require(await Self.failure(endpoint))
            #expect(error.code == .interrupted)
            #expect(error.mayHaveBeenCharged)
            #expect(endpoint.server.requests.count == 1)
        }
        try await Endpoint.with(script: script) { endpoint in
            var question = Endpoint.question
            question.mayBeChargedTwice = true
            let answer = try await endpoint.client.answer(question)
            #expect(answer.text == "Paris")
            #expect(endpoint.server.requests.count == 2)
        }
    }

    @Test("when nobody listens are tried again, and nothing is charged")
    func unreachable() async throws {
        let logger = Logger(label: "model.tests", factory: { _ in SwiftLogNoOpLogHandler() })
        var configuration = try LanguageModelConfiguration(
            baseURL: "http://127.0.0.1:\(try FreePort.find())", model: "small-7b")
        configuration.firstPause = .milliseconds(1)
        let outbound = try OutboundClient(
            policy: configuration.addressPolicy, configuration: configuration.outboundConfiguration, logger: logger)
        defer { outbound.close() }
        let client = try LanguageModelClient(configuration, client: outbound, logger: logger)
        let error = try #require(
            await LanguageModelTests.failure { () async throws(LanguageModelError) in
                try await client.answer(Endpoint.question)
            })
        #expect(error.code == .unreachable)
        #expect(error.attempts == 3)
        #expect(!error.mayHaveBeenCharged)
    }

    @Test(
        "are errors where the endpoint hangs, drips, redirects, speaks nonsense or has no end",
        arguments: [
            ("hang", LanguageModelError.Code.timedOut), ("drip", .timedOut), ("redirect", .redirected),
            ("garbage", .malformedAnswer), ("gigabyte", .tooLarge), ("endless", .tooLarge),
        ])
    func hostile(_ kind: String, _ code: LanguageModelError.Code) async throws {
        let script: ScriptedServer.Script = { _, _ in
            switch kind {
            case "hang": []
            case "drip": [.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), .drip(String(repeating: "x", count: 1_000))]
            case "redirect": httpAnswer("", status: "307 Temporary Redirect", fields: "Location: http://127.0.0.1:1/\r\n")
            case "garbage": [.write("nonsense\r\n\r\n"), .close]
            case "gigabyte": [.write("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"), .writeForever("xxxxxxxx")]
            default:
                [
                    .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                    .writeForever("10000\r\n" + String(repeating: "x", count: 0x10000) + "\r\n"),
                ]
            }
        }
        try await Endpoint.with(script: script, { if code == .timedOut { $0.timeout = .milliseconds(300) } }) { endpoint in
            let error = try #require(await Self.failure(endpoint))
            #expect(error.code == code)
            #expect(endpoint.server.requests.count == 1)
            // The connection is given up, so that nobody writes to it for ever.
            #expect(await endpoint.server.waitForEnds(1))
        }
    }

    @Test("that are cancelled end at once, with their connection", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let (arrivals, arrival) = AsyncStream.makeStream(of: Int.self)
        defer { arrival.finish() }
        let silent: ScriptedServer.Script = { number, _ in
            arrival.yield(number)
            return []
        }
        try await Endpoint.with(script: silent) { endpoint in
            let task = Task { await Self.failure(endpoint) }
            let first = await arrivals.first { _ in true }
            #expect(first == 1)
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            #expect(await endpoint.server.waitForEnds(1))
        }
        let busy: ScriptedServer.Script = { number, _ in
            arrival.yield(number)
            return httpAnswer("", status: "429 Too Many Requests", fields: "Retry-After: 60\r\n")
        }
        try await Endpoint.with(script: busy, { $0.longestPause = .seconds(100) }) { endpoint in
            let task = Task { await Self.failure(endpoint) }
            let first = await arrivals.first { _ in true }
            #expect(first == 1)
            task.cancel()
            #expect(await task.value?.code == .cancelled)
        }
    }

    @Test("because they break a rule name it, and are not sent")
    func invalid() async throws {
        try await Endpoint.with(script: { _, _ in [] }, { $0.questionByteLimit = 100 }) { endpoint in
            let cases: [(String, (inout ModelQuestion) -> Void)] = [
                ("messages", { $0.messages = [] }),
                ("messages", { $0.messages = Array(repeating: .user("x"), count: 257) }),
                ("messages", { $0.messages = [.user(String(repeating: "x", count: 101))] }),
                ("model", { $0.model = "a\nb" }), ("model", { $0.model = "" }),
                ("temperature", { $0.temperature = 2.1 }), ("temperature", { $0.temperature = .nan }),
                ("maximumTokens", { $0.maximumTokens = 0 }), ("timeout", { $0.timeout = .seconds(1_000_000) }),
            ]
            for (field, change) in cases {
                var question = Endpoint.question
                change(&question)
                let asked = question
                let error = try #require(
                    await LanguageModelTests.failure { () async throws(LanguageModelError) in
                        try await endpoint.client.answer(asked)
                    })
                #expect(error.code == .invalidQuestion)
                #expect(error.message.contains(field))
            }
            #expect(endpoint.server.requests.isEmpty)
            #expect(endpoint.counts.isEmpty)
        }
    }

    private static func failure(_ endpoint: Endpoint) async -> LanguageModelError? {
        await LanguageModelTests.failure { () async throws(LanguageModelError) in
            try await endpoint.client.answer(Endpoint.question)
        }
    }
}
