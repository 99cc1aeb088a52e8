import Cryptography
import Outbound
import Testing

@testable import LanguageModel

@Suite("Retries")
struct RetryTests {
    private static let schedule = RetrySchedule(
        maximumRetries: 5, firstPause: .milliseconds(100), longestPause: .seconds(1), mayBeChargedTwice: false)
    private static let limited = LanguageModelError(.limited, message: "")

    @Test("pause longer each time, up to a bound, each by chance")
    func pauses() {
        let pauses = (1...6).map { Self.schedule.pause(after: Self.limited, attempts: $0, share: 1) }
        #expect(pauses == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1), nil])
        #expect(Self.schedule.pause(after: Self.limited, attempts: 1, share: 0) == .milliseconds(50))
        #expect(Self.schedule.pause(after: Self.limited, attempts: 1, share: .infinity) == .milliseconds(100))
    }

    @Test("wait as long as asked, and are none where that is too long")
    func asked() {
        func pause(_ time: Duration) -> Duration? {
            let error = LanguageModelError(.limited, message: "", retryAfter: time)
            return Self.schedule.pause(after: error, attempts: 1, share: 1)
        }
        #expect(pause(.zero) == .milliseconds(100))
        #expect(pause(.milliseconds(500)) == .milliseconds(500))
        #expect(pause(.seconds(1)) == .seconds(1))
        #expect(pause(.seconds(2)) == nil)
    }

    @Test("are for what the endpoint turned away or never saw")
    func which() {
        func isRetried(_ code: LanguageModelError.Code, charged: Bool = false) -> Bool {
            let error = LanguageModelError(code, message: "", mayHaveBeenCharged: charged)
            return Self.schedule.pause(after: error, attempts: 1, share: 1) != nil
        }
        for code in [LanguageModelError.Code.limited, .unavailable, .unreachable, .interrupted] {
            #expect(isRetried(code))
            #expect(!isRetried(code, charged: true))
        }
        for code in [
            LanguageModelError.Code.keyRefused, .questionRefused, .redirected, .malformedAnswer, .tooLarge, .timedOut, .cancelled,
            .overloaded, .invalidQuestion,
        ] {
            #expect(!isRetried(code))
        }
        let bold = RetrySchedule(maximumRetries: 1, firstPause: .zero, longestPause: .zero, mayBeChargedTwice: true)
        let lost = LanguageModelError(.interrupted, message: "", mayHaveBeenCharged: true)
        #expect(bold.pause(after: lost, attempts: 1, share: 1) == .zero)
    }

    @Test(
        "read dates as HTTP writes them",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200), ("Sun, 06 Nov 1994 08:49:37 UTC", nil),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("", nil),
            ("Sun, 6 Nov 19940 08:49:37 GMT", nil), ("Sun, -6 Nov 1994 08:49:37 GMT", nil),
        ] as [(String, Int64?)])
    func dates(_ text: String, _ seconds: Int64?) {
        #expect(HTTPDate.seconds(text) == seconds)
    }
}

@Suite("Settings of a language model")
struct ConfigurationTests {
    @Test(
        "are refused with the rule, never with the key",
        arguments: [
            ("ftp://h/v1", "k", "m", "base URL"), ("https://h/v1?x=1", "k", "m", "query"), ("https://h/v1", "", "m", "key"),
            ("https://h/v1", "canary 1", "m", "key"), ("https://h/v1", "canary\r\nX: y", "m", "key"),
            ("https://h/v1", "k", "", "model"),
            ("https://h/v1", "k", "a\u{7F}", "model"),
        ])
    func refused(_ url: String, _ key: String, _ model: String, _ word: String) throws {
        do {
            _ = try LanguageModelConfiguration(baseURL: url, key: SecretBytes(key.utf8), model: model)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .invalidConfiguration)
            #expect(error.message.contains(word))
            #expect(!error.message.contains("canary"))
        }
    }

    @Test("add the path, and let the client through to the endpoint only")
    func addresses() throws {
        for (base, expected) in [
            ("https://h", "https://h/chat/completions"), ("https://h/v1/", "https://h/v1/chat/completions"),
            ("http://[::1]:8080/a/b", "http://[::1]:8080/a/b/chat/completions"),
        ] {
            let configuration = try LanguageModelConfiguration(baseURL: base, model: "m")
            #expect(try configuration.url.text == expected)
            try configuration.addressPolicy.check(configuration.url)
            #expect(throws: (any Error).self) { try configuration.addressPolicy.check("http://127.0.0.1:9/") }
        }
    }

    @Test("have bounds")
    func bounds() throws {
        let changes: [(String, (inout LanguageModelConfiguration) -> Void)] = [
            ("timeout", { $0.timeout = .zero }), ("maximumRetries", { $0.maximumRetries = 11 }),
            ("firstPause", { $0.firstPause = .seconds(-1) }), ("answerByteLimit", { $0.answerByteLimit = 0 }),
            ("questionByteLimit", { $0.questionByteLimit = .max }), ("lineByteLimit", { $0.lineByteLimit = -1 }),
        ]
        for (name, change) in changes {
            var configuration = try LanguageModelConfiguration(baseURL: "https://h", model: "m")
            change(&configuration)
            do {
                try configuration.validate()
                Issue.record("accepted: \(name)")
            } catch {
                #expect(error.message.contains(name))
            }
        }
    }

    @Test("name operations by a small alphabet")
    func operations() {
        for good in ["query", "risk", "a", "x.y-z_1"] { #expect(ModelOperation(good)?.name == good) }
        for bad in ["", "Query", "1a", "a b", "a\n", "é", String(repeating: "a", count: 65)] {
            #expect(ModelOperation(bad) == nil)
        }
    }
}

@Suite("Estimates of tokens")
struct TokenEstimateTests {
    @Test(
        "grow with the text",
        arguments: [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("1234", 2), ("日本語", 3), ("👍", 3), ("a b c d e", 3)])
    func texts(_ text: String, _ tokens: Int) {
        #expect(TokenEstimate.tokens(in: text) == tokens)
    }
}
