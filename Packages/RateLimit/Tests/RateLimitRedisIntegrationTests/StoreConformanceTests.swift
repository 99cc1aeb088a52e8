import RateLimit
import RateLimitTestSupport
import Testing

// One after the other: every test has a server of its own, and a process can watch only so many children at once.
@Suite("Redis store, as every store", .serialized)
struct StoreConformanceTests {
    @Test("shows the behaviour of a store", arguments: StoreBehaviour.allCases)
    func conforms(_ behaviour: StoreBehaviour) async throws {
        try await withStore { fixture in
            try await behaviour.check(
                StoreUnderTest(store: fixture.store, scope: "test") { try await fixture.clock.advance(by: $0) })
            let lasting = try await keysWithoutExpiry(fixture)
            #expect(lasting == [] || lasting == ["gatehouse:limiter:windows"])
        }
    }

    @Test(
        "shows the behaviour of a store by the clock of the server", arguments: StoreBehaviour.allCases.filter { !$0.movesTime })
    func conformsByRealTime(_ behaviour: StoreBehaviour) async throws {
        try await withStore(movesClock: false, loopCount: 2) { fixture in
            try await behaviour.check(
                StoreUnderTest(store: fixture.store, scope: "test") { try await Task.sleep(for: $0) })
        }
    }
}
