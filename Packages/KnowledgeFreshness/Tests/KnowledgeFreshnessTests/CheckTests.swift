import DatabaseTestSupport
import Foundation
import Persistence
import Staleness
import StalenessIndex
import StrictJSON
import TestKit
import Testing

@testable import KnowledgeFreshness

@Suite("Check of a trace", .timeLimit(.minutes(3)))
struct CheckTests {
    private static let index = PreparedIndex(["numpy": "1.26.4 2.3.0 2.3.1", "flask": "2.0 3.0", "pkg": "1.0"])

    @Test("keeps grade, newest version and reason, and sets is_stale", arguments: TestStore.allCases)
    func grades(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let queue = fixture.queue()
            try await fixture.withWorker(Self.index, queue: queue) { _ in
                let old = try await fixture.add(metadata: #"{"library":"NumPy","library_version":"1.26.4"}"#, in: queue)
                try await fixture.steps.wait(for: .ended, 1)
                let freshness = try await fixture.freshness(old)
                #expect(freshness.grade == .major && freshness.latestVersion == "2.3.1")
                #expect(freshness.package == "numpy" && freshness.pinned == "1.26.4")
                #expect(freshness.reason == "1.26.4 is pinned, and 2.3.1 is another major version")
                #expect(freshness.checkedAt == fixture.now)
                #expect(freshness.json["grade"] == "major" && freshness.json["latest_version"] == "2.3.1")
                #expect(freshness.json["checked_at"] == "2026-11-20T12:00:00.000000Z")
                #expect(try await fixture.isStale(old) == true)
                #expect(try await fixture.dueAt(old) == fixture.now.advanced(by: .seconds(86_400)))

                let patch = try await fixture.add("pip install numpy==2.3.0", in: queue)
                try await fixture.steps.wait(for: .ended, 2)
                #expect(try await fixture.freshness(patch.uppercased()).grade == .patch)
                #expect(try await fixture.isStale(patch) == false)

                let other = try await fixture.add("npm i react@18.2.0", in: queue)
                try await fixture.steps.wait(for: .ended, 3)
                #expect(try await fixture.freshness(other).reason == "no index of npm packages is asked")

                let none = try await fixture.add("no version here", metadata: #"{"library":"numpy"}"#, in: queue)
                try await fixture.steps.wait(for: .ended, 4)
                #expect(try await fixture.freshness(none).reason == "no version of a package is named")
                #expect(try await fixture.dueAt(none) == nil)
                #expect(try await fixture.count("lease IS NOT NULL") == 0)

                // The budget of this moment is used up.
                await fixture.clock.waitForSleepers(2)
                fixture.clock.advance(by: .seconds(1))
                let odd = try await fixture.add("flask==2.0", metadata: "[1, \"x\"]", in: queue)
                try await fixture.steps.wait(for: .ended, 5)
                #expect(try await fixture.freshness(odd).grade == .major)
                #expect(fixture.metric(#"gatehouse_freshness_checks_total{grade="major"}"#) == "2.0")
                let all = try await FreshnessStore(database: fixture.database).freshness(of: [old, patch, "x", UUID().uuidString])
                #expect(all[old]?.grade == .major && all[patch]?.grade == .patch && all["x"] == .unchecked && all.count == 4)
            }
        }
    }

    @Test("leaves is_stale alone while the index cannot be asked, and asks later each time", arguments: TestStore.allCases)
    func outage(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let index = PreparedIndex(["numpy": "1.0 2.0"])
            let queue = fixture.queue()
            let id = try await fixture.add("numpy==1.0", in: queue)
            try await fixture.withWorker(index, queue: queue) { _ in
                try await fixture.steps.wait(for: .ended, 1)
                #expect(try await fixture.isStale(id) == true)
                index.set("numpy", .failed(IndexFailure(.status, "the index answered with status 500")))
                var due = try #require(try await fixture.dueAt(id))
                for (count, pause) in [(2, 60), (3, 120), (4, 240)] {
                    await fixture.clock.waitForSleepers(2)
                    fixture.clock.advance(by: fixture.now.duration(to: due))
                    queue.wake()
                    try await fixture.steps.wait(for: .ended, count)
                    let freshness = try await fixture.freshness(id)
                    #expect(freshness.grade == .unknown && freshness.latestVersion == nil)
                    #expect(freshness.reason == "the index answered with status 500" && freshness.package == "numpy")
                    #expect(try await fixture.isStale(id) == true)
                    due = try #require(try await fixture.dueAt(id))
                    #expect(fixture.now.duration(to: due) == .seconds(pause))
                }
                #expect(fixture.metric(#"gatehouse_freshness_failures_total{reason="index"}"#) == "3.0")
                index.set("numpy", "1.0")
                await fixture.clock.waitForSleepers(2)
                fixture.clock.advance(by: fixture.now.duration(to: due))
                queue.wake()
                try await fixture.steps.wait(for: .ended, 5)
                #expect(try await fixture.freshness(id).grade == .current)
                #expect(try await fixture.isStale(id) == false)
                #expect(try await fixture.count("attempts = 0") == 1)
            }
        }
    }

    @Test("writes nothing of a trace that changed or went meanwhile", arguments: TestStore.allCases)
    func changed(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let index = PreparedIndex(["numpy": "1.0 2.0"])
            let queue = fixture.queue()
            index.hold()
            let edited = try await fixture.add("numpy==1.0", in: queue)
            let gone = try await fixture.add("numpy==1.0", in: queue)
            try await fixture.withWorker(index, queue: queue) { _ in
                try await fixture.steps.wait(for: .taken, 2)
                while index.asked.count < 2 { await Task.yield() }
                try await fixture.run(
                    "UPDATE traces SET solution_text = 'numpy==2.0' WHERE id = \(UUID(sqlText: edited))",
                    "DELETE FROM traces WHERE id = \(UUID(sqlText: gone))")
                index.release()
                try await fixture.steps.wait(for: .ended, 3)
                let freshness = try await fixture.freshness(edited)
                #expect(freshness.grade == .current && freshness.pinned == "2.0")
                #expect(try await fixture.isStale(edited) == false)
                #expect(try await fixture.count() == 1)
                #expect(try await fixture.freshness(gone) == .unchecked)
                #expect(fixture.metric(#"gatehouse_freshness_failures_total{reason="changed"}"#) == "1.0")
            }
        }
    }

    @Test("of a trace that was queued again meanwhile is followed by another", arguments: TestStore.allCases)
    func queuedAgain(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let index = PreparedIndex(["numpy": "1.0 2.0"])
            let queue = fixture.queue()
            index.hold()
            let id = try await fixture.add("numpy==1.0", in: queue)
            try await fixture.withWorker(index, queue: queue) { _ in
                while index.asked.isEmpty { await Task.yield() }
                fixture.clock.advance(by: .seconds(1))
                try await fixture.database.transaction(retries: 5) { try queue.enqueue(id, in: $0) }
                #expect(try await fixture.count("lease IS NOT NULL") == 1)
                index.release()
                queue.wake()
                try await fixture.steps.wait(for: .ended, 2)
                #expect(index.asked.count == 2)
                #expect(try await fixture.dueAt(id) == fixture.now.advanced(by: .seconds(86_400)))
            }
        }
    }

    @Test("asks about a bounded number of packages, and ends when its time is over", arguments: TestStore.allCases)
    func bounded(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let index = PreparedIndex()
            let queue = fixture.queue()
            try await fixture.add((0..<30).map { "pkg\($0)==1.0" }.joined(separator: " "), in: queue)
            try await fixture.withWorker(index, queue: queue) { _ in
                try await fixture.steps.wait(for: .ended, 1)
                #expect(index.asked == (0..<8).map { "pkg\($0)" })
                index.hold()
                let id = try await fixture.add("slow==1.0", in: queue)
                try await fixture.steps.wait(for: .taken, 2)
                while index.asked.last != "slow" { await Task.yield() }
                await fixture.clock.waitForSleepers(2)
                fixture.clock.advance(by: .seconds(60))
                try await fixture.steps.wait(for: .ended, 2)
                let freshness = try await fixture.freshness(id)
                #expect(freshness.grade == .unknown && freshness.reason == "the index did not answer in time")
            }
        }
    }

    @Test("is not stopped by a trace that cannot be read")
    func unreadable() async throws {
        try await FreshnessFixture.with(.sqlite) { fixture async throws in
            let queue = fixture.queue()
            let broken = try await fixture.add("numpy==1.0", in: queue)
            try await fixture.run("UPDATE traces SET title = x'00ff' WHERE id = \(broken)")
            let whole = try await fixture.add("flask==2.0", in: queue)
            try await fixture.withWorker(Self.index, queue: queue) { _ in
                try await fixture.steps.wait(for: .ended, 2)
                #expect(try await fixture.freshness(whole).grade == .major)
                #expect(try await fixture.freshness(broken).reason == "the trace cannot be read")
                #expect(fixture.metric(#"gatehouse_freshness_failures_total{reason="trace"}"#) == "1.0")
            }
        }
    }

    @Test("of nothing asks nobody, where no index is named", arguments: TestStore.allCases)
    func noIndex(_ store: TestStore) async throws {
        try await FreshnessFixture.with(store) { fixture async throws in
            let queue = fixture.queue()
            let id = try await fixture.add("numpy==1.0", in: queue)
            let worker = try FreshnessWorker(
                database: fixture.database, queue: queue, index: nil, configuration: FreshnessConfiguration(), metrics: nil,
                logger: fixture.logger, seams: fixture.seams)
            let task = Task { await worker.run() }
            queue.wake()
            task.cancel()
            await task.value
            #expect(try await fixture.freshness(id) == .unchecked && fixture.steps.count(.taken) == 0)
            #expect(try await fixture.count("lease IS NULL AND due_at IS NOT NULL") == 1)
        }
    }
}
