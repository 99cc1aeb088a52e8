import DatabaseTestSupport
import Knowledge
import SchemasTestSupport
import TestKit
import Testing

@Suite("Search on both stores")
struct SameOnBothStoresTests {
    private static let stems = [
        "asyncio", "run", "main", "timeout", "connection", "refused", "EADDRINUSE", "getElementById", "HTTPServer", "std",
        "vector",
        "site-packages", "foo", "bar.py", "v1.2.3", "utf8", "Größe", "naïve", "привет", "日本語", "queries", "errors", "redis",
        "postgres",
        "kubernetes", "deployment", "the", "of", "x", "0xFF", "a_b", "snake_case_name", "error:", "\"quoted\"", "it's", "C++",
        "F#",
    ]
    private static let joints = [" ", " ", " ", ".", "/", "::", "-", "\n", "(", ", "]

    /// A made-up text; words of a rising rarity.
    private static func text(_ random: inout some RandomNumberGenerator, _ count: Int) -> String {
        var text = ""
        for _ in 0..<count {
            let rare = Int.random(in: 0..<5, using: &random) == 0 ? String(Int.random(in: 0..<60, using: &random)) : ""
            text += (self.stems.randomElement(using: &random) ?? "") + rare + (self.joints.randomElement(using: &random) ?? " ")
        }
        return text
    }

    @Test("finds the same traces for the same query")
    func sameSets() async throws {
        var random = SeededGenerator(seed: 7)
        var corpus: [(title: String, context: String, solution: String, tags: [String])] = []
        for number in 0..<240 {
            corpus.append(
                (
                    "trace \(number) \(Self.text(&random, 2))", Self.text(&random, 12), Self.text(&random, 15),
                    ["tag-\(number % 7)", "tag.\(number % 5)"]
                ))
        }
        var queries: [(text: String, tags: [String])] = []
        for number in 0..<120 {
            var text = Self.text(&random, Int.random(in: 1...4, using: &random))
            // One letter of some is lost.
            if number % 3 == 0, !text.isEmpty {
                text.remove(at: text.index(text.startIndex, offsetBy: Int.random(in: 0..<text.count, using: &random)))
            }
            queries.append((text, number % 4 == 0 ? ["tag-\(number % 7)"] : []))
        }
        queries += HostileTexts.all.map { ($0, []) }

        var found: [[[String]]] = []
        for kind in TestStore.allCases {
            try await SearchFixture.with(kind) { fixture in
                for trace in corpus {
                    try await fixture.add(trace.title, context: trace.context, solution: trace.solution, tags: trace.tags)
                }
                var sets: [[String]] = []
                for query in queries { sets.append(try await fixture.allTitles(query.text, tags: query.tags).sorted()) }
                found.append(sets)
            }
        }
        for (index, query) in queries.enumerated() { #expect(found[0][index] == found[1][index], "\(query)") }
        // The comparison says something only if much is found, and not everything.
        let counts = found[0].map(\.count)
        #expect(counts.count { $0 > 0 } > 100)
        #expect(counts.count { (1...40).contains($0) } > 40)
    }
}
