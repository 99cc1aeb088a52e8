import DatabaseTestSupport
import Knowledge
import Persistence
import SchemasTestSupport
import Testing

@Suite("Trace search")
struct TraceSearchTests {
    @Test("finds words, identifiers, paths and messages", arguments: TestStore.allCases)
    func finds(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            try await fixture.add("run", context: "RuntimeError in asyncio.run(main())", solution: "Upgrade to python3 v1.2.3")
            try await fixture.add("apart", context: "main calls run, then asyncio")
            try await fixture.add("dom", context: "document.getElementById('x') is null", solution: "std::vector of nodes")
            try await fixture.add("ports", context: "listen EADDRINUSE: address already in use", tags: ["network-io"])
            try await fixture.add("path", context: "File \"/usr/lib/python3/site-packages/foo/bar.py\", line 7, in queries")
            try await fixture.add("words", context: "für naïve Привет мир", solution: "日本語のテキスト")
            for (query, expected) in [
                ("asyncio.run", ["run"]), ("asyncio.run(main())", ["run"]), ("run.asyncio", ["apart", "run"]),
                ("asyncio run", ["apart", "run"]), ("RUNTIMEERROR", ["run"]), ("v1.2.3", ["run"]), ("1.2", ["run"]),
                ("getElementById", ["dom"]), ("getelementbyid", ["dom"]), ("element", ["dom"]), ("runtime", ["run"]),
                ("document.getElementById", ["dom"]), ("getElementById('x')", ["dom"]), ("std::vector", ["dom"]),
                ("EADDRINUSE", ["ports"]), ("network-io", ["ports"]), ("network", ["ports"]),
                ("foo/bar.py", ["path"]), ("site-packages/foo", ["path"]), ("query", ["path"]), ("python3", ["path", "run"]),
                ("fur NAIVE", ["words"]), ("ПРИВЕТ", ["words"]), ("本語", ["words"]), ("テキスト", ["words"]),
                ("zzzzqqqq", []), ("addresses", ["ports"]),
            ] {
                #expect(try await fixture.titles(query).sorted() == expected, "\(query)")
            }
        }
    }

    @Test("keeps the order of words inside an identifier", arguments: TestStore.allCases)
    func phraseOrder(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            try await fixture.add("right", solution: "call alpha.beta.gamma")
            try await fixture.add("wrong", solution: "call gamma.beta.alpha")
            try await fixture.add("spread", context: "ends with alpha", solution: "beta begins, gamma")
            #expect(try await fixture.titles("alpha.beta") == ["right"])
            #expect(try await fixture.titles("gamma.beta.alpha") == ["wrong"])
            // No phrase spans two fields or two tags.
            try await fixture.add("tagged", tags: ["delta", "epsilon"])
            try await fixture.add("joined", tags: ["delta.epsilon"])
            #expect(try await fixture.titles("delta.epsilon") == ["joined"])
        }
    }

    @Test("finds a word despite a typo", arguments: TestStore.allCases)
    func typos(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            try await fixture.add("hit", context: "asyncio connection refused", solution: "kubernetes.deployment")
            try await fixture.add("other", context: "something else entirely")
            for typo in [
                "asynciio", "asynco", "asyncia", "asycnio", "sayncio", "xasyncio", "asyncoi", "connectoin", "conection",
                "connecttion",
                "refuesd", "kuberntes", "deploymnet", "kubernetez.deployment", "kubernetes.deplyment", "deplyomnet",
            ] {
                #expect(try await fixture.titles(typo) == ["hit"], "\(typo)")
            }
            #expect(try await fixture.titles("asynco conection") == ["hit"])
            #expect(try await fixture.titles("qsyncqq").isEmpty)
            // What is known is not replaced.
            try await fixture.add("near", context: "asynco")
            #expect(try await fixture.titles("asynco") == ["near"])
        }
    }

    @Test("finds each swap and change of a short word", arguments: TestStore.allCases)
    func shortTypos(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            try await fixture.add("hit", context: "numpy")
            for typo in [
                "unmpy", "nmupy", "nupmy", "numyp", "xumpy", "nxmpy", "nuxpy", "numxy", "numpx", "umpy", "nmpy", "nupy", "numy",
                "nump", "xnumpy", "nxumpy", "nuxmpy", "numxpy", "numpxy", "numpyx",
            ] {
                #expect(try await fixture.titles(typo) == ["hit"], "\(typo)")
            }
        }
    }

    @Test("goes on to two of the words, then to one", arguments: TestStore.allCases)
    func tiers(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            try await fixture.add("two", context: "redis cluster")
            try await fixture.add("one", context: "postgres")
            let pair = try await fixture.search.results(of: SearchQuery(text: "redis cluster postgres"))
            #expect(pair.results.map(\.trace.title) == ["two"])
            #expect(pair.results.map(\.similarity) == [0.8 * 2 / 3])
            #expect(try await fixture.titles("redis zzzzqqqq") == ["two"])
            #expect(try await fixture.titles("postgres,cluster").sorted() == ["one", "two"])
            #expect(try await fixture.titles("how to fix the redis cluster") == ["two"])
        }
    }

    @Test("hides what is flagged or removed", arguments: TestStore.allCases)
    func hidden(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            let flagged = try await fixture.add("flagged", context: "needle", tags: ["x"])
            let removed = try await fixture.add("removed", context: "needle", tags: ["x"])
            try await fixture.add("shown", context: "needle", tags: ["x"])
            #expect(try await fixture.titles("needle").count == 3)
            let now = Timestamp.now()
            try await fixture.database.write { connection in
                try connection.execute("UPDATE traces SET is_flagged = \(true) WHERE id = \(flagged)")
                try connection.execute("UPDATE traces SET removed_at = \(now) WHERE id = \(removed)")
            }
            #expect(try await fixture.titles("needle") == ["shown"])
            #expect(try await fixture.titles(nil, tags: ["x"]) == ["shown"])
        }
    }

    @Test("takes any text as a text to look for", arguments: TestStore.allCases)
    func hostile(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            try await fixture.add("t", context: "title NEAR needle")
            let texts =
                HostileTexts.all + [
                    "\u{0}", "needle\u{0}needle", "\"", "\"unclosed", "title:needle", "NEAR(a b, 3)", "needle*", "^needle",
                    "- + { } : ( )",
                    "a & b | !c <-> d", "'needle':*", "\\", "😀😀", "AND OR NOT", "  ", String(repeating: "a ", count: 1_000),
                    String(repeating: "x", count: 2_000), String(repeating: "(", count: 2_000),
                    (0..<400).map { "w\($0)" }.joined(separator: "."),
                    (0..<400).map { "wrd\($0)q" }.joined(separator: " "), "\u{202E}\u{FEFF}", "\u{FDFA}", "ﷺ ½ ①",
                ]
            for text in texts {
                _ = try await fixture.search.results(of: SearchQuery(text: text))
                _ = try await fixture.search.results(of: SearchQuery(text: text, tags: [text, "kept"]))
            }
            #expect(try await fixture.titles("needle\u{0}needle") == ["t"])
            #expect(try await fixture.titles("title:needle").count == 1)
            #expect(try await fixture.titles("😀").isEmpty)
            #expect(try await fixture.count("traces") == 1)
        }
    }

    @Test("refuses a query for nothing, and a page out of range", arguments: TestStore.allCases)
    func refused(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            for query in [
                SearchQuery(), SearchQuery(text: ""), SearchQuery(text: "a", limit: 0), SearchQuery(text: "a", limit: 51),
            ] {
                let error = await #expect(throws: SearchError.self) { try await fixture.search.results(of: query) }
                #expect(error?.code == .invalidQuery)
            }
        }
    }

    @Test("filters by all tags, and orders by trust when there is no text", arguments: TestStore.allCases)
    func tags(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            let low = try await fixture.add("low", context: "needle", tags: ["a", "b"])
            let high = try await fixture.add("high", context: "needle", tags: ["a"])
            try await fixture.add("new", context: "needle", tags: ["A", "b", "c"])
            try await fixture.database.write { connection in
                try connection.execute("UPDATE traces SET trust_score = 5.0 WHERE id = \(high)")
                try connection.execute("UPDATE traces SET trust_score = -1.0 WHERE id = \(low)")
            }
            #expect(try await fixture.titles(nil, tags: ["a"]) == ["high", "new", "low"])
            #expect(try await fixture.titles(nil, tags: [" B ", "a"]) == ["new", "low"])
            #expect(try await fixture.titles("needle", tags: ["b"]).sorted() == ["low", "new"])
            #expect(try await fixture.titles("needle", tags: ["b", "c"]) == ["new"])
            #expect(try await fixture.titles("😀", tags: ["c"]) == ["new"])
            for tags in [["a", "unknown"], ["a", "c++"], [""]] {
                #expect(try await fixture.titles(nil, tags: tags).isEmpty)
                #expect(try await fixture.titles("needle", tags: tags).isEmpty)
            }
            let found = try await fixture.search.results(of: SearchQuery(tags: ["a"])).results
            #expect(found.map(\.similarity) == [0, 0, 0])
            #expect(found.map(\.combined) == [5, 0, -1])
            #expect(found[1].trace.tags == ["a", "b", "c"])
        }
    }

    @Test("puts the trusted first among those that fit as well", arguments: TestStore.allCases)
    func trust(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            let trusted = try await fixture.add("trusted", context: "needle")
            try await fixture.add("plain", context: "needle")
            try await fixture.database.write { connection in
                _ = try connection.execute("UPDATE traces SET trust_score = 3.0 WHERE id = \(trusted)")
            }
            #expect(try await fixture.titles("needle") == ["trusted", "plain"])
            // A word in the title counts for more than one in the solution.
            try await fixture.add("haystack", solution: "elsewhere")
            try await fixture.add("elsewhere", solution: "haystack")
            #expect(try await fixture.titles("haystack") == ["haystack", "elsewhere"])
        }
    }
}
