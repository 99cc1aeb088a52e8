import DatabaseTestSupport
import Foundation
import HTTPCore
import HTTPTypes
import Idempotency
import Persistence
import ServiceLifecycle
import TestKit
import StrictJSON
import Testing

@Suite("Claims")
struct ClaimTests {
    typealias Fixture = IdempotencyFixture

    /// The program beside the tests.
    private static let probe: String = {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            let folder = bundle.bundleURL.deletingLastPathComponent()
        #else
            let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
        return folder.appending(path: "IdempotencyProbe").path(percentEncoded: false)
    }()

    private func claim(_ request: IdempotentRequest, at stores: [IdempotencyStore]) async throws -> [String] {
        try await withThrowingTaskGroup(of: String.self) { group in
            for store in stores { group.addTask { try await store.verdict(request) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted()
        }
    }

    @Test("have one winner among many", arguments: TestStore.allCases)
    func race(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let other = try fixture.anotherStore()
            for number in 0..<TestRun.count(50, long: 12_500) {
                let stores = [fixture.store, other, fixture.store, other, fixture.store, other, fixture.store, other]
                // Another caller now and then, as each may have so many keys only.
                let request = try Fixture.request("k\(number)", by: "caller-\(number / 1_000)")
                let verdicts = try await self.claim(request, at: stores)
                #expect(verdicts == Array(repeating: "409", count: 7) + ["run"])
            }
        }
    }

    @Test("have one winner while a secret is being replaced", arguments: TestStore.allCases)
    func rotation(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let (old, new) = (Fixture.secretText, Fixture.newerSecretText)
            let rings = try [old, "\(old),\(new)", "\(new),\(old)"].map { try fixture.anotherStore(secrets: $0) }
            for number in 0..<TestRun.count(40, long: 5_000) {
                let verdicts = try await self.claim(Fixture.request("k\(number)"), at: rings + rings)
                #expect(verdicts == Array(repeating: "409", count: 5) + ["run"])
            }
            let ticket = try #require(try await rings[2].ticket(Fixture.request("t")))
            await rings[2].settle(ticket, .answered(.empty(.created)))
            for store in rings + [try fixture.anotherStore(secrets: new)] {
                #expect(try await store.verdict(Fixture.request("t")) == "replay")
                #expect(try await store.verdict(Fixture.request("t", body: 1)) == "422")
            }
            let released = try #require(try await rings[1].ticket(Fixture.request("r")))
            await rings[1].settle(released, .refused)
            #expect(try await rings[0].verdict(Fixture.request("r")) == "run")
        }
    }

    @Test("have one winner among two processes, and are never run again when that one is killed", arguments: TestStore.allCases)
    func processes(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let total = TestRun.count(100, long: 5_000)
            let environment = [
                "PROBE_URL": "\(fixture.url)", "PROBE_SECRET": Fixture.secretText, "PROBE_COUNT": "\(total)",
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            ]
            try await withChildProcess(Self.probe, environment: environment) { child in
                _ = try await child.waitForLine { $0 == "ready" }
                var won: Set<Int> = []
                for number in (0..<total).reversed() {
                    if try await fixture.store.ticket(orNil: Fixture.request("k\(number)")) != nil { won.insert(number) }
                }
                _ = try await child.waitForLine(within: .seconds(120)) { $0 == "done" }
                child.send(signal: SIGKILL)
                _ = try await child.waitForExit()
                let theirs = child.output().lines.filter { $0.hasPrefix("won ") }.compactMap { Int($0.dropFirst(4)) }
                #expect(won.isDisjoint(with: theirs) && won.count + theirs.count == total)
                #expect(!won.isEmpty && !theirs.isEmpty)
                let lost = try #require(theirs.first)
                #expect(try await fixture.store.verdict(Fixture.request("k\(lost)")) == "409")
                fixture.time.advance(by: .seconds(70))
                let error = await #expect(throws: Problem.self) {
                    try await fixture.store.claim(Fixture.request("k\(lost)"))
                }
                #expect(error?.detail.contains("is not known") == true)
                #expect(error?.status == .conflict)
            }
        }
    }

    @Test("may be settled late, and only once", arguments: TestStore.allCases)
    func late(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let ticket = try #require(try await fixture.store.ticket(Fixture.request("k")))
            fixture.time.advance(by: .seconds(59))
            #expect(try await fixture.store.verdict(Fixture.request("k")) == "409" && fixture.metric("running"))
            fixture.time.advance(by: .seconds(1))
            #expect(try await fixture.store.verdict(Fixture.request("k")) == "409" && fixture.metric("unknown"))
            await fixture.store.settle(ticket, .answered(.empty(.created)))
            await fixture.store.settle(ticket, .refused)
            #expect(try await fixture.store.verdict(Fixture.request("k")) == "replay")
        }
    }

    @Test("are bounded per caller", arguments: TestStore.allCases)
    func bounded(_ kind: TestStore) async throws {
        var configuration = IdempotencyConfiguration()
        configuration.maximumKeysPerCaller = 3
        try await Fixture.with(kind, configuration: configuration) { fixture in
            for number in 0..<3 {
                let verdict = try await fixture.store.verdict(Fixture.request("k\(number)"))
                #expect(verdict == "run")
            }
            #expect(try await fixture.store.verdict(Fixture.request("k3")) == "429")
            #expect(try await fixture.store.verdict(Fixture.request("k2")) == "409")
            #expect(try await fixture.store.verdict(Fixture.request("k3", by: "grace")) == "run")
            fixture.time.advance(by: .seconds(86_400))
            #expect(try await fixture.store.verdict(Fixture.request("k3")) == "run")
        }
    }

    @Test("are forgotten when their time is over, in batches", arguments: TestStore.allCases)
    func retention(_ kind: TestStore) async throws {
        var configuration = IdempotencyConfiguration()
        configuration.retention = .seconds(100)
        configuration.upkeepBatch = 2
        try await Fixture.with(kind, configuration: configuration) { fixture in
            for number in 0..<5 {
                let ticket = try #require(try await fixture.store.ticket(Fixture.request("k\(number)")))
                await fixture.store.settle(ticket, .answered(.empty()))
            }
            fixture.time.advance(by: .seconds(99))
            #expect(try await fixture.store.removeExpired() == 0)
            #expect(try await fixture.store.verdict(Fixture.request("k0")) == "replay")
            fixture.time.advance(by: .seconds(1))
            // What is old counts as never seen, also before it is removed, for whatever request.
            #expect(try await fixture.store.verdict(Fixture.request("k0", body: 7)) == "run")
            #expect(try await fixture.store.removeExpired() == 2)
            #expect(try await fixture.rows() == 3)
            let group = ServiceGroup(
                configuration: .init(services: [.init(service: IdempotencyUpkeep(fixture.store))], logger: Fixture.logger))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let end = ContinuousClock.now + .seconds(120)
                while try await fixture.rows() > 1, .now < end { try await Task.sleep(for: .milliseconds(5)) }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(try await fixture.rows() == 1)
            #expect(try await fixture.store.verdict(Fixture.request("k0", body: 7)) == "409")
        }
    }
}

extension IdempotencyStore {
    /// The ticket, or nil for whatever else a claim comes to.
    func ticket(orNil request: IdempotentRequest) async throws -> IdempotencyTicket? {
        do {
            return try await self.ticket(request)
        } catch is Problem {
            return nil
        }
    }
}
