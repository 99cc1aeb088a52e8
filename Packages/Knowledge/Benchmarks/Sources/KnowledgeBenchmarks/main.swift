// Searching and storing traces. SIZES (such as "1000,100000") and STORES ("sqlite,postgres") may be given in the environment.
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

let environment = ProcessInfo.processInfo.environment
let sizes = (environment["SIZES"] ?? "1000,100000").split(separator: ",").compactMap { Int($0) }
let kinds = (environment["STORES"] ?? "sqlite,postgres").split(separator: ",")
    .compactMap { BenchmarkStore.Kind(rawValue: String($0)) }

print("\nTraces stored per second by 8 writers, against plain statements of the same rows (target 0.5) and the one row alone\n")
print("| store | row alone | plain statements | add | add ÷ plain | add ÷ row alone |")
print("| --- | ---: | ---: | ---: | ---: | ---: |")
for kind in kinds { try await WriteBenchmark.printRow(kind, rounds: 5) }

print("\nSearches of 2 to 4 words, each in at most 1 % of the traces, by 8 readers (p99 of the largest ÷ smallest: target 3)\n")
print("| store | traces | p50 ms | p99 ms | p99 ÷ smallest | found | resident MB before | after |")
print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
for kind in kinds { try await SearchBenchmark.printRows(kind, sizes: sizes) }
