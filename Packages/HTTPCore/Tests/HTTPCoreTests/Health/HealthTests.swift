import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Synchronization
import Testing

@Suite("Health", .timeLimit(.minutes(1)))
struct HealthTests {
    struct Down: Error {}

    private static func service(_ checks: [HealthCheck], _ readiness: Readiness = Readiness()) throws -> HTTPService {
        let health = HealthOperations(version: "1.2.3", readiness: readiness, checks: checks, probeLimit: .milliseconds(20))
        return try Fixture(health.operations).service
    }

    @Test(
        "names the worst state of the parts",
        arguments: [
            (true, true, "healthy", 200), (true, false, "degraded", 200), (false, true, "unhealthy", 503),
            (false, false, "unhealthy", 503),
        ])
    func states(_ isCoreUp: Bool, _ isSideUp: Bool, _ state: String, _ status: Int) async throws {
        let answer = try await Self.service([
            HealthCheck(name: "database", isCore: true) { if !isCoreUp { throw Down() } },
            HealthCheck(name: "redis", isCore: false) { if !isSideUp { throw Down() } },
        ]).answer(.get, "/health")
        #expect(answer.status.code == status)
        #expect(
            try answer.json == [
                "status": .string(state), "version": "1.2.3",
                "checks": ["database": isCoreUp ? "healthy" : "unhealthy", "redis": isSideUp ? "healthy" : "unhealthy"],
            ])
    }

    @Test("tells programs how each part fares")
    func parts() async {
        let checks = [
            HealthCheck(name: "database", isCore: true) {}, HealthCheck(name: "redis", isCore: false) { throw Down() },
        ]
        let parts = await HealthOperations(version: "1", readiness: Readiness(), checks: checks).parts()
        #expect(parts.map(\.name) == ["database", "redis"])
        #expect(parts.map(\.isCore) == [true, false])
        #expect(parts.map(\.finding.state) == [.healthy, .unhealthy])
    }

    @Test("counts a probe that hangs as unhealthy, even one that ignores its cancellation, and starts no second one")
    func hanging() async throws {
        let starts = Atomic(0)
        let (released, release) = AsyncStream<Void>.makeStream()
        let service = try Self.service([
            HealthCheck(name: "database", isCore: true) {
                starts.add(1, ordering: .relaxed)
                // A task of its own does not see the cancellation.
                await Task.detached { _ = await released.first { _ in true } }.value
            }
        ])
        for _ in 0..<3 { #expect(try await service.answer(.get, "/health").status == .serviceUnavailable) }
        #expect(starts.load(ordering: .relaxed) == 1)
        release.finish()
        while try await service.answer(.get, "/health").status != .ok {}
        #expect(starts.load(ordering: .relaxed) >= 2)
    }

    @Test("asks a part once for all who ask at the same time")
    func together() async throws {
        let starts = Atomic(0)
        let (released, release) = AsyncStream<Void>.makeStream()
        let health = HealthOperations(
            version: "", readiness: Readiness(),
            checks: [
                HealthCheck(name: "database", isCore: true) {
                    if starts.add(1, ordering: .relaxed).newValue == 1 { _ = await released.first { _ in true } }
                }
            ],
            probeLimit: .seconds(60)
        )
        let service = try Fixture(health.operations).service
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 { group.addTask { try await service.answer(.get, "/health").status.code } }
            release.yield()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [Int](repeating: 200, count: 10))
        #expect(starts.load(ordering: .relaxed) <= 10)
    }

    @Test("tells phases apart in /readyz")
    func phases() async throws {
        let readiness = Readiness()
        let service = try Self.service([HealthCheck(name: "redis", isCore: false) { throw Down() }], readiness)
        let starting = try await service.answer(.get, "/readyz")
        #expect(starting.status == .serviceUnavailable)
        #expect(try starting.text("status") == "starting")
        readiness.becomeReady()
        let ready = try await service.answer(.get, "/readyz")
        #expect(ready.status == .ok)
        #expect(try ready.json == ["status": "degraded", "reason": "redis_unavailable"])
        readiness.beginDraining()
        readiness.becomeReady()
        let draining = try await service.answer(.get, "/readyz")
        #expect(draining.status == .serviceUnavailable)
        #expect(try draining.text("status") == "draining")
        #expect(try await service.answer(.get, "/livez").status == .ok)
    }

    @Test("is not ready without a core part")
    func notReady() async throws {
        let readiness = Readiness()
        readiness.becomeReady()
        let answer = try await Self.service([HealthCheck(name: "database", isCore: true) { throw Down() }], readiness).answer(
            .get, "/readyz")
        #expect(answer.status == .serviceUnavailable)
        #expect(try answer.json == ["status": "not_ready", "reason": "database_unavailable"])
    }

    @Test("answers HEAD", arguments: ["/health", "/livez"])
    func head(_ path: String) async throws {
        let answer = try await Self.service([]).answer(.head, path)
        #expect(answer.status == .ok)
        #expect(answer.body.isEmpty)
    }

    @Test("takes a part that works in a lesser way for degraded, with what it tells", arguments: [true, false])
    func degraded(_ isCore: Bool) async throws {
        let readiness = Readiness()
        readiness.becomeReady()
        let check = HealthCheck.graded(name: "audit", isCore: isCore) {
            HealthFinding(.degraded, details: ["spool_depth": 3])
        }
        let service = try Self.service([HealthCheck(name: "database", isCore: true) {}, check], readiness)
        let health = try await service.answer(.get, "/health")
        #expect(health.status == .ok)
        #expect(
            try health.json == [
                "status": "degraded", "version": "1.2.3", "checks": ["database": "healthy", "audit": "degraded"],
                "details": ["audit": ["spool_depth": 3]],
            ])
        let ready = try await service.answer(.get, "/readyz")
        #expect(ready.status == .ok)
        #expect(try ready.json == ["status": "degraded", "reason": "audit_degraded"])
    }
}
