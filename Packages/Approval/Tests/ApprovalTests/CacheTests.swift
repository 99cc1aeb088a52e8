@testable import Approval
import ApprovalRedis
import ApprovalTestSupport
import DatabaseTestSupport
import Identity
import Persistence
import Redis
import RedisTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Cache")
struct CacheTests {
    typealias Fixture = ApprovalFixture

    private static let setups = [Setup.sqliteWithRedis, .postgresWithRedis]

    @Test(
        "S3-12: keeps a pending request under its handle, for as long as it lives, and the table has it too",
        arguments: Self.setups)
    func stored(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let redis = try #require(fixture.redis)
            let issued = try await fixture.issue()
            let keys = try await redis.command("KEYS", "*")
            #expect(keys == "approval:\(issued.handle)")
            let value = try JSONValue(parsing: Array(try await redis.command("GET", keys).utf8))
            #expect(value["status"] == "PENDING" && value["caller_id"] == "agent-1" && value["org_id"] == "acme")
            #expect(value["arguments"] == nil && value["tool_call"] == nil)
            let milliseconds = try #require(Int(try await redis.command("PTTL", keys)))
            #expect((3_000_000...3_600_000).contains(milliseconds))
            #expect(try await fixture.status(issued.handle) == .pending)
        }
    }

    @Test("S3-13, H8: is read first, and asks the table for the rest; both look at the organisation", arguments: Self.setups)
    func readFirst(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let redis = try #require(fixture.redis)
            let issued = try await fixture.issue()
            let names = [ApprovalReference(issued.handle), try #require(ApprovalReference(issued.token.text))]
            let other = OrganisationID(unchecked: "other")
            func check(_ place: String) async throws {
                for name in names {
                    #expect(try await fixture.desk.request(name, in: Fixture.acme)?.status == .pending, "\(place)")
                    #expect(try await fixture.desk.request(name, in: other) == nil, "\(place)")
                }
            }
            try await check("both")
            try await redis.command("FLUSHALL")
            try await check("table")
            // Reading puts nothing back, so it cannot put back what is decided meanwhile.
            #expect(try await redis.command("DBSIZE") == "0")
            let cached = try await fixture.issue()
            try await fixture.database.write { _ = try $0.execute("DELETE FROM approval_requests") }
            #expect(try await fixture.desk.request(ApprovalReference(cached.handle), in: Fixture.acme)?.status == .pending)
            #expect(try await fixture.desk.request(ApprovalReference(cached.handle), in: other) == nil)
            #expect(try await fixture.desk.request(ApprovalReference(issued.handle), in: Fixture.acme) == nil)
        }
    }

    @Test("S3-7, S3-14: shows each decision at once, to every server, and keeps nothing without an end", arguments: Self.setups)
    func decisions(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let reader = fixture.anotherDesk()
            try await reader.payCacheDebts()
            let redis = try #require(fixture.redis)
            for end in [ApprovalStatus.approved, .denied, .cancelled, .expired] {
                let issued = try await fixture.issue { $0.sentArguments = ["end": .string(end.rawValue)] }
                let reference = ApprovalReference(issued.handle)
                switch end {
                case .approved: _ = try await fixture.approve(issued.handle)
                case .denied: _ = try await fixture.deny(issued.handle)
                case .cancelled: _ = try await fixture.desk.cancel(reference, by: Fixture.agent, isAdministrator: false)
                default: fixture.time.advance(by: .seconds(3_600))
                }
                #expect(try await reader.request(reference, in: Fixture.acme)?.status == end)
                #expect(try await redis.command("EXISTS", "approval:\(issued.handle)") == "0")
                let lasting = try await redis.command("EVAL", "return redis.call('DBSIZE')", "0")
                let limited = try await redis.command(
                    "EVAL",
                    "local n = 0 for _, k in ipairs(redis.call('KEYS', '*')) do if redis.call('PTTL', k) > 0 then n = n + 1 end end return n",
                    "0")
                #expect(lasting == limited)
            }
        }
    }

    @Test("is never behind a decision that was answered", arguments: Self.setups)
    func readersDuringDecisions(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let reader = fixture.anotherDesk()
            try await reader.payCacheDebts()
            for round in 0..<TestRun.count(40, long: 5_000) {
                let issued = try await fixture.issue { $0.sentArguments = ["n": .integer(round)] }
                let reference = ApprovalReference(issued.handle)
                let isDecided = Flag()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            for _ in 0..<8 {
                                let wasDecided = isDecided.isOn
                                let status = try await reader.request(reference, in: Fixture.acme)?.status
                                #expect(status == .denied || (status == .pending && !wasDecided))
                            }
                        }
                    }
                    group.addTask {
                        _ = try await fixture.deny(issued.handle)
                        isDecided.turnOn()
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("decides nothing, whatever somebody writes into it", arguments: Self.setups)
    func forged(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let redis = try #require(fixture.redis)
            let issued = try await fixture.issue()
            let key = "approval:\(issued.handle)"
            let value = try await redis.command("GET", key)
            for forged in [value.replacing("PENDING", with: "APPROVED"), "{", "[]", #"{"token":"x"}"#, "null"] {
                try await redis.command("SET", key, forged)
                #expect(try await fixture.desk.request(ApprovalReference(issued.handle), in: Fixture.acme)?.status == .pending)
                #expect(try await fixture.desk.consume(Fixture.use(issued.token)).refusal == .notDecided)
            }
            // Another's value under this key is not taken for this one.
            let other = try await fixture.issue { $0.sentArguments = ["n": 1] }
            try await redis.command("SET", key, try await redis.command("GET", "approval:\(other.handle)"))
            #expect(
                try await fixture.desk.request(ApprovalReference(issued.handle), in: Fixture.acme)?.handle == issued.handle)
        }
    }

    @Test("S3-7: takes no value that comes after its decision, and none without an end")
    func late() async throws {
        try await Fixture.with(.sqliteWithRedis) { fixture in
            let cache = try #require(fixture.cache)
            let redis = try #require(fixture.redis)
            let handle = try ApprovalToken().handle
            for time in [Duration.zero, .seconds(-1)] {
                let storing = await #expect(throws: RedisError.self) {
                    try await cache.store(["a": 1], for: handle, timeToLive: time)
                }
                #expect(storing?.code == .invalidTTL)
                let forgetting = await #expect(throws: RedisError.self) { try await cache.forget(handle, for: time) }
                #expect(forgetting?.code == .invalidTTL)
            }
            #expect(try await redis.command("DBSIZE") == "0")
            try await cache.forget(handle, for: .seconds(60))
            try await cache.store(["a": 1], for: handle, timeToLive: .seconds(60))
            #expect(try await cache.value(for: handle) == nil)
        }
    }

    @Test("may go away and come back; it is told of once each time", arguments: Self.setups)
    func away(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let redis = try #require(fixture.redis)
            let before = try await fixture.issue { $0.sentArguments = ["n": 1] }
            try await redis.kill()
            let issued = try await fixture.issue { $0.sentArguments = ["n": 2] }
            for handle in [before.handle, issued.handle] {
                #expect(try await fixture.desk.request(ApprovalReference(handle), in: Fixture.acme)?.status == .pending)
            }
            _ = try await fixture.approve(issued.handle)
            #expect(try await fixture.desk.request(ApprovalReference(issued.handle), in: Fixture.acme)?.status == .approved)
            let use = Fixture.use(issued.token) { $0.sentArguments = ["n": 2] }
            #expect(try await fixture.desk.consume(use).consumption != nil)
            #expect(fixture.log.all.count { $0.hasPrefix("warning approvals cannot be cached") } == 1)
            try await redis.start()
            // What was decided meanwhile is removed when the cache is back.
            let end = ContinuousClock.now + .seconds(120)
            while !fixture.log.all.contains(where: { $0.hasPrefix("info approvals are cached again") }) {
                try #require(ContinuousClock.now < end)
                try await fixture.desk.payCacheDebts()
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await redis.command("EXISTS", "approval:\(issued.handle):gone") == "1")
        }
    }

    @Test("is not believed for what it could not be told to forget", arguments: [TestStore.sqlite])
    func owed(_ store: TestStore) async throws {
        try await Fixture.with(.sqlite) { fixture in
            let cache = DeafCache()
            let desk = fixture.anotherDesk(cache: cache)
            let issued = try #require(try await desk.issue(Fixture.draft()).issued)
            let reference = ApprovalReference(issued.handle)
            cache.turnDeaf(true)
            _ = try await desk.decide(reference, .deny, by: Fixture.admin)
            #expect(try await cache.value(for: issued.handle) != nil)
            #expect(try await desk.request(reference, in: Fixture.acme)?.status == .denied)
            cache.turnDeaf(false)
            try await desk.payCacheDebts()
            #expect(try await cache.value(for: issued.handle) == nil)
        }
    }
}
