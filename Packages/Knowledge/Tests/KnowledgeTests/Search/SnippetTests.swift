import DatabaseTestSupport
import Knowledge
import Testing

@Suite("Snippet")
struct SnippetTests {
    private static func snippet(
        _ query: String, title: String = "t", context: String = "c", solution: String = "s"
    ) async throws -> Snippet {
        var found: Snippet?
        try await SearchFixture.with(.sqlite) { fixture in
            try await fixture.add(title, context: context, solution: solution)
            found = try await fixture.search.results(of: SearchQuery(text: query)).results.first?.snippet
        }
        return try #require(found)
    }

    private static func marked(_ snippet: Snippet) -> [String] {
        let scalars = Array(snippet.text.unicodeScalars)
        return snippet.highlights.map { range in
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[range])
            return String(view)
        }
    }

    @Test("is taken from the text with the most words of the query")
    func field() async throws {
        let both = try await Self.snippet("redis timeout", context: "redis", solution: "raise the timeout of Redis!")
        #expect(both.field == .solution)
        #expect(both.text == "raise the timeout of Redis!")
        #expect(Self.marked(both) == ["timeout", "Redis"])
        #expect(try await Self.snippet("redis", context: "redis", solution: "none").field == .context)
        #expect(try await Self.snippet("redis", title: "Redis", context: "none").field == .title)
    }

    @Test("shows the densest part of a long text, cut between words")
    func window() async throws {
        let filler = Array(repeating: "lorem ipsum dolor", count: 60).joined(separator: " ")
        let text = "😀 alpha \(filler) alpha then beta \(filler)"
        let snippet = try await Self.snippet("alpha beta", solution: text)
        #expect(snippet.text.unicodeScalars.count <= Snippet.longest)
        #expect(Self.marked(snippet) == ["alpha", "beta"])
        #expect(snippet.text.contains("alpha then beta"))
        #expect(text.contains(" \(snippet.text) "))
    }

    @Test("marks identifiers whole, corrected and plural words, and counts in Unicode scalars")
    func marks() async throws {
        #expect(
            Self.marked(try await Self.snippet("getElementById", solution: "e\u{301}😀 getElementById()")) == ["getElementById"])
        #expect(Self.marked(try await Self.snippet("asynco", solution: "use asyncio")) == ["asyncio"])
        #expect(Self.marked(try await Self.snippet("query", solution: "slow Queries")) == ["Queries"])
        #expect(Self.marked(try await Self.snippet("element", solution: "getElementById")) == ["Element"])
        #expect(Self.marked(try await Self.snippet("naive", solution: "a naïve way")) == ["naïve"])
    }

    @Test("bears texts without a blank")
    func unbroken() async throws {
        let long = String(repeating: "x-", count: 9_000)
        let snippet = try await Self.snippet("needle", solution: "\(long)needle-\(long)")
        #expect(snippet.text.unicodeScalars.count <= Snippet.longest)
        let near = try await Self.snippet("needle", solution: "\(String(repeating: "x-", count: 200))needle-\(long)")
        #expect(Self.marked(near) == ["needle"])
        #expect(near.text.unicodeScalars.count <= Snippet.longest)
    }

    @Test("is the beginning of the context when tags alone were asked for")
    func tagsOnly() async throws {
        try await SearchFixture.with(.sqlite) { fixture in
            let context = "  first words " + String(repeating: "of many ", count: 100)
            try await fixture.add("t", context: context, tags: ["x"])
            let snippet = try #require(try await fixture.search.results(of: SearchQuery(tags: ["x"])).results.first?.snippet)
            #expect(snippet.field == .context)
            #expect(snippet.text.hasPrefix("first words of many"))
            #expect(snippet.text.hasSuffix("of") || snippet.text.hasSuffix("many"))
            #expect(snippet.text.unicodeScalars.count > 200)
            #expect(snippet.highlights.isEmpty)
        }
    }
}
