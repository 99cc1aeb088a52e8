#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import ContentScreening
import Knowledge
import Persistence
import TestKit

/// Storing a trace with its tags and words, against the one row without which it could not be done.
enum WriteBenchmark {
    private static let count = 400
    private static let writers = 8

    static func printRow(_ kind: BenchmarkStore.Kind, rounds: Int) async throws {
        try await BenchmarkStore.with(kind) { database in
            let store = TraceStore(database: database)
            let gate = ContentGate()
            var random = SeededGenerator(seed: 3)
            // A library that is not empty, and a process that has run for a while.
            for _ in 0..<5 { _ = try await self.add(&random, to: store, gate) }
            try await BenchmarkStore.analyze(database)
            var (bare, whole): ([Double], [Double]) = ([], [])
            for _ in 0..<rounds {
                let texts = (0..<self.count).map { _ in TraceText(&random) }
                bare.append(
                    try await self.rate { index in
                        let text = texts[index]
                        let (id, now) = (UUID(), Timestamp.now())
                        try await database.write { connection in
                            _ = try connection.execute(
                                """
                                INSERT INTO traces (id, title, context_text, solution_text, status, trust_score,
                                    confirmation_count, contributor_id, is_seed, is_stale, is_flagged, created_at, updated_at)
                                VALUES (\(id), \(text.title), \(text.context), \(text.solution), 'pending', 0.0, 0,
                                    \(BenchmarkStore.author), \(false), \(false), \(false), \(now), \(now))
                                """)
                        }
                    })
                whole.append(try await self.add(&random, to: store, gate))
            }
            let ratios = zip(whole, bare).map { $0 / $1 }
            print(
                "| \(kind.rawValue) | \(rounded(median(bare), 0)) | \(rounded(median(whole), 0)) | \(rounded(median(ratios))) |")
        }
    }

    private static func add(_ random: inout SeededGenerator, to store: TraceStore, _ gate: ContentGate) async throws -> Double {
        var drafts: [Screened<TraceDraft>] = []
        for _ in 0..<self.count {
            let text = TraceText(&random)
            let draft = TraceDraft(title: text.title, contextText: text.context, solutionText: text.solution, tags: text.tags)
            guard let admitted = try await gate.screen(draft).admitted else { preconditionFailure("it holds no secret") }
            drafts.append(admitted)
        }
        let all = drafts
        return try await self.rate { _ = try await store.add(all[$0], from: BenchmarkStore.author) }
    }

    /// How many a second.
    private static func rate(_ body: @escaping @Sendable (Int) async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<self.writers {
                group.addTask {
                    for index in stride(from: writer, to: self.count, by: self.writers) { try await body(index) }
                }
            }
            try await group.waitForAll()
        }
        return Double(self.count) / ((ContinuousClock.now - start) / .seconds(1))
    }
}
