import RateLimit
import RateLimitRedis
import Testing

@Suite("Circuit breaker")
struct CircuitBreakerTests {
    private let start = RateLimitInstant.start

    private func breaker(_ adjust: (inout CircuitBreaker.Configuration) -> Void = { _ in }) -> CircuitBreaker {
        var configuration = CircuitBreaker.Configuration()
        configuration.consecutiveFailures = 3
        configuration.minimumCalls = 10
        configuration.shortestBackoff = .seconds(1)
        configuration.longestBackoff = .seconds(3)
        adjust(&configuration)
        return CircuitBreaker(configuration: configuration)
    }

    private func permit(_ breaker: inout CircuitBreaker, at now: RateLimitInstant) throws -> CircuitBreaker.Permit {
        let permit = breaker.permit(at: now)
        return try #require(permit)
    }

    private func expectRefusal(_ breaker: inout CircuitBreaker, at now: RateLimitInstant) throws {
        let permit = breaker.permit(at: now)
        try #require(permit == nil)
    }

    private func fail(_ breaker: inout CircuitBreaker, at now: RateLimitInstant) throws {
        let permit = try self.permit(&breaker, at: now)
        breaker.fail(permit, at: now)
    }

    private func succeed(_ breaker: inout CircuitBreaker, at now: RateLimitInstant) throws {
        let permit = try self.permit(&breaker, at: now)
        breaker.succeed(permit, at: now)
    }

    @Test("opens after failures in a row, and a success in between starts the row anew")
    func opensAfterARow() throws {
        var breaker = self.breaker()
        for _ in 0..<2 { try self.fail(&breaker, at: self.start) }
        try self.succeed(&breaker, at: self.start)
        for _ in 0..<2 { try self.fail(&breaker, at: self.start) }
        #expect(breaker.state == .closed)
        try self.fail(&breaker, at: self.start)
        #expect(breaker.state == .open)
        try self.expectRefusal(&breaker, at: self.start)
    }

    @Test("opens when half of the calls of a window fail, though never three in a row")
    func opensAtAShare() throws {
        var breaker = self.breaker()
        for _ in 0..<5 {
            try self.fail(&breaker, at: self.start)
            #expect(breaker.state == .closed)
            try self.succeed(&breaker, at: self.start)
        }
        try self.fail(&breaker, at: self.start)
        #expect(breaker.state == .open)
    }

    @Test("forgets the failures of a window that is over")
    func forgetsOldFailures() throws {
        var breaker = self.breaker()
        for second in 0..<40 {
            let now = self.start.advanced(by: .seconds(second * 6))
            try self.fail(&breaker, at: now)
            try self.succeed(&breaker, at: now)
        }
        #expect(breaker.state == .closed)
        try self.succeed(&breaker, at: self.start.advanced(by: .seconds(1_000)))
        #expect(breaker.isQuiet)
    }

    @Test("lets one probe through when the back-off is over, and closes when it succeeds")
    func probes() throws {
        var breaker = self.breaker()
        for _ in 0..<3 { try self.fail(&breaker, at: self.start) }
        try self.expectRefusal(&breaker, at: self.start.advanced(by: .milliseconds(999)))
        let due = self.start.advanced(by: .seconds(1))
        let probe = try self.permit(&breaker, at: due)
        #expect(breaker.state == .halfOpen)
        try self.expectRefusal(&breaker, at: due)
        breaker.succeed(probe, at: due)
        #expect(breaker.state == .closed)
        #expect(breaker.isQuiet)
    }

    @Test("stays open for twice as long after each failed probe, up to the longest back-off")
    func backsOff() throws {
        var breaker = self.breaker()
        for _ in 0..<3 { try self.fail(&breaker, at: self.start) }
        var now = self.start
        for wait in [1, 2, 3, 3] {
            try self.expectRefusal(&breaker, at: now.advanced(by: .milliseconds(wait * 1_000 - 1)))
            now = now.advanced(by: .seconds(wait))
            try self.fail(&breaker, at: now)
            #expect(breaker.state == .open)
        }
        now = now.advanced(by: .seconds(3))
        try self.succeed(&breaker, at: now)
        for _ in 0..<3 { try self.fail(&breaker, at: now) }
        _ = try self.permit(&breaker, at: now.advanced(by: .seconds(1)))
    }

    @Test("does not listen to calls that began before it opened")
    func ignoresLateResults() throws {
        var breaker = self.breaker()
        let late = try self.permit(&breaker, at: self.start)
        for _ in 0..<3 { try self.fail(&breaker, at: self.start) }
        breaker.succeed(late, at: self.start)
        #expect(breaker.state == .open)
        let due = self.start.advanced(by: .seconds(1))
        let probe = try self.permit(&breaker, at: due)
        breaker.fail(late, at: due)
        #expect(breaker.state == .halfOpen)
        breaker.succeed(probe, at: due)
        #expect(breaker.state == .closed)
    }

    @Test("lets another probe through when one was given up or never came back")
    func replacesLostProbes() throws {
        var breaker = self.breaker()
        for _ in 0..<3 { try self.fail(&breaker, at: self.start) }
        let due = self.start.advanced(by: .seconds(1))
        let first = try self.permit(&breaker, at: due)
        breaker.abandon(first, at: due)
        _ = try self.permit(&breaker, at: due)
        try self.expectRefusal(&breaker, at: due)
        _ = try self.permit(&breaker, at: due.advanced(by: .seconds(1)))
    }
}
