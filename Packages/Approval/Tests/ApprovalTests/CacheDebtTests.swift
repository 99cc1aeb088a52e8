@testable import Approval
import ApprovalRedis
import ApprovalTestSupport
import DatabaseTestSupport
import Foundation
import Identity
import Persistence
import StrictJSON
import TestKit
import Testing

/// A server dies, Redis goes away and comes back with what it had: the table is the truth all the same.
@Suite("Debts of the cache")
struct CacheDebtTests {
    typealias Fixture = ApprovalFixture

    private static let setups = [Setup.sqliteWithRedis, .postgresWithRedis]

    /// Lets another process say no, and die in the middle of it.
    private func die(
        _ moment: String, deciding token: ApprovalToken, redis: String, at fixture: Fixture
    ) async throws {
        try await withTemporaryDirectory { folder in
            try "\(token.text) 0\n".write(toFile: "\(folder)/tokens", atomically: true, encoding: .utf8)
            let environment = [
                "PROBE_URL": "\(fixture.url)", "PROBE_SECRET": Fixture.secretText, "PROBE_TOKENS": "\(folder)/tokens",
                "PROBE_DIES": moment, "PROBE_REDIS": redis,
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            ]
            try await withChildProcess(RaceTests.probe, environment: environment) { child in
                let exit = try await child.waitForExit(within: .seconds(60))
                #expect(exit == .signalled(SIGKILL))
            }
        }
    }

    @Test("are paid by others when a server dies before or after its commit", arguments: Self.setups, ["before", "after"])
    func killed(_ setup: Setup, _ moment: String) async throws {
        for reachesRedis in [true, false] {
            try await Fixture.with(setup, realTime: true) { fixture in
                let redis = try #require(fixture.redis)
                let issued = try await fixture.issue()
                let reference = ApprovalReference(issued.handle)
                let key = "approval:\(issued.handle)"
                #expect(try await fixture.desk.request(reference, in: Fixture.acme)?.status == .pending)
                let nowhere = "redis://127.0.0.1:\(try FreePort.find())"
                try await self.die(moment, deciding: issued.token, redis: reachesRedis ? redis.url : nowhere, at: fixture)

                let status: ApprovalStatus = moment == "after" ? .denied : .pending
                #expect(try await fixture.status(issued.handle) == status)
                // Redis never says more than the table: the mark comes before the commit, or stands in the table with it.
                #expect(try await redis.command("EXISTS", key) == (reachesRedis ? "0" : "1"))
                #expect(try await fixture.count("approval_cache_debts") == (moment == "after" && !reachesRedis ? 1 : 0))
                // A server that starts anew believes nothing yet.
                let restarted = fixture.anotherDesk(now: { .now() })
                #expect(try await restarted.request(reference, in: Fixture.acme)?.status == status)
                #expect(
                    try await restarted.consume(Fixture.use(issued.token)).refusal
                        == (status == .denied ? .decided(.denied) : .notDecided))
                // One that goes on pays at its next look, and has no other answer from then on.
                try await ApprovalKeeper(fixture.desk).lookOnce()
                try await ApprovalKeeper(restarted).lookOnce()
                for desk in [fixture.desk, restarted] {
                    #expect(try await desk.request(reference, in: Fixture.acme)?.status == status)
                }
                #expect(try await fixture.count("approval_cache_debts") == 0)
                if status == .denied { #expect(try await redis.command("EXISTS", key) == "0") }
                if status == .pending { #expect(try await fixture.deny(issued.handle).status == .denied) }
                #expect(try await fixture.desk.request(reference, in: Fixture.acme)?.status == .denied)
            }
        }
    }

    @Test("outlive a restart of server and Redis, whatever was decided meanwhile", arguments: Self.setups)
    func restarted(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let redis = try #require(fixture.redis)
            var cached: [ApprovalStatus: (IssuedApproval, String)] = [:]
            for status in ApprovalStatus.allCases {
                let issued = try await fixture.issue {
                    $0.tool = "tool-\(status.rawValue)"
                    if status == .expired { $0.lifetime = .seconds(1_800) }
                }
                cached[status] = (issued, try await redis.command("GET", "approval:\(issued.handle)"))
            }
            try await redis.kill()
            fixture.time.advance(by: .seconds(1_800))
            for (status, (issued, _)) in cached {
                switch status {
                case .pending, .expired: break
                case .denied: _ = try await fixture.deny(issued.handle)
                case .cancelled:
                    _ = try await fixture.desk.cancel(
                        ApprovalReference(issued.handle), by: Fixture.agent, isAdministrator: false)
                case .approved, .used: _ = try await fixture.approve(issued.handle)
                }
                if status == .used {
                    let use = Fixture.use(issued.token) { $0.tool = "tool-USED" }
                    #expect(try await fixture.desk.consume(use).consumption != nil)
                }
            }
            #expect(try await fixture.desk.expireDue() == 1)
            #expect(try await fixture.count("approval_cache_debts") == 5)

            // Redis comes back with what it had on its disk, and every server is a new one.
            try await redis.start()
            for (issued, value) in cached.values {
                try await redis.command("SET", "approval:\(issued.handle)", value, "PX", "1800000")
            }
            let desk = fixture.anotherDesk()
            for isSettled in [false, true] {
                for (status, (issued, _)) in cached {
                    let read = try await desk.request(ApprovalReference(issued.handle), in: Fixture.acme)
                    #expect(read?.status == status, "settled: \(isSettled)")
                    // Spending goes by the table alone.
                    let use = Fixture.use(issued.token) { $0.tool = "tool-\(status.rawValue)" }
                    if status != .approved { #expect(try await desk.consume(use).consumption == nil) }
                }
                let end = ContinuousClock.now + .seconds(120)
                repeat {
                    try #require(ContinuousClock.now < end)
                    try await ApprovalKeeper(desk).lookOnce()
                } while try await fixture.count("approval_cache_debts") > 0
                // The value of the one that is pending is all that is left, and is believed again.
                let (pending, _) = try #require(cached[.pending])
                #expect(
                    try await redis.command("KEYS", "approval:*").split(separator: "\n").filter { !$0.hasSuffix(":gone") } == [
                        "approval:\(pending.handle)"
                    ])
            }
            let (approved, _) = try #require(cached[.approved])
            let use = Fixture.use(approved.token) { $0.tool = "tool-APPROVED" }
            #expect(try await desk.consume(use).consumption != nil)
        }
    }

    @Test("are written with the change, and with nothing else", arguments: TestStore.allCases)
    func written(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let cache = DeafCache()
            let desk = fixture.anotherDesk(cache: cache)
            try await desk.payCacheDebts()
            let issued = try #require(try await desk.issue(Fixture.draft()).issued)
            let reference = ApprovalReference(issued.handle)
            cache.turnDeaf(true)
            fixture.notices.fail(with: PersistenceError(.other, message: "no room"))
            await #expect(throws: PersistenceError.self) { try await desk.decide(reference, .deny, by: Fixture.admin) }
            #expect(try await fixture.count("approval_cache_debts") == 0)
            fixture.notices.fail(with: nil)
            // A look during the change does not see the debt, so belief waits for the next one.
            fixture.notices.fail { _ in nil }
            _ = try await desk.decide(reference, .deny, by: Fixture.admin)
            #expect(try await fixture.count("approval_cache_debts") == 1)
            #expect(try await cache.value(for: issued.handle) != nil)
            for _ in 0..<2 {
                #expect(try await desk.request(reference, in: Fixture.acme)?.status == .denied)
                try await desk.payCacheDebts()
            }
            cache.turnDeaf(false)
            #expect(try await desk.request(reference, in: Fixture.acme)?.status == .denied)
            try await desk.payCacheDebts()
            #expect(try await cache.value(for: issued.handle) == nil)
            #expect(try await fixture.count("approval_cache_debts") == 0)
        }
    }

    @Test("are any number, paid batch by batch", arguments: TestStore.allCases)
    func many(_ store: TestStore) async throws {
        var configuration = ApprovalConfiguration()
        configuration.upkeepBatch = 7
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres, configuration: configuration) { fixture in
            let cache = DeafCache()
            let desk = fixture.anotherDesk(cache: cache)
            var handles: [ApprovalHandle] = []
            for number in 0..<25 {
                let issued = try await desk.issue(Fixture.draft { $0.sentArguments = ["n": .integer(number)] }).issued
                handles.append(try #require(issued).handle)
            }
            cache.turnDeaf(true)
            fixture.time.advance(by: .seconds(3_600))
            #expect(try await desk.expireDue() == 25)
            #expect(try await fixture.count("approval_cache_debts") == 25)
            cache.turnDeaf(false)
            try await desk.payCacheDebts()
            #expect(try await fixture.count("approval_cache_debts") == 0)
            for handle in handles { #expect(try await cache.value(for: handle) == nil) }
        }
    }

    @Test("are not made by requests that are refused, nor is anything else kept of them", arguments: Self.setups)
    func refused(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let redis = try #require(fixture.redis)
            for _ in 0..<5 { _ = try await fixture.issue() }
            #expect(try await redis.command("DBSIZE") == "5")
            for _ in 0..<20 { #expect(try await fixture.desk.issue(Fixture.draft()).refusal == .tooMany) }
            fixture.notices.fail(with: PersistenceError(.other, message: "no room"))
            await #expect(throws: PersistenceError.self) { try await fixture.desk.issue(Fixture.draft { $0.tool = "another" }) }
            #expect(try await redis.command("DBSIZE") == "5")
            #expect(try await fixture.count("approval_cache_debts") == 0)
        }
    }

    @Test("are none when somebody decides before the new request is cached", arguments: Self.setups)
    func decidedFirst(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let redis = try #require(fixture.redis)
            let cache = try #require(fixture.cache)
            let slow = SlowCache(cache) { handle in _ = try await fixture.deny(handle) }
            let issued = try #require(try await fixture.anotherDesk(cache: slow).issue(Fixture.draft()).issued)
            #expect(try await redis.command("EXISTS", "approval:\(issued.handle)") == "0")
            #expect(try await fixture.desk.request(ApprovalReference(issued.handle), in: Fixture.acme)?.status == .denied)
        }
    }
}
