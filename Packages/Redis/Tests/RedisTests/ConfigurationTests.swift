import Testing

@testable import Redis

@Suite("Configuration")
struct ConfigurationTests {
    @Test(
        "refuses settings out of range",
        arguments: [
            { $0.commandTimeout = .zero }, { $0.connectTimeout = .seconds(-1) }, { $0.silenceTimeout = .seconds(1 << 40) },
            { $0.queueLimit = 0 }, { $0.queueByteLimit = -1 }, { $0.replyByteLimit = 0 }, { $0.replyElementLimit = 0 },
            { $0.subscriptionBufferLimit = 0 }, { $0.shortestBackoff = .seconds(2) }, { $0.clientName = "two words" },
            { $0.clientName = "" },
        ] as [@Sendable (inout RedisConfiguration) -> Void])
    func refuses(_ change: @Sendable (inout RedisConfiguration) -> Void) throws {
        var configuration = RedisConfiguration(url: try RedisURL(parsing: "redis://h"))
        try configuration.validate()
        change(&configuration)
        #expect(throws: RedisError(.invalidConfiguration, message: "")) { try configuration.validate() }
    }

    @Test(
        "refuses a time to live that would not end, or has ended",
        arguments: [.zero, .seconds(-1), .nanoseconds(-1), .seconds(Int64.max), .seconds(100 * 366 * 86_400 + 1)] as [Duration])
    func refusedTTL(_ time: Duration) {
        #expect(throws: RedisError(.invalidTTL, message: "")) { try RedisClient.milliseconds(time) }
    }

    @Test(
        "rounds a time to live up to milliseconds",
        arguments: [(.nanoseconds(1), 1), (.milliseconds(1), 1), (.microseconds(1_001), 2), (.seconds(60), 60_000)]
            as [(Duration, Int64)])
    func roundedTTL(_ time: Duration, _ milliseconds: Int64) throws {
        #expect(try RedisClient.milliseconds(time) == milliseconds)
    }
}
