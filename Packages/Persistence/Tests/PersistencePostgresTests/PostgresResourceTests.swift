import Foundation
import Persistence
import PersistencePostgres
import TestKit
import Testing

#if os(Linux)
    /// In a process of their own, since other tests open and close files as well.
    @Suite("PostgreSQL driver's files and threads", .timeLimit(.minutes(10)))
    struct PostgresResourceTests {
        @Test("come back from a hundred databases that were opened and closed, or could not be")
        func comeBack() async {
            await #expect(processExitsWith: .success) {
                try await withPostgresServer { server in
                    func openAndClose(_ number: Int) async throws {
                        let database = try await PostgresDatabase.open(url: DatabaseURL(server.url()))
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            for _ in 0..<3 { group.addTask { _ = try await database.read { try $0.query("SELECT 1") } } }
                            try await group.waitForAll()
                        }
                        if number.isMultiple(of: 2) { await database.close() }
                        let missing = try DatabaseURL(server.url(database: "missing"))
                        try? await PostgresDatabase.open(url: missing).close()
                    }
                    for number in 0..<10 { try await openAndClose(number) }
                    try await ProcessCensus.settle()
                    let before = ProcessCensus.now
                    for number in 0..<TestRun.count(100, long: 1000) { try await openAndClose(number) }
                    try await ProcessCensus.expect(atMost: before)
                }
            }
        }

        @Test("come back from faults of every kind, and every answer was true")
        func surviveFaults() async {
            await #expect(processExitsWith: .success) {
                try await withPostgresServer { server in
                    let storm = try await FaultStorm(server: server, seed: TestRun.seed)
                    do {
                        try await storm.run(warmUp: 3, faults: TestRun.count(20, long: 1000))
                    } catch {
                        Issue.record("\(error), seed \(TestRun.seed)")
                    }
                    await storm.close()
                }
            }
        }
    }

    /// What the process has open.
    struct ProcessCensus: Sendable, CustomStringConvertible {
        let files: Int
        let threads: Int

        var description: String { "\(self.files) files, \(self.threads) threads" }

        static var now: ProcessCensus {
            func count(_ folder: String) -> Int { (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0 }
            return ProcessCensus(files: count("/proc/self/fd"), threads: count("/proc/self/task"))
        }

        /// Waits until what was closed in the background is.
        static func settle() async throws {
            var last = Self.now
            for _ in 0..<50 {
                try await Task.sleep(for: .milliseconds(20))
                let next = Self.now
                if next.files == last.files, next.threads == last.threads { return }
                last = next
            }
        }

        /// Expects no more than before, but for what the system's pool of threads and the runtime keep.
        static func expect(atMost before: ProcessCensus) async throws {
            try await eventually("files and threads are as before (\(before), now \(Self.now))") {
                let now = Self.now
                return now.files <= before.files + 4 && now.threads <= before.threads + 8
            }
        }
    }
#endif
