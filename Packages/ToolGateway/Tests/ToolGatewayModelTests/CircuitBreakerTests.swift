import TestKit
import Testing

@testable import ToolGatewayModel

@Suite("A circuit breaker")
struct CircuitBreakerTests {
    private typealias Breaker = CircuitBreaker<ManualClock.Instant>

    private let start = ManualClock.Instant(offset: .zero)

    @Test("closes after failures in a row, and not after others")
    func closes() throws {
        var breaker = Breaker(failureLimit: 3, pause: .seconds(30))
        for outcome in [.failure, .failure, .success, .failure, .failure] as [Breaker.Outcome] {
            try Self.attempt(&breaker, outcome, at: self.start)
        }
        try Self.attempt(&breaker, .cancelled, at: self.start)
        try Self.attempt(&breaker, .failure, at: self.start)
        Self.check(&breaker, permits: false, at: self.start)
        Self.check(&breaker, permits: false, at: self.start.advanced(by: .seconds(29)))
    }

    @Test("lets one at a time find out whether all is well again")
    func probes() throws {
        var breaker = Breaker(failureLimit: 1, pause: .seconds(30))
        try Self.attempt(&breaker, .failure, at: self.start)
        let later = self.start.advanced(by: .seconds(30))
        let probe = try Self.permit(&breaker, at: later)
        Self.check(&breaker, permits: false, at: later)
        breaker.end(probe, .cancelled, at: later)
        let second = try Self.permit(&breaker, at: later)
        breaker.end(second, .failure, at: later)
        Self.check(&breaker, permits: false, at: later.advanced(by: .seconds(29)))
        let last = later.advanced(by: .seconds(30))
        try Self.attempt(&breaker, .success, at: last)
        Self.check(&breaker, permits: true, at: last)
        Self.check(&breaker, permits: true, at: last)
    }

    @Test("does not listen to those that began before it closed")
    func stale() throws {
        var breaker = Breaker(failureLimit: 1, pause: .seconds(30))
        let early = try Self.permit(&breaker, at: self.start)
        try Self.attempt(&breaker, .failure, at: self.start)
        breaker.end(early, .success, at: self.start)
        Self.check(&breaker, permits: false, at: self.start)
        let later = self.start.advanced(by: .seconds(30))
        _ = try Self.permit(&breaker, at: later)
        breaker.end(early, .cancelled, at: later)
        Self.check(&breaker, permits: false, at: later)
    }

    private static func check(
        _ breaker: inout Breaker, permits isExpected: Bool, at now: ManualClock.Instant,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isPermitted = breaker.permit(at: now) != nil
        #expect(isPermitted == isExpected, sourceLocation: sourceLocation)
    }

    private static func permit(_ breaker: inout Breaker, at now: ManualClock.Instant) throws -> Breaker.Permit {
        let permit = breaker.permit(at: now)
        return try #require(permit)
    }

    private static func attempt(_ breaker: inout Breaker, _ outcome: Breaker.Outcome, at now: ManualClock.Instant) throws {
        let permit = try Self.permit(&breaker, at: now)
        breaker.end(permit, outcome, at: now)
    }
}
