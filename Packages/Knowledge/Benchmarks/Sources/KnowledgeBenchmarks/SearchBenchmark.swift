import Knowledge
import Logging
import Persistence
import TestKit

/// How long a search takes in a small library and in a large one.
enum SearchBenchmark {
    private static let readers = 8
    private static let searches = 250

    static func printRows(_ kind: BenchmarkStore.Kind, sizes: [Int]) async throws {
        var smallest: Double?
        for size in sizes {
            try await BenchmarkStore.with(kind) { database in
                let queries = try await self.load(size, into: database)
                try await BenchmarkStore.analyze(database)
                let search = TraceSearch(database: database)
                _ = try await self.run(queries, on: search, each: 30)
                let before = residentMegabytes()
                let (times, found) = try await self.run(queries, on: search, each: self.searches)
                let sorted = times.sorted()
                let p99 = sorted[sorted.count * 99 / 100]
                let ratio = p99 / (smallest ?? p99)
                if smallest == nil { smallest = p99 }
                let cells = [
                    rounded(sorted[sorted.count / 2]), rounded(p99), rounded(ratio), rounded(Double(found) / Double(times.count)),
                ]
                print("| \(kind.rawValue) | \(size) | \(cells.joined(separator: " | ")) | \(before) | \(residentMegabytes()) |")
            }
        }
    }

    /// Fills the library by the indexer, as after an import, and makes queries that find something.
    private static func load(_ size: Int, into database: any Database) async throws -> [String] {
        var random = SeededGenerator(seed: 11)
        var queries: [String] = []
        let step = max(1, size / 500)
        for start in stride(from: 0, to: size, by: 2_000) {
            let texts = (start..<min(start + 2_000, size)).map { _ in TraceText(&random) }
            for index in stride(from: 0, to: texts.count, by: step) {
                let words = texts[index].rare.shuffled(using: &random).prefix(Int.random(in: 2...4, using: &random))
                queries.append(words.joined(separator: " "))
            }
            try await BenchmarkStore.insert(texts, into: database)
        }
        let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
        let store = TraceStore(database: database)
        let count = try await SearchIndexer(store: store, logger: logger).indexMissing()
        precondition(count == size, "all are new")
        return queries
    }

    /// Milliseconds of each search, and how many results there were.
    private static func run(_ queries: [String], on search: TraceSearch, each count: Int) async throws -> ([Double], Int) {
        try await withThrowingTaskGroup(of: ([Double], Int).self) { group in
            for reader in 0..<self.readers {
                group.addTask {
                    var times: [Double] = []
                    var found = 0
                    for number in 0..<count {
                        let text = queries[(reader * count + number) % queries.count]
                        let start = ContinuousClock.now
                        found += try await search.results(of: SearchQuery(text: text)).results.count
                        times.append((ContinuousClock.now - start) / .milliseconds(1))
                    }
                    return (times, found)
                }
            }
            return try await group.reduce(into: ([], 0)) { sum, part in
                sum.0 += part.0
                sum.1 += part.1
            }
        }
    }
}
