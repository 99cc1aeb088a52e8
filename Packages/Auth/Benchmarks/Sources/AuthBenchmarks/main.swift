// What a look-up costs beside ten rows of keys and beside a hundred thousand, in rounds in which the two take turns.

print("\nA look-up beside 100 000 rows of api_keys against one beside 10, µs (target: a ratio of 1)\n")
print("| store | key | 10 rows | 100 000 rows | ratio |")
print("| --- | --- | ---: | ---: | ---: |")
for store in BenchmarkStore.Kind.allCases {
    try await BenchmarkStore.with(store, rows: 10) { small in
        try await BenchmarkStore.with(store, rows: 100_000) { large in
            for question in LookUpBenchmark.Question.allCases {
                print(try await LookUpBenchmark.row(store, question, small: small, large: large))
            }
        }
    }
}
