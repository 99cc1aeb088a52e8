import LimitService
import NIOPosix
import RateLimit
import Testing

@Suite("README example")
struct ReadmeExampleTests {
    @Test("says what it says")
    func example() throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let table = try InProcessRateLimitStore(memoryBytes: 64 << 20)
        let service = try LimitService.inProcess(try LimitServiceConfiguration(defaultLimit: 100), table: table)

        let question = try LimitQuestion(key: try RateLimitKey("user:42"), limit: 10, windowMilliseconds: 60_000)
        guard case .now(let answer) = service.decide(question, on: eventLoop) else {
            Issue.record("a node that works alone answers at once")
            return
        }
        #expect(answer.isAllowed && answer.rule.remaining == 9 && answer.retryAfterSeconds == 0)
    }
}
