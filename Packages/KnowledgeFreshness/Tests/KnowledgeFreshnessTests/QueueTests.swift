import DatabaseTestSupport
import Foundation
import KnowledgeFreshnessSchema
import Logging
import Migrations
import Persistence
import SchemasTestSupport
import ServiceLifecycle
import Staleness
import StalenessIndex
import Synchronization
import TestKit
import Testing

@testable import KnowledgeFreshness

@Suite("Queue of checks", .timeLimit(.minutes(3)))
struct QueueTests {
    private struct Undo: Error {}

    @Test("keeps nothing of a transaction that is rolled back", arguments: TestStore.allCases)
    func rolledBack(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let queue = fixture.queue()
            await #expect(throws: Undo.self) {
                try await fixture.database.transaction { connection in
                    try queue.enqueue(UUID().uuidString, in: connection)
                    throw Undo()
                }
            }
            await #expect(throws: FreshnessError.self) {
                try await fixture.database.transaction { try queue.enqueue("7", in: $0) }
            }
            #expect(try await fixture.count() == 0)
        }
    }

    @Test("finds traces that nobody queued: new ones at the next look, old ones by a sweep", arguments: TestStore.allCases)
    func sweeps(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let index = PreparedIndex(["numpy": "1.0 2.0"])
            let count = TestRun.count(1_100, long: 20_000)
            let old = fixture.now.advanced(by: .seconds(-86_400))
            let first = try await fixture.add("numpy==1.0", createdAt: old)
            // More than a page of the sweep.
            let rest = (0..<count - 1).map { _ in
                "(\(UUID()), 't', 'c', 's', \(FreshnessFixture.author), \(old), \(old))" as SQL
            }
            for start in stride(from: 0, to: rest.count, by: 400) {
                let rows = rest[start..<min(start + 400, rest.count)]
                try await fixture.run(
                    """
                    INSERT INTO traces (id, title, context_text, solution_text, contributor_id, created_at, updated_at)
                    VALUES \(rows.joined(separator: ", "))
                    """)
            }
            try await fixture.run(
                """
                INSERT INTO trace_freshness (trace_id, created_at, attempts) VALUES (\(UUID()), \(old), 0)
                """)
            let sweep = TraceSweep(database: fixture.database, configuration: FreshnessConfiguration())
            #expect(try await sweep.queueRecent(at: fixture.now) == 0)
            try await sweep.run(at: fixture.now)
            #expect(try await fixture.count() == count, "and the row whose trace is gone is gone")
            // As many are due in a minute as may be checked in one.
            #expect(try await fixture.count("due_at < \(fixture.now.advanced(by: .seconds(60)))") == 300)
            try await sweep.run(at: fixture.now.advanced(by: .seconds(5)))
            #expect(try await fixture.count("created_at = \(fixture.now)") == count)

            try await fixture.run("DELETE FROM trace_freshness", "DELETE FROM traces WHERE id <> \(UUID(sqlText: first))")
            try await fixture.withWorker(index) { _ in
                try await fixture.steps.wait(for: .ended, 1)
                #expect(try await fixture.isStale(first) == true)
                // Stored by a process that knows no queue.
                let new = try await fixture.add("numpy==1.0")
                await fixture.clock.waitForSleepers(2)
                fixture.clock.advance(by: .seconds(5))
                try await fixture.steps.wait(for: .ended, 2)
                #expect(try await fixture.isStale(new) == true)
            }
        }
    }

    @Test("is looked at again soon when it was rung before the commit", arguments: TestStore.allCases)
    func early(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let queue = fixture.queue()
            let pauses = Mutex<Set<Duration>>([])
            var seams = fixture.seams
            seams.sleep = { [clock = fixture.clock] pause in
                pauses.withLock { _ = $0.insert(pause) }
                try await clock.sleep(for: pause)
            }
            try await fixture.withWorker(PreparedIndex(["numpy": "1.0 2.0"]), queue: queue, seams: seams) { _ in
                // The sweep rings at its end; the look after that has found nothing.
                while !pauses.withLock({ $0.contains(.milliseconds(250)) }) { await Task.yield() }
                await fixture.clock.waitForSleepers(2)
                let id = UUID()
                try await fixture.run(
                    """
                    INSERT INTO traces (id, title, context_text, solution_text, contributor_id, created_at, updated_at)
                    VALUES (\(id), 't', 'c', 'numpy==1.0', \(FreshnessFixture.author), \(fixture.now), \(fixture.now))
                    """)
                try await fixture.database.transaction(retries: 5) { try queue.enqueue(id.sqlText, in: $0) }
                fixture.clock.advance(by: .milliseconds(250))
                try await fixture.steps.wait(for: .ended, 1)
                #expect(try await fixture.isStale(id.sqlText) == true)
            }
        }
    }

    @Test("finds a trace that nobody queued within a second after it is rung", arguments: TestStore.allCases)
    func rungWithoutQueueing(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let queue = fixture.queue()
            try await fixture.withWorker(PreparedIndex(["numpy": "1.0 2.0"]), queue: queue) { _ in
                await fixture.clock.waitForSleepers(2)
                let id = try await fixture.add("numpy==1.0")
                queue.wake()
                // Long before the next look of its own, after five seconds.
                while fixture.steps.count(.taken) == 0, fixture.now < FreshnessFixture.start.advanced(by: .seconds(4)) {
                    fixture.clock.advance(by: .milliseconds(250))
                    await fixture.clock.waitForSleepers(2)
                }
                try #require(fixture.steps.count(.taken) == 1)
                try await fixture.steps.wait(for: .ended, 1)
                #expect(try await fixture.isStale(id) == true)
            }
        }
    }

    @Test("holds only traces that meet the condition, and forgets those that do no more", arguments: TestStore.allCases)
    func condition(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            var configuration = FreshnessConfiguration()
            configuration.traceCondition = "NOT t.is_flagged"
            let index = PreparedIndex(["numpy": "1.0 2.0"])
            let ids = [
                try await fixture.add("numpy==1.0"), try await fixture.add("nothing"), try await fixture.add("numpy==1.0"),
                try await fixture.add("numpy==1.0", createdAt: fixture.now.advanced(by: .seconds(-86_400))),
            ]
            for id in ids[2...] {
                try await fixture.run("UPDATE traces SET is_flagged = \(true) WHERE id = \(UUID(sqlText: id))")
            }
            try await fixture.withWorker(index, configuration: configuration) { _ in
                await fixture.clock.waitForSleepers(2)
                // A sweep that is first makes them due one after the other.
                fixture.clock.advance(by: .seconds(5))
                try await fixture.steps.wait(for: .ended, 2)
                await fixture.clock.waitForSleepers(2)
                #expect(try await fixture.count() == 2)
                try await fixture.run("UPDATE traces SET is_flagged = \(true)")
                // The next check of the one and the next sweep for the other.
                fixture.clock.advance(by: .seconds(86_400))
                try await fixture.steps.wait(for: .ended, 3)
                while try await fixture.count() > 0 { await Task.yield() }
            }
            #expect(index.asked == ["numpy"])
        }
    }

    @Test("gives each check to one of many workers", arguments: TestStore.allCases)
    func workers(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let count = TestRun.count(60, long: 2_000)
            let index = PreparedIndex(Dictionary(uniqueKeysWithValues: (0..<count).map { ("pkg\($0)", "1.0 2.0") }))
            for number in 0..<count { try await fixture.add("pkg\(number)==1.0", in: fixture.queue()) }
            let configuration = {
                var configuration = FreshnessConfiguration()
                configuration.checksPerMinute = 100_000
                return configuration
            }()
            let begin = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    let database = try await FreshnessFixture.open(fixture.url)
                    group.addTask {
                        var seams = fixture.seams
                        // Pauses are short; the deadline of a check stays.
                        seams.sleep = { try await Task.sleep(for: $0 < .seconds(60) ? min($0, .milliseconds(1)) : $0) }
                        seams.now = { FreshnessFixture.start.advanced(by: begin.duration(to: .now)) }
                        try await fixture.withWorker(index, on: database, configuration: configuration, seams: seams) { _ in
                            try await fixture.steps.wait(for: .ended, count)
                        }
                        await database.close()
                    }
                }
                try await group.waitForAll()
            }
            #expect(index.asked.count == count && Set(index.asked).count == count && index.mostRunning == 1)
            #expect(try await fixture.count("grade = 'major' AND lease IS NULL") == count)
            #expect(fixture.metric(#"gatehouse_freshness_failures_total{reason="lease"}"#) == "0.0")
        }
    }

    @Test(
        "lets another worker take over when a lease has run out, and keeps the outcome of the latter",
        arguments: TestStore.allCases)
    func takeOver(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let id = try await fixture.add("numpy==1.0", in: fixture.queue())
            let configuration = FreshnessConfiguration()
            let table = LeaseTable(database: fixture.database, configuration: configuration)
            let outcomes = OutcomeTable(database: fixture.database)
            let first = try #require(try await table.take(10, at: fixture.now).first)
            #expect(try await table.take(10, at: fixture.now).isEmpty)
            #expect(try await table.take(10, at: fixture.now.advanced(by: .seconds(299))).isEmpty)
            let later = fixture.now.advanced(by: .seconds(300))
            let second = try #require(try await table.take(10, at: later).first)
            #expect(first.token != second.token && second.dueAt == first.dueAt)

            let content = try #require(try await table.content(of: first))
            func outcome(_ reason: String) -> OutcomeTable.Outcome {
                OutcomeTable.Outcome(
                    verdict: EntryVerdict(TraceJudge.pins(of: content).map { .init($0, .unknown(reason)) }), checkedAt: later,
                    nextAt: later.advanced(by: .seconds(60)), attempts: 0)
            }
            #expect(try await outcomes.keep(outcome("late"), of: content, first) == .lost)
            #expect(try await fixture.freshness(id) == .unchecked)
            #expect(try await outcomes.keep(outcome("in time"), of: content, second) == .kept)
            #expect(try await outcomes.keep(outcome("late"), of: content, first) == .lost)
            #expect(try await fixture.freshness(id).reason == "in time")
            #expect(try await !outcomes.forget(first))
        }
    }

    @Test("goes on where a worker that was cut off has stopped", arguments: TestStore.allCases)
    func restart(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let index = PreparedIndex(["numpy": "1.0 2.0"])
            index.hold()
            let id = try await fixture.add("numpy==1.0", in: fixture.queue())
            let worker = try FreshnessWorker(
                database: fixture.database, queue: fixture.queue(), index: index, configuration: FreshnessConfiguration(),
                metrics: fixture.metrics, logger: fixture.logger, seams: fixture.seams)
            let task = Task { await worker.run() }
            while index.asked.isEmpty { await Task.yield() }
            task.cancel()
            await task.value
            #expect(try await fixture.freshness(id) == .unchecked)
            #expect(fixture.metric(#"gatehouse_freshness_failures_total{reason="index"}"#) == "0.0")
            try await fixture.withWorker(index) { _ in
                await fixture.clock.waitForSleepers(2)
                #expect(index.asked.count == 1, "the lease lasts")
                // Look after look until the lease has run out.
                for _ in 0..<60 {
                    await fixture.clock.waitForSleepers(2)
                    fixture.clock.advance(by: .seconds(5))
                }
                try await fixture.steps.wait(for: .judged, 1)
                while try await fixture.freshness(id) == .unchecked { await Task.yield() }
                #expect(try await fixture.isStale(id) == true)
            }
        }
    }

    @Test("keeps within its budget", arguments: TestStore.allCases)
    func budget(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let index = PreparedIndex()
            let queue = fixture.queue()
            for _ in 0..<20 { try await fixture.add("pkg==1.0", in: queue) }
            var configuration = FreshnessConfiguration()
            configuration.checksPerMinute = 6
            configuration.concurrencyLimit = 2
            try await fixture.withWorker(index, queue: queue, configuration: configuration) { _ in
                try await fixture.steps.wait(for: .ended, 2)
                for count in 3...9 {
                    await fixture.clock.waitForSleepers(2)
                    fixture.clock.advance(by: .seconds(9))
                    await fixture.clock.waitForSleepers(2)
                    #expect(fixture.steps.count(.ended) == count - 1)
                    fixture.clock.advance(by: .seconds(1))
                    try await fixture.steps.wait(for: .ended, count)
                }
            }
        }
    }

    @Test("ends with its group, after the checks under way")
    func group() async throws {
        try await FreshnessFixture.with(.sqlite) { fixture async throws in
            let index = PreparedIndex(["numpy": "1.0 2.0"])
            let queue = fixture.queue()
            index.hold()
            let id = try await fixture.add("numpy==1.0", in: queue)
            let worker = try FreshnessWorker(
                database: fixture.database, queue: queue, index: index, configuration: FreshnessConfiguration(), metrics: nil,
                logger: fixture.logger, seams: fixture.seams)
            let idle = try FreshnessWorker(
                database: fixture.database, queue: FreshnessQueue(), index: nil, logger: fixture.logger)
            let group = ServiceGroup(services: [worker, idle], logger: fixture.logger)
            let running = Task { try await group.run() }
            while index.asked.isEmpty { await Task.yield() }
            await group.triggerGracefulShutdown()
            index.release()
            try await running.value
            #expect(try await fixture.isStale(id) == true)
        }
    }

    @Test("returns on the way down to exactly what was before", arguments: TestStore.allCases)
    func schema(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [FreshnessRevisions.chain], at: nil) { database, migrator in
            let before = try await database.read { try SchemaCatalogue($0) }
            try await migrator.upgrade()
            let after = try await database.read { try SchemaCatalogue($0) }
            #expect(after.columns.count > before.columns.count)
            try await migrator.downgrade(to: .steps(1))
            #expect(try await database.read { try SchemaCatalogue($0) } == before)
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == after)
        }
    }
}

@Suite("Settings of checks")
struct ConfigurationTests {
    @Test("refuse values out of their range, and name the property")
    func ranges() throws {
        let changes: [(String, @Sendable (inout FreshnessConfiguration) -> Void)] = [
            ("checksPerMinute", { $0.checksPerMinute = 0 }), ("concurrencyLimit", { $0.concurrencyLimit = 65 }),
            ("packagesPerTrace", { $0.packagesPerTrace = 21 }), ("recheckInterval", { $0.recheckInterval = .zero }),
            ("checkTimeout", { $0.checkTimeout = .zero }), ("leaseTime", { $0.leaseTime = .seconds(179) }),
            ("retryPause", { $0.retryPause = .zero }), ("longestRetryPause", { $0.longestRetryPause = .seconds(59) }),
            ("pollPause", { $0.pollPause = .zero }), ("recentTime", { $0.recentTime = .zero }),
            ("sweepPause", { $0.sweepPause = .zero }),
        ]
        for (name, change) in changes {
            var configuration = FreshnessConfiguration()
            change(&configuration)
            let error = #expect(throws: FreshnessError.self) { try configuration.validate() }
            #expect(error?.message.hasPrefix("\(name) must") == true)
        }
    }

    @Test("let pauses grow up to the longest, however often nobody answered")
    func pauses() {
        let configuration = FreshnessConfiguration()
        let pauses = [1, 2, 3, 9, 10, .max].map { configuration.retryPause(after: $0) }
        #expect(pauses == [60, 120, 240, 15_360, 21_600, 21_600].map { .seconds($0) })
    }
}
