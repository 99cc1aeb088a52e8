#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import ContentScreening
import Knowledge
import Persistence
import TestKit

/// Storing a trace, against what the store makes of the same rows by plain statements, and against the one row without which it
/// could not be done.
enum WriteBenchmark {
    private static let count = 1_000
    private static let writers = 8

    static func printRow(_ kind: BenchmarkStore.Kind, rounds: Int) async throws {
        try await BenchmarkStore.with(kind) { database in
            let store = TraceStore(database: database)
            let gate = ContentGate()
            var random = SeededGenerator(seed: 3)
            // A library that is not empty, and a process that has run for a while.
            for _ in 0..<3 { _ = try await self.add(&random, to: store, gate) }
            try await BenchmarkStore.analyze(database)
            let tags = try await database.query("SELECT id, name FROM tags").reduce(into: [String: UUID]()) { tags, row in
                tags[try row.decode("name")] = try row.decode("id", as: UUID.self)
            }
            var (bare, raw, whole): ([Double], [Double], [Double]) = ([], [], [])
            for _ in 0..<rounds {
                let texts = (0..<self.count * 2).map { _ in TraceText(&random) }
                bare.append(
                    try await self.rate { index in
                        let row = RawRows(texts[index], tags: tags).trace
                        try await database.write { _ = try $0.execute(row) }
                    })
                raw.append(
                    try await self.rate { index in
                        try await RawRows(texts[self.count + index], tags: tags).insert(into: database)
                    })
                whole.append(try await self.add(&random, to: store, gate))
            }
            let ofRaw = zip(whole, raw).map { $0 / $1 }
            let ofBare = zip(whole, bare).map { $0 / $1 }
            let cells = [median(bare), median(raw), median(whole)].map { rounded($0, 0) }
            print(
                "| \(kind.rawValue) | \(cells.joined(separator: " | ")) | \(rounded(median(ofRaw))) | \(rounded(median(ofBare))) |"
            )
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
