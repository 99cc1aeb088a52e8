import TestKit
import Testing

@testable import Redis

@Suite("Back-off")
struct BackoffTests {
    @Test("doubles up to its cap, draws from the upper half, and begins anew")
    func series() {
        var generator = SeededGenerator(seed: TestRun.seed)
        var backoff = Backoff(shortest: .milliseconds(20), longest: .milliseconds(100))
        for _ in 0..<2 {
            for limit in [20, 40, 80, 100, 100, 100] {
                let pause = backoff.next(using: &generator)
                #expect(pause <= .milliseconds(limit) && pause >= .milliseconds(limit) / 2)
            }
            backoff.reset()
        }
    }

    @Test("differs between clients")
    func jitter() {
        var generator = SeededGenerator(seed: TestRun.seed)
        let pauses = (0..<100).map { _ in
            var backoff = Backoff(shortest: .seconds(1), longest: .seconds(1))
            return backoff.next(using: &generator)
        }
        #expect(Set(pauses).count > 90)
    }
}
