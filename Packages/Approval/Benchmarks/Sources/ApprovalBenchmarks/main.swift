// Spending an approval against a bare conditional update, in rounds in which the two take turns.

print("\nApprovals spent per second, with all checks and records, against a bare conditional update (target 0.5)\n")
print("| store | callers | bare update | consume | ratio |")
print("| --- | ---: | ---: | ---: | ---: |")
for kind in BenchmarkStore.Kind.allCases { try await ConsumeBenchmark.printRows(kind, rounds: 5) }
