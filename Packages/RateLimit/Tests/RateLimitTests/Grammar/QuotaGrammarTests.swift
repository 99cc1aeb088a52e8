import RateLimit
import Testing

/// Expected values are those of the Python library `limits` 5.8.0 (`parse_many`).
@Suite("Limit strings")
struct QuotaGrammarTests {
    @Test(
        "reads what the Python library reads",
        arguments: [
            ("10/minute", "10 per 1 minute", 60), ("10 per minute", "10 per 1 minute", 60), ("10/MINUTE", "10 per 1 minute", 60),
            ("10 PER Minute", "10 per 1 minute", 60), ("10/2 hours", "10 per 2 hour", 7_200),
            ("10/2hours", "10 per 2 hour", 7_200),
            ("10 / 2 hour", "10 per 2 hour", 7_200), ("10per minute", "10 per 1 minute", 60),
            ("10 perminute", "10 per 1 minute", 60),
            ("10per2minutes", "10 per 2 minute", 120), ("0/minute", "0 per 1 minute", 60),
            ("10/0 minutes", "10 per 1 minute", 60),
            (" 10/minute ", "10 per 1 minute", 60), ("10/month", "10 per 1 month", 2_592_000),
            ("10/2 years", "10 per 2 year", 62_208_000),
            ("10/day", "10 per 1 day", 86_400), ("10\n/\nminute", "10 per 1 minute", 60), ("010/minute", "10 per 1 minute", 60),
            ("10/01minute", "10 per 1 minute", 60), ("10\u{A0}/minute", "10 per 1 minute", 60),
            ("10/minutes", "10 per 1 minute", 60),
            ("10\t/ minute", "10 per 1 minute", 60), ("10/minute\n", "10 per 1 minute", 60),
            ("5 / 3 month", "5 per 3 month", 7_776_000),
            ("9223372036854775807/second", "9223372036854775807 per 1 second", 1),
        ]
    )
    func reads(_ text: String, _ description: String, _ seconds: Int) throws {
        let quotas = try Quota.parse(text)
        try #require(quotas.count == 1)
        #expect(quotas[0].description == description)
        #expect(quotas[0].window == .seconds(seconds))
    }

    @Test("reads several quotas in their order", arguments: [";", ",", "|", " ; ", "\n,", "| "])
    func readsSeveral(_ separator: String) throws {
        let quotas = try Quota.parse("10/minute\(separator)200 per 5 hours\(separator)1/day")
        #expect(quotas.map(\.description) == ["10 per 1 minute", "200 per 5 hour", "1 per 1 day"])
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", " ", ";", "10/min", "10/m", "abc/minute", "-1/minute", "+10/minute", "10.5/minute", "10/minute;", ";10/minute",
            "10/minute;;20/hour",
            "10/minute 20/hour", "10//minute", "10 minute", "10/minutess", "10/minutefoo", "10/minute;foo", "foo;10/minute",
            "10/-1 minute", "10/week",
            "10/1/minute", "10 a minute", "10/", "10", "per minute", "10/millisecond", "10/\u{17F}econd", "\u{661}\u{660}/minute",
            "10 pe minute",
        ]
    )
    func refuses(_ text: String) {
        let error = #expect(throws: RateLimitError.self) { try Quota.parse(text) }
        #expect(error?.code == .invalidQuota)
    }

    @Test(
        "refuses numbers that do not fit instead of trapping",
        arguments: [
            "9223372036854775808/second", "99999999999999999999999999/second", "1/9223372036854775807 seconds", "1/31 years",
            "1/99999999999999999999 days",
        ]
    )
    func refusesOverflow(_ text: String) {
        #expect(throws: RateLimitError.self) { try Quota.parse(text) }
    }

    @Test("says what was read, where, and what is allowed")
    func explains() {
        let error = #expect(throws: RateLimitError.self) { try Quota.parse("10/minute; 5/wek\n") }
        #expect(
            error?.message
                == "cannot read the limit \"10/minute; 5/wek\\n\": at character 14 stands \"wek\\n\", "
                + "allowed is second, minute, hour, day, month or year, or the plural of one"
        )
        #expect(error?.description.contains("\n") == false)
    }

    @Test("reads its own description again", arguments: [1, 59, 60, 90, 3_600, 86_400, 2_592_000])
    func roundTrips(_ seconds: Int) throws {
        let quota = try Quota(limit: 12, window: .seconds(seconds))
        #expect(try Quota.parse(quota.description) == [quota])
    }
}

@Suite("Quota")
struct QuotaTests {
    @Test(
        "refuses windows that are no whole milliseconds or out of range",
        arguments: [
            Duration.zero, .nanoseconds(1), .microseconds(1_500), .seconds(-1), .seconds(Int64.max),
            .milliseconds(Quota.maximumWindowMilliseconds + 1),
            Duration(secondsComponent: 1, attosecondsComponent: 1),
        ])
    func refusesWindows(_ window: Duration) {
        #expect(throws: RateLimitError.self) { try Quota(limit: 1, window: window) }
    }

    @Test("refuses a negative limit")
    func refusesNegative() {
        #expect(throws: RateLimitError.self) { try Quota(limit: -1, .minute) }
    }

    @Test("tells milliseconds when nothing larger divides the window")
    func tellsMilliseconds() throws {
        #expect(try Quota(limit: 3, window: .milliseconds(1_500)).description == "3 per 1500 millisecond")
        #expect(try Quota(limit: 3, window: .seconds(60)).description == "3 per 1 minute")
    }
}
