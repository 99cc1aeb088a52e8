import RateLimit
import RateLimitTestSupport
import TestKit
import Testing

@Suite("In-process store, as every store")
struct StoreConformanceTests {
    @Test("shows the behaviour of a store", arguments: StoreBehaviour.allCases)
    func conforms(_ behaviour: StoreBehaviour) async throws {
        let clock = ManualClock()
        let store = try InProcessRateLimitStore(memoryBytes: 1 << 20) { RateLimitInstant(offset: clock.now.offset) }
        try await behaviour.check(StoreUnderTest(store: store, scope: "test") { clock.advance(by: $0) })
    }
}
